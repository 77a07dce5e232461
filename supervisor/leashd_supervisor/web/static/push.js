// Web Push: this device's subscription, kept in step with the supervisor.

import { get, post, remove, session } from "./api.js";
import { go } from "./route.js";
import { workerUrl } from "./trusted.js";

/** Why this browser cannot show notifications, "" when it can. */
export function unable() {
  if (!isSecureContext) return "Notifications need https, or this machine itself.";
  if (!("serviceWorker" in navigator)) return "This browser has no service workers.";
  if (!("PushManager" in window)) {
    return /iP(hone|ad)/.test(navigator.userAgent)
      ? "On an iPhone or iPad, add leashd to the Home Screen first (Share, then Add to Home Screen)."
      : "This browser has no push notifications.";
  }
  if (Notification.permission === "denied") return "Notifications are blocked for this page in the browser's settings.";
  return "";
}

let begun = false;

/** Starts the service worker, or finds it started. */
const register = () => navigator.serviceWorker.register(workerUrl(), { scope: "/" });

/** Starts the service worker, and subscribes again where the person has said yes before: browsers forget. */
export async function begin() {
  if (begun || !("serviceWorker" in navigator) || !isSecureContext) return;
  begun = true;
  navigator.serviceWorker.addEventListener("message", (event) => {
    if (event.data?.open) go(event.data.open);
    if (event.data?.resubscribe) subscribe().catch(() => {});
  });
  for (const name of ["focus", "blur", "visibilitychange"]) addEventListener(name, tellPresence, true);
  setInterval(() => document.hasFocus() && tellPresence(), LOOKING);
  tellPresence();
  await register().catch(() => {}); // the page does without it; who wants notifications is told
  if (!unable() && Notification.permission === "granted" && localStorage.getItem("push") === "on") await subscribe().catch(() => {});
}

const LOOKING = 20_000;

/** While somebody looks at this page, its device needs no notifications: says so, and says when that ends. */
function tellPresence() {
  const visible = document.visibilityState === "visible";
  const body = { visible, focused: visible && document.hasFocus() };
  if (subscribed() && session.value) post("/api/push/presence", body).catch(() => {});
}

/** Tells the service worker that an approval needs no notification any more. */
export function withdraw(id) {
  navigator.serviceWorker?.controller?.postMessage({ withdraw: id });
}

/** Asks the browser, then the supervisor.  Call it on a tap. */
export async function subscribe() {
  if ((await Notification.requestPermission()) !== "granted") throw new Error("notifications were not allowed");
  const { key } = await get("/api/push/key");
  await register();
  const worker = await navigator.serviceWorker.ready;
  const had = await worker.pushManager.getSubscription();
  const made = had || (await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
  const kept = await post("/api/push/subscriptions", made.toJSON());
  localStorage.setItem("push", "on");
  if (kept?.id) localStorage.setItem("push-id", kept.id);
}

/** No more notifications on this device. */
export async function unsubscribe() {
  const worker = await navigator.serviceWorker.ready;
  await (await worker.pushManager.getSubscription())?.unsubscribe();
  const id = localStorage.getItem("push-id");
  localStorage.removeItem("push");
  localStorage.removeItem("push-id");
  if (id) await remove(`/api/push/subscriptions/${id}`).catch(() => {});
}

/** The id of this device's subscription, "" when there is none. */
export const own = () => localStorage.getItem("push-id") || "";

/** Whether this device gets notifications. */
export const subscribed = () => localStorage.getItem("push") === "on";
