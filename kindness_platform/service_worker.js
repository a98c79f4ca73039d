// Stands at /sw.js, after a line that says what it keeps: the page for when there is no network, and what that is
// drawn with. It keeps nothing else, and everything is asked of the network first.
"use strict";

const layIn = async () => {
  const shelf = await caches.open(KEPT.shelf);
  // Without cookies, so that what is kept cannot be anybody's.
  await shelf.addAll([KEPT.page, ...KEPT.files].map((path) => new Request(path, { credentials: "omit" })));
};

const clearOut = async () => {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== KEPT.shelf).map((name) => caches.delete(name)));
  await self.clients.claim();
};

const fromShelf = async (path) => (await caches.match(path)) || Response.error();

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(layIn());
});
self.addEventListener("activate", (event) => event.waitUntil(clearOut()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  const path = request.mode === "navigate" ? KEPT.page : pathname;
  if (path !== KEPT.page && !KEPT.files.includes(path)) return;
  event.respondWith(fetch(request).catch(() => fromShelf(path)));
});

// A message: that there is something, and the page to look at. What it is stands there, for who is signed in.
self.addEventListener("push", (event) => {
  const { title, body, path, tag, lang, dir } = event.data.json();
  const { icon, badge } = KEPT;
  event.waitUntil(self.registration.showNotification(title, { body, tag, lang, dir, icon, badge, data: { path } }));
});

const show = async (path) => {
  const address = new URL(path, self.location.origin);
  if (address.origin !== self.location.origin) return;
  const pages = await self.clients.matchAll({ type: "window" });
  const page = pages.find((one) => "focus" in one);
  if (!page) await self.clients.openWindow(address);
  else await (await page.focus()).navigate(address);
};

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(show(event.notification.data.path));
});
