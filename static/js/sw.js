// The service worker. `kept` stands before this (reconnect/phone.py): the files, all public, and the offline page.
// It keeps these when it is installed and adds nothing to them, ever: no page, no answer. No skipWaiting: until the
// pages that are open under the last one are closed, it waits, so that they find the files they were made with.
(() => {
  "use strict";
  const files = new Set(kept.files);
  const found = (path) => caches.match(path, { cacheName: kept.name });
  const ours = (url) => {
    try {
      const to = new URL(url, location.origin);
      if (to.origin === location.origin) return to.pathname + to.search;
    } catch { /* garbled */ }
    return "/";
  };

  addEventListener("install", (event) => event.waitUntil((async () => {
    const cache = await caches.open(kept.name);
    // Without cookies: nobody is signed in for what is kept.
    const bare = { credentials: "omit", redirect: "error" };
    await cache.addAll(kept.files.map((path) => new Request(path, bare)));
    await cache.add(new Request(kept.offline, { ...bare, cache: "reload" }));
  })()));

  addEventListener("activate", (event) => event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name !== kept.name) await caches.delete(name);
    // Pages are asked for while the worker starts.
    await registration.navigationPreload?.enable();
    await clients.claim();
  })()));

  addEventListener("fetch", (event) => {
    const { request } = event, url = new URL(request.url);
    if (request.method !== "GET" || url.origin !== location.origin) return;
    if (files.has(url.pathname)) {
      event.respondWith(found(url.pathname).then((file) => file ?? fetch(request)));
    } else if (request.mode === "navigate") event.respondWith((async () => {
      try {
        return (await event.preloadResponse) ?? (await fetch(request));
      } catch {
        return (await found(kept.offline)) ?? Response.error();
      }
    })());
  });

  // Somebody left while there was no connection.
  addEventListener("sync", (event) => event.waitUntil(fetch("/exit/", { method: "POST", redirect: "manual" })));

  addEventListener("push", (event) => {
    let said = {};
    try { said = event.data.json() ?? said; } catch { /* the neutral words will do */ }
    const text = (name) => (typeof said[name] === "string" && said[name]) || kept[name];
    event.waitUntil(registration.showNotification(text("title"), {
      body: text("body"), icon: kept.icon, tag: "reconnect", data: ours(text("url")),
    }));
  });

  addEventListener("notificationclick", (event) => {
    event.notification.close();
    event.waitUntil((async () => {
      // An open page is brought forward as it is: somebody may be writing on it.
      const to = location.origin + ours(event.notification.data);
      const open = await clients.matchAll({ type: "window", includeUncontrolled: true });
      const page = open.find(({ url }) => url === to) ?? open[0];
      await (page ? page.focus() : clients.openWindow(to));
    })());
  });
})();
