// Keyboard shortcuts: single keys, which rest while someone types and can be switched off.

import { go, gone, route } from "./route.js";
import { me, queue } from "./store.js";
import { say } from "./announce.js";

const TYPING = "input, textarea, select, [contenteditable], dialog[open] *";

/** Listens for as long as the page lives. */
export function listen() {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (me.value?.settings?.shortcuts === false || !me.value) return;
    if (event.target.closest?.(TYPING)) return;
    const act = ACTIONS[event.key];
    if (act?.(event)) event.preventDefault();
  });
}

const current = () => document.querySelector(".card.pending, .card") || document.querySelector(".row-card.current");

function press(key) {
  const button = current()?.querySelector(`[data-key="${key}"]`);
  if (!button) return false;
  if ("hold" in button.dataset) {
    button.focus();
    say("This is dangerous. Hold Enter to allow it.", true);
  } else button.click();
  return true;
}

function step(by) {
  const link = document.querySelector(`[data-nav="${by > 0 ? "j" : "k"}"]`);
  if (route.value.panel === "card") {
    link?.click();
    return true;
  }
  if (route.value.panel !== "dashboard") return false;
  const rows = [...document.querySelectorAll(".row-card")];
  const focused = rows.findIndex((row) => row.contains(document.activeElement));
  const from = focused < 0 && gone() ? rows.findIndex((row) => row.matches(".current")) : focused;
  const next = rows[Math.min(rows.length - 1, Math.max(0, from + by))];
  next?.querySelector(".row-link").focus();
  return rows.length > 0;
}

const ACTIONS = {
  j: () => step(1),
  k: () => step(-1),
  a: () => press("a"),
  d: () => press("d"),
  e: () => press("e"),
  Enter: (event) => event.target === document.body && queue.value.length > 0 && press("Enter"),
  "/": () => {
    go("/#audit");
    requestAnimationFrame(() => document.getElementById("search")?.focus());
    return true;
  },
  "?": () => (go("/#shortcuts"), true),
  Escape: () => (go("/"), true),
};
