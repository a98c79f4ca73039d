// The wall: another act every twelve seconds by a plain cut, and what is new within ten.
(() => {
  "use strict";
  const wall = document.querySelector("[data-wall]");
  if (!wall) return;
  const EACH = 12000, ASK = 10000, SIZES = ["", "big", "huge"];
  let at = 0, known = "", paused = false, timer = 0;
  const list = () => document.getElementById("wall-acts");
  const acts = () => [...list().children];

  const show = (n) => {
    const all = acts();
    at = (n + all.length) % all.length;
    all.forEach((act, place) => { act.hidden = place !== at; });
    clearTimeout(timer);
    if (!paused) timer = setTimeout(() => show(at + 1), EACH);
  };
  const put = (fresh) => {
    const was = acts()[at]?.id;
    list().replaceWith(fresh);
    const all = acts(), first = all[0].id;
    // What is new is shown at once; else, and while somebody holds it, the one that stood there stays.
    const stays = Math.max(all.findIndex((act) => act.id === was), 0);
    show(first === known || paused ? stays : 0);
    known = first;
    const total = fresh.dataset.total;
    if (total) wall.querySelector("[data-wall-total]").textContent = total;
  };
  const over = () => {
    const closed = document.getElementById("wall-over").content.cloneNode(true).firstElementChild;
    closed.id = "wall-acts";
    put(closed);
  };
  const ask = async () => {
    try {
      const answer = await fetch(wall.dataset.wall, { headers: { "HX-Target": "wall-acts" }, redirect: "manual", cache: "no-store" });
      if (answer.type === "opaqueredirect" || [401, 403, 404, 410].includes(answer.status)) return over();
      if (!answer.ok) return undefined;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("wall-acts");
      if (fresh) put(document.importNode(fresh, true));
    } catch { /* without a network the wall goes on with what it has */ }
    return undefined;
  };

  const pause = wall.querySelector("[data-wall-pause]");
  const label = pause.querySelector("[data-label]");
  pause.dataset.pause = label.textContent;
  const hold = () => {
    paused = !paused;
    pause.setAttribute("aria-pressed", String(paused));
    label.textContent = paused ? pause.dataset.play : pause.dataset.pause;
    show(at);
  };
  const larger = (event) => {
    event.preventDefault();
    const next = (SIZES.indexOf(wall.dataset.text) + 1) % SIZES.length;
    SIZES.forEach((size) => size && wall.classList.toggle(`wall--${size}`, size === SIZES[next]));
    wall.dataset.text = SIZES[next];
  };
  const full = wall.querySelector("[data-wall-full]");
  wall.querySelectorAll("button[hidden]").forEach((button) => { button.hidden = button === full && !document.fullscreenEnabled; });
  pause.addEventListener("click", hold);
  full.addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()));
  wall.querySelectorAll("[data-wall-step]").forEach((button) => button.addEventListener("click", () => show(at + Number(button.dataset.wallStep))));
  wall.querySelector("[data-wall-text]").addEventListener("click", larger);
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("button, a, input, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " ") hold();
    else if (event.key === "ArrowRight") show(at + 1);
    else if (event.key === "ArrowLeft") show(at - 1);
    else return;
    event.preventDefault();
  });

  known = acts()[0].id;
  show(0);
  setInterval(ask, ASK);
})();
