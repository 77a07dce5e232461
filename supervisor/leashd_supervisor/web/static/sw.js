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

/** Shows what the payload says: {id, title, body}, or {id, withdrawn: true} for one that was answered elsewhere. */
async function shown(payload) {
  const id = typeof payload.id === "string" ? payload.id : "";
  const tag = id ? `approval-${id}` : "leashd";
  const options = { tag, data: { id }, icon: "/static/icons/icon-192.png", badge: "/static/icons/badge-96.png" };
  if (payload.withdrawn) {
    await self.registration.showNotification(payload.title || "Answered", {
      ...options,
      body: payload.body || "Nothing is left to do here.",
      silent: true,
    });
    return withdrawn(id);
  }
  return self.registration.showNotification(payload.title || "An agent needs you", {
    ...options,
    body: payload.body || "Open leashd to answer.",
    requireInteraction: true,
  });
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
