// Messages on this device: asks the browser for an address at its push service, and sends that as a plain form.
(() => {
  "use strict";
  const known = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
  if (!known || !window.isSecureContext) return;

  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const worker = async () => {
    await navigator.serviceWorker.register("/sw.js", { updateViaCache: "all" });
    return navigator.serviceWorker.ready;
  };
  const drop = async (manager) => (await manager.getSubscription())?.unsubscribe();

  const subscribe = async (key) => {
    const { pushManager: manager } = await worker();
    const options = { userVisibleOnly: true, applicationServerKey: bytes(key) };
    try {
      return await manager.subscribe(options);
    } catch (problem) {
      // One that was made with another key is in the way.
      if (!await drop(manager)) throw problem;
      return manager.subscribe(options);
    }
  };

  const form = document.querySelector("form[data-push]");
  if (form) {
    const said = form.querySelector("[data-push-said]");
    form.hidden = false;
    document.querySelectorAll("[data-push-missing]").forEach((note) => { note.hidden = true; });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      said.textContent = "";
      try {
        if (await Notification.requestPermission() !== "granted") {
          said.textContent = said.dataset.pushDenied;
          return;
        }
        const { endpoint, keys } = (await subscribe(form.dataset.push)).toJSON();
        form.elements.endpoint.value = endpoint;
        form.elements.p256dh.value = keys.p256dh;
        form.elements.auth.value = keys.auth;
        form.submit();
      } catch {
        said.textContent = said.dataset.pushFailed;
      }
    });
  }

  document.querySelector("form[data-push-off]")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await drop((await worker()).pushManager);
    } finally {
      event.target.submit();
    }
  });
})();
