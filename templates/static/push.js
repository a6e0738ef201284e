// Turns notifications on and off in this browser. Whatever people read stands in the page already, in their language.
"use strict";
(() => {
  const card = document.getElementById("push");
  if (!card) return;
  const part = (name) => card.querySelector(`[data-push="${name}"]`);
  const show = (...names) => {
    for (const one of card.querySelectorAll("[data-push]")) one.hidden = !names.includes(one.dataset.push);
  };
  const octets = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

  const registered = () => navigator.serviceWorker.getRegistration(card.dataset.scope);
  const present = async () => (await registered())?.pushManager.getSubscription();

  // Whether the person is notified in this very browser: the page knows a digest of the address, and no more.
  const isHeld = async (subscription) => {
    if (!subscription || !card.dataset.held) return false;
    const { endpoint, keys } = subscription.toJSON();
    const text = new TextEncoder().encode(`${endpoint}#${keys.p256dh}.${keys.auth}`.replaceAll("=", ""));
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
    return Array.from(digest, (one) => one.toString(16).padStart(2, "0")).join("") === card.dataset.held;
  };

  const subscribed = async (registration, key) => {
    const wanted = { userVisibleOnly: true, applicationServerKey: octets(key) };
    try {
      return await registration.pushManager.subscribe(wanted);
    } catch (error) {
      if (error.name !== "InvalidStateError") throw error; // it subscribed to another key before
      await (await registration.pushManager.getSubscription())?.unsubscribe();
      return registration.pushManager.subscribe(wanted);
    }
  };

  const start = async () => {
    if ((await Notification.requestPermission()) !== "granted") return show("denied");
    show("busy");
    const offer = await fetch(card.dataset.at);
    if (!offer.ok) throw new Error(offer.status);
    const { public_key: key } = await offer.json();
    await navigator.serviceWorker.register(card.dataset.worker, { scope: card.dataset.scope });
    const subscription = await subscribed(await navigator.serviceWorker.ready, key);
    const answer = await fetch(card.dataset.at, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ subscription: subscription.toJSON(), wording: card.dataset.wording }),
    });
    if (!answer.ok) {
      await subscription.unsubscribe();
      throw new Error(answer.status);
    }
    // For the worker, should the push service change the address one day.
    const kept = await caches.open("push");
    await kept.put("/push/kept", new Response(JSON.stringify({ key, subscription: subscription.toJSON() })));
    location.replace(card.dataset.done);
  };

  const stop = async (event) => {
    event.preventDefault();
    const subscription = await present();
    if (await isHeld(subscription)) await subscription.unsubscribe();
    await caches.delete("push");
    part("stop").removeEventListener("submit", stop);
    part("stop").requestSubmit(event.submitter);
  };

  const begin = async () => {
    if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return show("unsupported");
    const here = await isHeld(await present());
    if (here) return show("here", "stop");
    if (Notification.permission === "denied") return show("denied");
    show("offer", ...(card.dataset.held ? ["elsewhere", "stop"] : []));
  };

  card.querySelector("[data-press=start]").addEventListener("click", () => start().catch(() => show("failed", "offer")));
  part("stop")?.addEventListener("submit", stop);
  begin().catch(() => show("unsupported"));
})();
