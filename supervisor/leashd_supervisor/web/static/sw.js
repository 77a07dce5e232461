// The service worker: shows pushes, and takes a tap on one to its approval.  It keeps no pages.
"use strict";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// One visible notification for every push, inside waitUntil: browsers withdraw the right to push otherwise.
self.addEventListener("push", (event) => event.waitUntil(shown(read(event.data))));

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(opened(path(event.notification.data && event.notification.data.id)));
});

// The page tells when an approval is settled.
self.addEventListener("message", (event) => {
  if (event.data && event.data.withdraw) event.waitUntil(withdrawn(String(event.data.withdraw)));
});

self.addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil(self.clients.matchAll().then((open) => open.forEach((one) => one.postMessage({ resubscribe: true }))));
});

function read(data) {
  try {
    return data ? data.json() : {};
  } catch {
    return {};
  }
}

/** Shows what the payload says: an approval, {withdraw: id} for one that was answered, or {test, machine}. */
async function shown(payload) {
  const id = String(payload.id || payload.withdraw || "");
  if (typeof payload.waiting === "number" && self.navigator.setAppBadge) {
    await (payload.waiting ? self.navigator.setAppBadge(payload.waiting) : self.navigator.clearAppBadge()).catch(() => {});
  }
  const tag = id ? `approval-${id}` : "leashd";
  const options = { tag, data: { id }, icon: "/static/icons/icon-192.png", badge: "/static/icons/badge-96.png" };
  if (payload.withdraw) {
    await self.registration.showNotification("Answered", { ...options, body: "Nothing is left to do here.", silent: true });
    return withdrawn(id);
  }
  if (payload.test) {
    return self.registration.showNotification("It works", { ...options, body: `Notifications from ${payload.machine || "leashd"} arrive here.` });
  }
  const more = payload.waiting > 1 ? ` ${payload.waiting} wait for you.` : "";
  return self.registration.showNotification(title(payload), {
    ...options,
    body: `${payload.danger ? "Danger. " : ""}Open it to see what, and to answer.${more}`,
    requireInteraction: true,
  });
}

function title({ kind, machine = "your machine", verb }) {
  if (kind === "question") return `An agent on ${machine} asks you a question`;
  if (kind === "plan") return `A plan waits for you on ${machine}`;
  return verb ? `An agent on ${machine} wants to ${verb}` : "An agent needs you";
}

async function withdrawn(id) {
  const open = await self.registration.getNotifications({ tag: `approval-${id}` });
  open.forEach((one) => one.close());
}

function path(id) {
  return id && /^[\w-]+$/.test(id) ? `/a/${id}` : "/";
}

async function opened(to) {
  const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  for (const page of open) {
    page.postMessage({ open: to });
    return page.focus();
  }
  return self.clients.openWindow(to);
}
