// The time zone this device is set to: filled in at sign-up, suggested in settings.
(() => {
  let zone = "";
  try {
    zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
  } catch {
    return;
  }
  for (const input of document.querySelectorAll("input[data-time-zone]")) {
    if (!input.value) input.value = zone;
  }

  const suggest = () => {
    const choice = document.querySelector("select[data-time-zone-choice]");
    const hint = document.querySelector("[data-time-zone-hint]");
    if (!choice || !hint) return;
    const known = [...choice.options].some((option) => option.value === zone);
    hint.querySelector("[data-time-zone-name]").textContent = zone.replaceAll("_", " ");
    hint.hidden = !known || choice.value === zone;
  };

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-time-zone-use]")) return;
    const choice = document.querySelector("select[data-time-zone-choice]");
    choice.value = zone;
    choice.focus();
    suggest();
  });
  document.addEventListener("change", suggest);
  document.addEventListener("htmx:afterSettle", suggest);
  suggest();
})();
