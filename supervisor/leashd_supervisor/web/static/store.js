// What the page knows, as signals.  The supervisor is right; what it sends replaces what is here.

import { batch, computed, signal } from "./vendor/preact.js";

/** Approvals by id, each as the supervisor showed it last. */
export const approvals = signal(new Map());
/** Ids in the order of the "Needs you" list.  A settled one stays where it is until `tidy`. */
export const queue = signal([]);
export const agents = signal([]);
export const grants = signal([]);
/** The newest decisions first. */
export const decisions = signal([]);
export const me = signal(null);
/** "connecting", "live" or "away". */
export const link = signal("connecting");
/** Whether the state has been loaded once. */
export const loaded = signal(false);
/** Number of the last event seen. */
export const cursor = signal(0);
/** The approval that the keyboard is on. */
export const chosen = signal("");
/** When the list last moved under the finger, by `performance.now()`. */
export const moved = signal(0);

const FEED = 300;

export const waiting = computed(() =>
  queue.value.map((id) => approvals.value.get(id)).filter((one) => one?.state === "pending"),
);
export const listed = computed(() => queue.value.map((id) => approvals.value.get(id)).filter(Boolean));
export const settled = computed(() =>
  [...approvals.value.values()]
    .filter((one) => one.state !== "pending" && !queue.value.includes(one.id))
    .sort((a, b) => (b.settled || 0) - (a.settled || 0)),
);

/** Of two pictures of an approval the later one: a final state stays final, a delivery stays delivered. */
function later(known, seen) {
  if (!known) return seen;
  if (known.state !== "pending" && seen.state === "pending") return known;
  if (known.delivered && !seen.delivered) return known;
  return seen;
}

/** Takes in one approval; true when it is new and waits. */
export function keep(view) {
  const known = approvals.value.get(view.id);
  const next = later(known, { ...view, seen: performance.now() });
  approvals.value = new Map(approvals.value).set(view.id, next);
  // What settles looks different, and may push the others: they pause.
  if (known?.state === "pending" && next.state !== "pending") moved.value = performance.now();
  const fresh = next.state === "pending" && !queue.value.includes(view.id);
  if (fresh) queue.value = [...queue.value, view.id];
  return fresh;
}

/** Replaces everything by a picture of the supervisor's state. */
export function restore(state) {
  batch(() => {
    const pending = state.pending.map((one) => one.id);
    const shown = queue.value.filter((id) => approvals.value.has(id));
    for (const view of [...state.recent, ...state.pending]) keep(view);
    // One that waited here and is in neither list was settled long ago.
    const gone = shown.filter((id) => approvals.value.get(id).state === "pending" && !pending.includes(id));
    if (gone.length) {
      const left = new Map(approvals.value);
      gone.forEach((id) => left.delete(id));
      approvals.value = left;
      queue.value = queue.value.filter((id) => left.has(id));
      moved.value = performance.now();
    }
    agents.value = state.agents || [];
    grants.value = state.grants || [];
    loaded.value = true;
  });
}

/** Forgets the places of settled approvals, when nobody is about to tap. */
export function tidy(keepId = "") {
  const left = queue.value.filter((id) => id === keepId || approvals.value.get(id)?.state === "pending");
  if (left.length === queue.value.length) return;
  batch(() => {
    queue.value = left;
    moved.value = performance.now();
  });
}

/** Takes in one decision of the audit. */
export function decided(record) {
  decisions.value = [record, ...decisions.value].slice(0, FEED);
}

/** Forgets everything: who looks next may be someone else. */
export function forget() {
  batch(() => {
    approvals.value = new Map();
    queue.value = [];
    agents.value = [];
    grants.value = [];
    decisions.value = [];
    me.value = null;
    cursor.value = 0;
    loaded.value = false;
    link.value = "connecting";
  });
}
