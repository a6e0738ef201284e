// Shows notifications, and leads to where they lead. What comes has been encrypted for this browser alone.
"use strict";
const at = (path) => new URL(path, self.registration.scope).href;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  const told = event.data?.json();
  if (!told) return;
  const shown = {
    body: told.body,
    lang: told.lang,
    dir: told.dir,
    tag: told.tag,
    icon: at("push/icon.png"),
    requireInteraction: told.urgent,
    data: { url: told.url, leave: told.leave },
    actions: told.leave ? [{ action: "leave", title: told.leaveTitle }] : [],
  };
  event.waitUntil(self.registration.showNotification(told.title, shown));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { url, leave } = event.notification.data;
  event.waitUntil(self.clients.openWindow(event.action === "leave" ? leave : url));
});

// The push service gives a new address now and then; only this browser knows the old one.
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renewed(event)));

async function renewed(event) {
  const kept = await caches.open("push");
  const known = await (await kept.match("/push/kept"))?.json();
  if (!known) return;
  const key = Uint8Array.from(atob(known.key.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  const wanted = { userVisibleOnly: true, applicationServerKey: key };
  const fresh = event.newSubscription ?? (await self.registration.pushManager.subscribe(wanted));
  const told = { old: known.subscription, new: fresh.toJSON() };
  const answer = await fetch(at("push/renewed"), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(told),
  });
  if (answer.ok) await kept.put("/push/kept", new Response(JSON.stringify({ ...known, subscription: told.new })));
}
