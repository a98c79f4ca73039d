// One key each for what waits to be read, as long as one of its articles has the focus and nobody is typing.
(() => {
  "use strict";
  const go = (article, by) => {
    const all = [...document.querySelectorAll("[data-queue] article")];
    all[all.indexOf(article) + by]?.focus();
  };
  document.addEventListener("keydown", (event) => {
    const article = event.target.closest?.("[data-queue] article");
    if (!article || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("textarea, select, input:not([type=checkbox])")) return;
    const key = event.key.toLowerCase();
    if (key === "j" || key === "k") go(article, key === "j" ? 1 : -1);
    else if (key === "u") document.querySelector("[data-queue] [data-undo]")?.click();
    else {
      const place = article.querySelector(`[data-key="${CSS.escape(key)}"]`);
      if (!place) return;
      place.click();
      if (place.matches("summary")) place.parentElement.querySelector("textarea")?.focus();
    }
    event.preventDefault();
  });
})();
