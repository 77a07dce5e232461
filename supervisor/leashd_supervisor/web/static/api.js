// The people's API of the supervisor: same origin, JSON, cookie session.

import { signal } from "./vendor/preact.js";

/** Whether the session holds: null until known, false shows the login. */
export const session = signal(null);

/** Seconds that the supervisor's clock is ahead of this device's. */
export const skew = signal(0);

/** What the supervisor refused, or what kept us from reaching it (`status` 0). */
export class Refused extends Error {
  constructor(status, body) {
    super(body?.error || (status ? `the supervisor answered ${status}` : "the supervisor cannot be reached"));
    this.status = status;
    this.help = body?.help || "";
    this.body = body || {};
  }
}

/** One request; the parsed answer, null for an empty one.  Throws Refused. */
export async function call(method, path, body) {
  let response;
  try {
    response = await fetch(path, {
      method,
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Refused(0);
  }
  const date = Date.parse(response.headers.get("Date") || "");
  const ahead = (date - Date.now()) / 1000;
  if (Number.isFinite(ahead)) skew.value = Math.abs(ahead) > 5 ? ahead : 0;
  const answer = response.status === 204 ? null : await response.json().catch(() => null);
  if (response.status === 401 && path !== "/api/login") session.value = false;
  if (!response.ok) throw new Refused(response.status, answer);
  return answer;
}

export const get = (path) => call("GET", path);
export const post = (path, body = {}) => call("POST", path, body);
export const put = (path, body) => call("PUT", path, body);
export const remove = (path) => call("DELETE", path);

/** `path` with the parameters that are not empty. */
export function query(path, parameters) {
  const given = Object.entries(parameters).filter(([, value]) => value !== "" && value != null);
  const text = new URLSearchParams(given).toString();
  return text ? `${path}?${text}` : path;
}
