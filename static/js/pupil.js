// Pupils' pages: reads aloud where the browser can, and puts the beginning of a sentence where it belongs.
(() => {
  "use strict";
  const voice = window.speechSynthesis;
  const stop = (button) => {
    button.querySelector("[data-label]").textContent = button.dataset.label;
    button.removeAttribute("data-reading");
  };
  const words = (place) => {
    const said = place.cloneNode(true);
    said.querySelectorAll("button, form, .vh").forEach((one) => one.remove());
    return said.innerText || said.textContent;
  };
  const read = (button) => {
    voice.cancel();
    if (button.hasAttribute("data-reading")) return stop(button);
    const speech = new SpeechSynthesisUtterance(words(document.querySelector(button.dataset.read)));
    speech.lang = document.documentElement.lang;
    speech.rate = 0.9;
    speech.onend = () => stop(button);
    speech.onerror = speech.onend;
    button.setAttribute("data-reading", "");
    button.querySelector("[data-label]").textContent = button.dataset.readStop;
    return voice.speak(speech);
  };
  if (voice && window.SpeechSynthesisUtterance) {
    document.querySelectorAll("[data-read]").forEach((button) => {
      button.dataset.label = button.querySelector("[data-label]").textContent;
      button.hidden = false;
      button.addEventListener("click", () => read(button));
    });
    window.addEventListener("pagehide", () => voice.cancel());
  }

  document.querySelectorAll("[data-start]").forEach((link) => {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const area = document.querySelector("textarea[name=text]");
      const begun = link.dataset.start.replace(/\s*…$/, "") + " ";
      const before = area.value.trimEnd();
      area.value = before ? `${before} ${begun}` : begun;
      area.focus();
      area.setSelectionRange(area.value.length, area.value.length);
      area.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });
})();
