// Where the page is: `/` and `/a/ID` are addresses, the other panels are behind `#`.

import { computed, signal } from "./vendor/preact.js";

const read = () => ({ path: location.pathname, hash: location.hash });
const place = signal(read());
const PANELS = ["feed", "audit", "policy", "settings", "shortcuts"];

addEventListener("popstate", () => (place.value = read()));
addEventListener("hashchange", () => (place.value = read()));

/** {panel, id}: "dashboard", "card", "feed", ... */
export const route = computed(() => {
  const { path, hash } = place.value;
  const name = hash.replace(/^#\/?/, "");
  if (PANELS.includes(name)) return { panel: name, id: "" };
  const found = /^\/a\/([\w-]+)$/.exec(path);
  return found ? { panel: "card", id: found[1] } : { panel: "dashboard", id: "" };
});

let moves = 0;
let listAt = 0;

/** Whether the page has gone anywhere since it was loaded. */
export const gone = () => moves > 0;

/** How far the list was scrolled when it was left. */
export const left = () => listAt;

/** Goes to an address of this page. */
export function go(to, replace = false) {
  if (to === location.pathname + location.hash) return;
  moves += 1;
  if (route.value.panel === "dashboard") listAt = scrollY;
  history[replace ? "replaceState" : "pushState"](null, "", to);
  place.value = read();
  scrollTo(0, 0);
}

/** For the `onClick` of links: goes there without loading anything. */
export function follow(event) {
  const to = event.currentTarget.getAttribute("href");
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
  event.preventDefault();
  go(to);
}
