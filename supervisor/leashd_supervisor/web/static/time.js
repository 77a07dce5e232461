// Time as people read it.

import { signal } from "./vendor/preact.js";
import { skew } from "./api.js";

/** Seconds since 1970 by the supervisor's clock; moves once a second. */
export const now = signal(Date.now() / 1000);
setInterval(() => (now.value = Date.now() / 1000 + skew.value), 1000);

const UNITS = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];

/** "12 s", "4 min", "2 h", "3 d". */
export function span(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const [size, unit] = UNITS.find(([size]) => whole >= size) || UNITS[3];
  return `${Math.floor(whole / size)} ${unit}`;
}

/** "12 s ago". */
export const ago = (time) => (time ? (now.value - time < 2 ? "just now" : `${span(now.value - time)} ago`) : "");

/** "4:10", "1:02:03". */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] ? parts : parts.slice(1);
  return shown.map((part, index) => (index ? String(part).padStart(2, "0") : part)).join(":");
}

/** Seconds that an approval still has, null when it waits for ever. */
export function left(view) {
  if (view.state !== "pending" || view.seconds_left == null) return null;
  void now.value;
  return Math.max(0, view.seconds_left - (performance.now() - view.seen) / 1000);
}

/** The time of day, with the date when it is another day. */
export function stamp(time) {
  const date = new Date(time * 1000);
  const today = date.toDateString() === new Date().toDateString();
  return date.toLocaleString([], today ? { timeStyle: "medium" } : { dateStyle: "short", timeStyle: "short" });
}
