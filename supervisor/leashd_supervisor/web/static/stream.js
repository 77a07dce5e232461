// The stream of events: nothing lost and nothing doubled, whatever the network does.
//
// The cursor is the number of the last event seen.  Each connection says it, and the supervisor answers with a verdict:
// `ok`, then what came after the cursor, or `reset`, and the state is loaded anew.  A phone that slept holds a
// connection that looks alive and is not, so the visible ping is watched too.

import { batch } from "./vendor/preact.js";
import { get, session } from "./api.js";
import * as store from "./store.js";

const PING = 15_000;
const PATIENCE = 2.5 * PING;
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 15_000;

let source = null;
let heard = 0;
let pause = FIRST_PAUSE;
let again = 0;
let watch = 0;
let loading = null;
let refreshing = 0;
let arrived = () => {};

/** Loads the state and follows it from there.  `onApproval(view, fresh)` is called for every change of an approval. */
export async function start(onApproval) {
  arrived = onApproval;
  addEventListener("online", wake);
  addEventListener("pageshow", wake);
  document.addEventListener("visibilitychange", wake);
  watch = setInterval(look, 5000);
  await load().catch(() => {});
  connect();
}

/** Ends the stream. */
export function stop() {
  removeEventListener("online", wake);
  removeEventListener("pageshow", wake);
  document.removeEventListener("visibilitychange", wake);
  clearInterval(watch);
  clearTimeout(again);
  clearTimeout(refreshing);
  close();
}

/** The state anew; events that come meanwhile wait for it. */
export async function load() {
  const held = (loading = []);
  try {
    const state = await get("/api/state");
    batch(() => {
      store.restore(state);
      store.cursor.value = state.cursor;
    });
  } finally {
    if (loading === held) {
      loading = null;
      held.forEach(take);
    }
  }
}

function connect() {
  clearTimeout(again);
  close();
  heard = Date.now();
  const made = new EventSource(`/api/events?after=${store.cursor.value}`);
  source = made;
  const on = (name, handle) =>
    made.addEventListener(name, (event) => {
      if (source !== made) return;
      heard = Date.now();
      handle(event);
    });
  on("resume", resumed);
  on("ping", () => {});
  on("restarting", () => lost());
  for (const name of ["approval", "decision", "grant"]) on(name, taken);
  made.onerror = () => source === made && lost();
}

async function resumed(event) {
  const verdict = JSON.parse(event.data);
  if (verdict.state === "reset") {
    store.cursor.value = 0;
    try {
      await load();
    } catch {
      return lost();
    }
  }
  pause = FIRST_PAUSE;
  store.link.value = "live";
}

function taken(event) {
  const one = { id: Number(event.lastEventId), name: event.type, data: JSON.parse(event.data) };
  if (loading) loading.push(one);
  else take(one);
}

function take({ id, name, data }) {
  if (id && id <= store.cursor.value) return;
  batch(() => {
    if (id) store.cursor.value = id;
    if (name === "approval") arrived(data, store.keep(data));
    if (name === "decision") store.decided(data);
  });
  refresh();
}

/** What has no event of its own, agents and standing answers, soon after something happened. */
function refresh() {
  clearTimeout(refreshing);
  refreshing = setTimeout(async () => {
    const told = await Promise.all([get("/api/agents"), get("/api/grants")]).catch(() => null);
    if (!told) return;
    store.agents.value = told[0].agents;
    store.grants.value = told[1].grants;
  }, 700);
}

function lost() {
  close();
  store.link.value = "away";
  clearTimeout(again);
  again = setTimeout(retry, pause * (0.75 + Math.random() / 2));
  pause = Math.min(pause * 2, LONGEST_PAUSE);
}

async function retry() {
  // A refused stream does not say why; this does, and shows the login when the session is over.
  const there = await get("/api/me").catch((error) => error);
  if (session.value === false) return;
  if (there instanceof Error) lost();
  else connect();
}

function look() {
  if (source && Date.now() - heard > PATIENCE) lost();
}

function wake() {
  if (document.visibilityState !== "visible") return;
  if (!source || Date.now() - heard > PING * 1.3) {
    pause = FIRST_PAUSE;
    store.link.value = "away";
    clearTimeout(again);
    close();
    retry();
  }
}

function close() {
  source?.close();
  source = null;
}
