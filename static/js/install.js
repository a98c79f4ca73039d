// Lays in the page for when there is no network (/sw.js), where browsers allow it: over https.
navigator.serviceWorker?.register("/sw.js", { updateViaCache: "all" }).catch(() => {});
