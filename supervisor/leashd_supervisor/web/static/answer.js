// Answers on their way: what was tapped, what the supervisor made of it, and what to tell of it.

import { batch, signal } from "./vendor/preact.js";
import { Refused, get, post } from "./api.js";
import { keep, me } from "./store.js";
import { ago, now, span, stamp } from "./time.js";
import { say } from "./announce.js";

/** By approval: {phase: "sending" | "sent" | "failed" | "late", allow, why}. */
export const trips = signal(new Map());

const note = (id, trip) => (trips.value = new Map(trips.value).set(id, trip));

/** Sends a person's answer.  The card changes only by what the supervisor says. */
export async function answer(view, { allow, message = "", stop = false, input = null, scope = "call" }) {
  if (trips.value.get(view.id)?.phase === "sending") return false;
  note(view.id, { phase: "sending", allow });
  try {
    const body = { allow, digest: view.digest, message, stop, input, scope };
    const settled = await post(`/api/approvals/${view.id}/answer`, body);
    batch(() => {
      note(view.id, { phase: "sent", allow, answers: input?.answers });
      keep(settled);
    });
    say(word(settled));
    return true;
  } catch (error) {
    failed(view, allow, error);
    return false;
  }
}

function failed(view, allow, error) {
  const known = error instanceof Refused;
  const late = known && error.status === 409;
  batch(() => {
    note(view.id, { phase: late ? "late" : "failed", allow, why: known ? error.message : String(error), help: error.help });
    if (late && error.body.approval) keep(error.body.approval);
  });
  say(late ? "Too late" : "Not sent", true);
  if (known && error.status === 404) get("/api/state").catch(() => {});
}

/** Allows the next call that is the same as one that ended without an answer. */
export async function allowNext(view) {
  note(view.id, { phase: "sending", allow: true });
  try {
    const made = await post(`/api/approvals/${view.id}/again`, { digest: view.digest });
    batch(() => {
      note(made.id, { phase: "sent", allow: true });
      keep(made);
      keep({ ...view, again: made.id, comes_back: false });
    });
    say("Allowed once, when the agent tries again");
    return made.id;
  } catch (error) {
    failed(view, true, error);
    return null;
  }
}

/** Allows several of low risk at once; {allowed: [ids], refused: [{id, why}]}. */
export async function allowAll(views) {
  views.forEach((view) => note(view.id, { phase: "sending", allow: true }));
  try {
    const said = await post("/api/approvals/allow", { approvals: views.map(({ id, digest }) => ({ id, digest })) });
    batch(() => {
      said.allowed.forEach((id) => note(id, { phase: "sent", allow: true }));
      said.refused.forEach(({ id, why }) => note(id, { phase: "failed", allow: true, why }));
    });
    say(`${said.allowed.length} allowed`);
  } catch (error) {
    views.forEach((view) => failed(view, true, error));
  }
}

const ENDS = {
  expired: (view) => `Expired ${ago(view.settled)}: nobody answered in time, so it was denied`,
  cancelled: (view) => `${view.message ? upper(view.message) : "Withdrawn"} ${ago(view.settled)}`,
};

const upper = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);

const WORDS = { tool: ["Allowed", "Denied"], question: ["Answered", "Not answered"], plan: ["Approved", "Sent back"] };

/** What a person's answer is called. */
export const word = (view) => (WORDS[view.kind] || WORDS.tool)[view.state === "allowed" ? 0 : 1];

/** What there is to say of an approval's way: {tone, text, detail}; null while nobody has done anything. */
export function outcome(view) {
  const trip = trips.value.get(view.id);
  if (view.state === "pending") {
    if (trip?.phase === "sending") return { tone: "busy", text: "Sending…" };
    if (trip?.phase === "failed") return { tone: "bad", text: `Not sent: ${trip.why}`, detail: trip.help };
    if (trip?.phase === "late") return { tone: "bad", text: upper(trip.why), detail: "Look at it again." };
    return null;
  }
  const own = trip?.phase === "sent";
  const tone = view.state === "allowed" ? "good" : "plain";
  const late = trip && !own ? "Your tap came too late. " : "";
  const end = ENDS[view.state];
  if (end) return { tone: "plain", text: late + end(view) };
  const words = view.message || (own && Object.values(trip.answers || {}).join(", "));
  return { tone, text: `${late}${word(view)}${own ? "" : by(view)}${delivery(view)}`, detail: words && `“${words}”` };
}

function by(view) {
  if (view.surface === "grant") return " by a standing answer";
  const own = view.device && view.device === me.value?.device;
  const where = own ? "here" : view.device || view.surface;
  return `${where ? (own ? " here" : ` on ${where}`) : ""} ${ago(view.settled)}`;
}

function delivery(view) {
  if (view.holds_until) {
    const ended = view.holds_until < now.value;
    return ended ? " · the agent did not try again in time" : ` · counts once, when the agent tries the same call again before ${stamp(view.holds_until)}`;
  }
  if (!view.delivered) return " · on its way to the agent";
  const took = view.delivered - view.settled;
  return ` · delivered${took < 0.1 ? "" : took < 60 ? ` in ${took.toFixed(1)} s` : ` after ${span(took)}`}`;
}
