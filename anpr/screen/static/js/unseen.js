// Which alerts nobody has seen yet, and which of them are live. What this page acknowledges counts as seen at once, until the engine says so itself.
import { alertsInOrder, session, store } from "./store.js";
import { secondsSince } from "./feed.js";
/** @import { Alert } from "./types.d.ts" */

const TRUSTED_MS = 5000; // if the engine did not take it by then, it comes back

/** @type {Map<number, string>} */
const done = new Map();

// An alert that says something else than what was acknowledged is to be seen again.
/** @param {Alert} alert */
const meaning = (alert) => `${alert.mark_key} ${alert.state === "withdrawn"} ${alert.asked} ${alert.possible}`;

export function unseen() {
  for (const id of done.keys()) if (!store.alerts.has(id)) done.delete(id);
  return alertsInOrder().filter((alert) => !alert.acknowledged_by && !alert.muted && done.get(alert.alert_id) !== meaning(alert));
}

// What the driver view shows. The engine says which are live; while it is not heard, what it said last grows old all the same.
export function unseenLive() {
  const live = new Set(store.live);
  return unseen().filter((alert) => live.has(alert.alert_id) && (secondsSince(alert.last_seen_ms) ?? 0) < session().live_s);
}

/** @param {Alert} alert */
export function countAsSeen(alert) {
  done.set(alert.alert_id, meaning(alert));
  setTimeout(() => done.delete(alert.alert_id), TRUSTED_MS);
}
