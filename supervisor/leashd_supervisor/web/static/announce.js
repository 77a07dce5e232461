// What a screen reader hears, the title, and the badges.

import { effect } from "./vendor/preact.js";
import { waiting } from "./store.js";

/** Says something when there is a pause; at once when it is urgent. */
export function say(text, urgent = false) {
  const place = document.getElementById(urgent ? "urgent" : "said");
  if (place) place.textContent = text;
}

/** Keeps title, favicon and the icon's badge at the number of approvals that wait. */
export function count() {
  let before = -1;
  effect(() => {
    const n = waiting.value.length;
    document.title = n ? `(${n}) leashd` : "leashd";
    const icon = document.getElementById("favicon");
    const danger = waiting.value.some((one) => one.risk === "danger");
    icon?.setAttribute("href", icon.href.replace(/favicon[\w-]*\.svg/, n ? (danger ? "favicon-danger.svg" : "favicon-waiting.svg") : "favicon.svg"));
    if (navigator.setAppBadge) (n ? navigator.setAppBadge(n) : navigator.clearAppBadge()).catch(() => {});
    if (before !== n && (n || before > 0)) say(n ? `${n} waiting for you` : "Nothing waits for you");
    before = n;
  });
}
