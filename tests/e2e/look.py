"""What can be measured on a page: each function returns the faults it finds, in words, none when all is well."""

from collections.abc import Sequence
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SMALLEST_TARGET = 24
MAIN_TARGET = 44
MAIN_CONTROLS = (
    "main .btn:not(.btn--s), main input.input, main select, main textarea, main .seg label, main .opts label, "
    "main .react button, .thumb a"
)


OF_COLORS = ("color-contrast", "link-in-text-block")


def axe_faults(page: Page, within: str | None = None, *, only: Sequence[str] = ()) -> list[str]:
    """Violations of WCAG 2.2 A and AA that axe-core finds; of these rules alone, if they are named."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(AXE_SCRIPT)
    found: Any = page.evaluate(
        "([within, runOnly]) => axe.run(within || document, {runOnly, preload: false, resultTypes: ['violations']})"
        ".then(found => found.violations)",
        [within, {"type": "rule", "values": list(only)} if only else {"type": "tag", "values": AXE_TAGS}],
    )
    return [
        f"{rule['id']}: {rule['help']}: {node['target']} {node['html'][:160]} {_messages(node)}"
        for rule in found
        for node in rule["nodes"][:3]
    ]


def _messages(node: dict[str, Any]) -> str:
    return "; ".join(check["message"] for check in [*node["any"], *node["all"], *node["none"]])[:300]


def overflow_faults(page: Page) -> list[str]:
    """What makes the page scroll sideways."""
    found: list[str] = page.evaluate(
        """() => {
          const room = document.documentElement.clientWidth;
          const wide = document.documentElement.scrollWidth;
          if (wide <= window.innerWidth) return [];
          const scrolls = (el) => {
            for (let up = el.parentElement; up; up = up.parentElement)
              if (['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(up).overflowX)) return true;
            return false;
          };
          const over = [...document.body.querySelectorAll('*')]
            .filter((el) => el.getBoundingClientRect().right > room + 1 && !scrolls(el)).slice(0, 4)
            .map((el) => el.outerHTML.slice(0, 140));
          return [`${wide} px wide in ${window.innerWidth}: ${over.join(' | ')}`];
        }"""
    )
    return found


def heading_faults(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        """() => {
          const faults = [];
          const firsts = document.querySelectorAll('h1');
          if (firsts.length !== 1) faults.push(`${firsts.length} h1`);
          if (!document.documentElement.lang) faults.push('no lang');
          if (!document.querySelector('a[href="#main"]') || !document.getElementById('main'))
            faults.push('no skip link');
          const ids = [...document.querySelectorAll('[id]')].map((el) => el.id);
          const twice = ids.filter((id, n) => ids.indexOf(id) !== n);
          if (twice.length) faults.push(`ids used twice: ${[...new Set(twice)]}`);
          const nested = document.querySelector('a a, a button, button a, button button, label label, a input');
          if (nested) faults.push(`a control inside a control: ${nested.outerHTML.slice(0, 120)}`);
          return faults;
        }"""
    )
    return found


def inline_faults(page: Page) -> list[str]:
    """Styles, scripts and handlers in the markup, which the content security policy forbids."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('*')].filter((el) =>
            [...el.attributes].some((a) => a.name === 'style' || a.name.startsWith('on') || a.name.startsWith('hx-on')
              || /^\\s*javascript:/i.test(a.value) || /^js:/.test(a.value))
            || (el.matches('script:not([src]), style') && el.type !== 'application/json'))
          .map((el) => `inline: ${el.outerHTML.slice(0, 160)}`)"""
    )
    return found


_TARGETS = """([selector, least]) => {
  const visible = (el) => {
    const box = el.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && el.checkVisibility({checkOpacity: true, checkVisibilityCSS: true});
  };
  const target = (el) => el.matches('input[type=radio], input[type=checkbox], input[type=file]')
    ? el.closest('label') || document.querySelector(`label[for="${el.id}"]`) || el : el;
  // A target inside a sentence may be as small as its line (WCAG 2.5.8, inline).
  const inline = (el) => {
    if (getComputedStyle(el).display !== 'inline') return false;
    const around = el.parentElement.closest('p, li, dd, td, blockquote, small, h1, h2, h3, label, div');
    return around && around.textContent.trim().length > el.textContent.trim().length + 3;
  };
  const all = new Map();
  for (const el of document.querySelectorAll(selector)) {
    const whole = target(el);
    if (!el.disabled && el.type !== 'hidden' && !el.closest('.skip') && visible(whole))
      all.set(whole, whole.getBoundingClientRect());
  }
  const small = (box) => Math.min(box.width, box.height) < least - 0.5;
  const middle = (box) => [box.left + box.width / 2, box.top + box.height / 2];
  // Or it may be small with room around it: a circle of 24 px on its middle touches no other target (spacing).
  const roomy = (el, box) => {
    const [x, y] = middle(box);
    return [...all].every(([other, room]) => {
      if (other === el || other.contains(el) || el.contains(other)) return true;
      if (small(room)) return Math.hypot(x - middle(room)[0], y - middle(room)[1]) >= 24;
      const across = Math.max(room.left - x, 0, x - room.right), along = Math.max(room.top - y, 0, y - room.bottom);
      return Math.hypot(across, along) >= 12;
    });
  };
  return [...all].filter(([el, box]) => small(box) && (least > 24 || !inline(el) && !roomy(el, box)))
    .map(([el, box]) => `${Math.round(box.width)} x ${Math.round(box.height)} px: ${el.outerHTML.slice(0, 140)}`);
}"""


def target_faults(page: Page) -> list[str]:
    """Controls that a finger misses: below 24 by 24 px, unless they stand in a sentence or have room around them."""
    found: list[str] = page.evaluate(
        _TARGETS, ["a[href], button, input, select, textarea, summary, [role=button]", SMALLEST_TARGET]
    )
    return found


def main_target_faults(page: Page) -> list[str]:
    """What people are there to press has 44 px."""
    found: list[str] = page.evaluate(_TARGETS, [MAIN_CONTROLS, MAIN_TARGET])
    return found


def storage_faults(page: Page) -> list[str]:
    """Anything a page has left in the browser, but for our worker and what it keeps: the page for when there is no
    network, without a cookie, and what that is drawn with."""
    found: list[str] = page.evaluate(
        """async () => {
        const kept = async () => {
          const shelves = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
          const requests = await Promise.all(shelves.map((shelf) => shelf.keys()));
          return requests.flat().map((request) => new URL(request.url).pathname);
        };
        return [
          ...Object.entries(localStorage).map((row) => `localStorage ${row}`),
          ...Object.entries(sessionStorage).map((row) => `sessionStorage ${row}`),
          ...(await indexedDB.databases()).map((db) => `IndexedDB ${db.name}`),
          ...(await kept()).filter((path) => !/^\\/(static|offline)\\//.test(path)).map((path) => `cache ${path}`),
          ...(await navigator.serviceWorker.getRegistrations()).map((one) => new URL(
            (one.active || one.waiting || one.installing).scriptURL).pathname
          ).filter((path) => path !== '/sw.js').map((path) => `worker ${path}`),
        ];
        }"""
    )
    return found


def clipped_faults(page: Page) -> list[str]:
    """Text that is cut when a reader widens its spacing (WCAG 1.4.12)."""
    found: list[str] = page.evaluate(
        """() => {
          const wider = new CSSStyleSheet();
          wider.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
            word-spacing: .16em !important; } p { margin-block-end: 2em !important; }`);
          document.adoptedStyleSheets.push(wider);
          const cuts = ['hidden', 'clip'];
          const textBoxes = (el) => {
            const walker = document.createTreeWalker(el, NodeFilter.SHOW_TEXT);
            const boxes = [];
            while (walker.nextNode()) {
              const words = walker.currentNode;
              const parent = words.parentElement;
              if (!words.data.trim() || parent.closest('.vh, svg, option') || !parent.checkVisibility()) continue;
              const range = document.createRange();
              range.selectNodeContents(words);
              boxes.push(...range.getClientRects());
            }
            return boxes;
          };
          const faults = [...document.body.querySelectorAll('*')].filter((el) => {
            const style = getComputedStyle(el);
            if (!cuts.includes(style.overflowX) && !cuts.includes(style.overflowY)) return false;
            if (el.closest('.vh, svg') || !el.checkVisibility()) return false;
            const room = el.getBoundingClientRect();
            if (room.width <= 1) return false;  // for screen readers only
            return textBoxes(el).some((box) => box.right > room.right + 2 || box.left < room.left - 2
              || box.bottom > room.bottom + 4 || box.top < room.top - 4);
          }).map((el) => `clipped: ${el.outerHTML.slice(0, 140)}`);
          const wide = document.documentElement.scrollWidth > window.innerWidth;
          const sideways = wide ? ['scrolls sideways with wider text'] : [];
          document.adoptedStyleSheets.pop();
          return [...faults, ...sideways];
        }"""
    )
    return found


def motion_faults(page: Page) -> list[str]:
    """What still moves although the reader asked for stillness."""
    found: list[str] = page.evaluate(
        """() => document.getAnimations()
          .filter((a) => a.playState === 'running' && a.effect.getTiming().duration > 20)
          .map((a) => `moves: ${a.animationName || a.transitionProperty}: ${a.effect.target.outerHTML.slice(0, 99)}`)"""
    )
    return found


def forced_color_faults(page: Page) -> list[str]:
    """Controls that vanish in forced colors: no border, no fill, no underline, no text."""
    found: list[str] = page.evaluate(
        """() => {
          const canvas = getComputedStyle(document.body).backgroundColor;
          const seen = (el) => {
            const style = getComputedStyle(el);
            const bordered = ['Top', 'Bottom', 'Left', 'Right'].some((side) =>
              parseFloat(style[`border${side}Width`]) > 0 && style[`border${side}Style`] !== 'none');
            const filled = style.backgroundColor !== canvas && style.backgroundColor !== 'rgba(0, 0, 0, 0)';
            return bordered || filled || style.textDecorationLine.includes('underline')
              || parseFloat(style.outlineWidth) > 0 && style.outlineStyle !== 'none';
          };
          return [...document.querySelectorAll('main .btn, main input:not([type=hidden]), main select, main textarea')]
            .filter((el) => el.checkVisibility() && el.getBoundingClientRect().width > 2)
            .filter((el) => !seen(el.matches('[type=radio], [type=checkbox]') ? el.nextElementSibling || el : el)
              && !(el.matches('[type=radio], [type=checkbox]') && getComputedStyle(el).appearance !== 'none'))
            .map((el) => `not visible in forced colors: ${el.outerHTML.slice(0, 140)}`);
        }"""
    )
    return found


_FOCUS = """() => {
  const el = document.activeElement;
  if (!el || el === document.body || el === document.documentElement)
    return {where: 'body', faults: ['focus is on body']};
  const where = `${el.tagName.toLowerCase()} ${(el.innerText || el.name || el.id || '').trim().slice(0, 50)}`;
  const label = el.labels?.[0] || el.closest('label');
  const drawn = [el, el.nextElementSibling, label, label?.querySelector('span')].filter(Boolean);
  const ringed = drawn.some((one) => {
    const style = getComputedStyle(one);
    return parseFloat(style.outlineWidth) >= 2 && !['none', 'hidden'].includes(style.outlineStyle)
      && style.outlineColor !== 'rgba(0, 0, 0, 0)';
  });
  const faults = ringed ? [] : [`no focus ring: ${el.outerHTML.slice(0, 160)}`];
  const small = el.getBoundingClientRect();
  const shown = small.width > 2 && small.height > 2 && el.checkVisibility({checkOpacity: true}) ? el : label || el;
  const box = shown.getClientRects()[0];
  if (!box) return {where, faults: [...faults, `focused and not drawn: ${el.outerHTML.slice(0, 160)}`]};
  const spots = [[.5, .5], [.1, .5], [.9, .5], [.5, .15], [.5, .85]];
  const free = spots.filter(([x, y]) => {
    const at = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
    return at && (shown.contains(at) || at.contains(shown) && at === shown.parentElement || label?.contains(at));
  });
  if (!free.length) faults.push(`focused and covered: ${el.outerHTML.slice(0, 160)}`);
  return {where, faults};
}"""


def focus_now(page: Page) -> tuple[str, list[str]]:
    """What has the focus, and what is wrong with how it shows."""
    found: Any = page.evaluate(_FOCUS)
    return found["where"], found["faults"]
