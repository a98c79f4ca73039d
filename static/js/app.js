// What htmx and HTML cannot do, attached by data- attributes. Every page works without this file.
(() => {
  "use strict";
  const each = (root, selector, act) => {
    if (root.matches?.(selector)) act(root);
    root.querySelectorAll?.(selector).forEach(act);
  };

  // For screen readers.
  const announce = (words) => {
    const live = document.getElementById("live");
    if (!live || !words) return;
    live.textContent = "";
    setTimeout(() => { live.textContent = words; }, 50);
  };

  // Toasts leave after ten seconds, unless they offer something or somebody is at them.
  const showToast = (toast) => {
    if (toast.querySelector("form, a")) return;
    const leave = () => {
      if (toast.matches(":hover, :focus-within")) setTimeout(leave, 4000);
      else toast.remove();
    };
    setTimeout(leave, 10000);
  };

  const failed = (event) => {
    const template = document.getElementById({ 401: "signed-out", 429: "too-often" }[event.detail.xhr?.status] || "failed");
    const toasts = document.getElementById("toasts");
    if (!template || !toasts || toasts.querySelector("[data-failed]")) return;
    // Of what went well, only what can be undone stays.
    each(toasts, "[data-toast]", (old) => { if (!old.querySelector("form")) old.remove(); });
    toasts.append(template.content.cloneNode(true));
    prepare(toasts.lastElementChild);
  };

  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

  // Once for what a page or a swap brought.
  const prepare = (root) => {
    each(root, ":is([data-copy], [data-close], [data-print])[hidden]", (button) => { button.hidden = false; });
    each(root, "[data-time-zone]", (input) => { if (zone && !input.value) input.value = zone; });
    each(root, "[data-toast]", showToast);
    each(root, "[data-announce]", (said) => announce(said.dataset.announce || said.textContent.trim()));
    each(root, "textarea[data-count]", count);
  };

  const focusIn = (root) => {
    const place = root.querySelector?.("[data-focus]") || root.querySelector?.("[aria-invalid='true']");
    place?.focus();
  };

  // A swap hands a lost focus to what came, never to the body.
  let focusLost = false;
  const keepFocus = (came) => {
    if (!focusLost || document.activeElement !== document.body) return;
    const place = came === document.body ? document.getElementById("main") : came;
    if (!place?.isConnected) return;
    place.tabIndex = -1;
    place.focus({ preventScroll: true });
  };

  // What gets the focus beneath the thumb bar or a toast is scrolled clear.
  const uncover = (place) => {
    if (!place.matches(":focus-visible")) return;
    const box = place.getBoundingClientRect();
    const over = [...document.querySelectorAll(".thumb, .toast")].filter((one) => {
      const there = one.getBoundingClientRect();
      const beside = there.right <= box.left || there.left >= box.right;
      return there.height && !beside && !one.contains(place) && box.bottom > there.top && box.top < there.bottom;
    });
    const edge = Math.min(...over.map((one) => one.getBoundingClientRect().top));
    if (over.length) window.scrollBy(0, box.bottom - edge + 12);
  };

  // "12 characters left".
  const count = (area) => {
    const left = area.maxLength - area.value.length;
    const near = area.maxLength > 0 && left >= 0 && left <= Math.max(50, area.maxLength / 10);
    let words = area.nextElementSibling;
    if (!words?.matches(".count")) {
      if (!near) return;
      words = document.createElement("p");
      words.className = "hint count";
      words.setAttribute("role", "status");
      area.after(words);
    }
    words.textContent = near ? area.dataset.count.replace("{n}", left) : "";
  };

  const copy = async (button) => {
    const asked = button.dataset.copy;
    const source = asked.startsWith("#") ? document.querySelector(asked) : null;
    const words = source ? (source.value ?? source.innerText) : asked;
    try {
      await navigator.clipboard.writeText(words.trim());
    } catch {
      source?.select?.();
      return;
    }
    const label = button.querySelector("[data-label]") || button;
    const before = label.textContent;
    if (!button.dataset.copied || before === button.dataset.copied) return;
    label.textContent = button.dataset.copied;
    announce(button.dataset.copied);
    setTimeout(() => { label.textContent = before; }, 4000);
  };

  // Drafts are kept on the server, never in the browser. Photos are not part of them.
  const drafts = new WeakMap();
  const forget = (form) => {
    clearTimeout(drafts.get(form));
    drafts.delete(form);
  };
  const keep = (form, keepalive = false) => {
    forget(form);
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    fetch(form.dataset.draftUrl, { method: "POST", body: data, credentials: "same-origin", keepalive }).catch(() => {});
  };
  const keepSoon = (form) => {
    forget(form);
    drafts.set(form, setTimeout(() => keep(form), 1500));
  };

  // htmx notes the address it is at, search words and all; nothing of a page stays in the browser.
  const leaveNoTrace = () => {
    try {
      sessionStorage.removeItem("htmx-current-path-for-history");
    } catch { /* where storing is forbidden, nothing was stored */ }
  };

  const preview = (input) => {
    const image = document.querySelector(input.dataset.preview);
    const file = input.files[0];
    if (!image) return;
    if (image.src.startsWith("blob:")) URL.revokeObjectURL(image.src);
    image.hidden = !file;
    if (file) image.src = URL.createObjectURL(file);
    else image.removeAttribute("src");
  };

  const closeMenus = (except) => {
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
      if (menu !== except) menu.open = false;
    });
  };

  document.addEventListener("click", (event) => {
    const target = event.target;
    closeMenus(target.closest("details[data-menu]"));
    if (target.closest("[data-print]")) window.print();
    const button = target.closest("[data-copy], [data-close]");
    if (button?.matches("[data-copy]")) copy(button);
    else button?.closest("[data-toast]")?.remove();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = event.target.closest?.("details[data-menu][open]");
    closeMenus();
    menu?.querySelector("summary").focus();
  });
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (field.matches("textarea[data-count]")) count(field);
    if (field.form?.dataset.draftUrl && field.type !== "file") keepSoon(field.form);
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("input[type='file'][data-preview]")) preview(event.target);
  });
  document.addEventListener("submit", (event) => forget(event.target), true);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "hidden") return;
    document.querySelectorAll("form[data-draft-url]").forEach((form) => { if (drafts.has(form)) keep(form, true); });
  });

  document.addEventListener("htmx:load", (event) => { if (event.detail.elt !== document.body) prepare(event.detail.elt); });
  document.addEventListener("htmx:beforeSwap", (event) => {
    // An answer that names its place is shown whatever its status: the composer, with the words still in it.
    if (event.detail.xhr.getResponseHeader("HX-Reselect")) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
    const at = document.activeElement;
    focusLost = at !== document.body && event.detail.target.contains(at);
  });
  document.addEventListener("htmx:afterSettle", (event) => { focusIn(event.detail.elt); keepFocus(event.detail.elt); });
  document.addEventListener("focusin", (event) => uncover(event.target));
  document.addEventListener("htmx:pushedIntoHistory", leaveNoTrace);
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:timeout", failed);
  document.addEventListener("htmx:responseError", failed);

  leaveNoTrace();
  prepare(document.body);
  focusIn(document.body);
})();
