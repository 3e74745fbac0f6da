// What this page types into the fields of a stop: sent one message at a time for each field, again until the engine has it on disk. "Kept"
// is said of nothing else. Every message has a number, so that one which comes late or twice changes nothing.
import { tryTo } from "./api.js";
import { toast } from "./dom.js";
/** @import { StopTyped } from "./types.d.ts" */

const TYPING_MS = 250;
const AGAIN_MS = 1000;

// Each page that is loaded is a writer of its own: what it typed is told from what was typed before it was loaded.
export const writer = [...crypto.getRandomValues(new Uint8Array(9))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** @typedef {{ answer: string | string[], seen: number, state: "waiting" | "aside" | "failed" | "refused", why: string, dirty: boolean, busy: boolean, timer: ReturnType<typeof setTimeout> | undefined, heard: ((answer: StopTyped | null) => void) | null }} Field */

/** @type {Map<string, Field>} */
const fields = new Map();
let sent = 0;

/**
 * @param {number} stopId
 * @param {string} key
 */
export const fieldOf = (stopId, key) => fields.get(`${stopId} ${key}`);

// Takes what stands in a field now; `heard` is called with what the engine says of it, null when it says nothing.
/**
 * @param {number} stopId
 * @param {string} key
 * @param {string | string[]} answer
 * @param {{ seen: number, atOnce: boolean, heard: (answer: StopTyped | null) => void }} how
 */
export function say(stopId, key, answer, { seen, atOnce, heard }) {
  const name = `${stopId} ${key}`;
  const field = fields.get(name) ?? { answer, seen, state: "waiting", why: "", dirty: false, busy: false, timer: undefined, heard: null };
  fields.set(name, field);
  Object.assign(field, { answer, seen, heard, dirty: true, state: "waiting" });
  clearTimeout(field.timer);
  field.timer = setTimeout(() => send(stopId, key, field), atOnce ? 0 : TYPING_MS);
}

/**
 * @param {number} stopId
 * @param {string} key
 * @param {Field} field
 */
async function send(stopId, key, field) {
  if (field.busy) return; // it is sent once the engine has answered what is on its way
  Object.assign(field, { busy: true, dirty: false });
  sent += 1;
  const { answer, refused } = await tryTo("stop-type", { stop_id: stopId, key, answer: field.answer, writer, sent, seen: field.seen });
  field.busy = false;
  if (fields.get(`${stopId} ${key}`) !== field) return; // whoever typed it has left
  if (refused) {
    Object.assign(field, { state: "refused", why: refused });
    toast(`Not kept: ${refused}`);
  } else if (!answer || answer.outcome === "overtaken") {
    field.state = "failed";
    clearTimeout(field.timer);
    field.timer = setTimeout(() => send(stopId, key, field), answer ? 0 : AGAIN_MS);
  } else if (field.dirty) {
    send(stopId, key, field);
  } else if (answer.outcome === "aside") {
    field.state = "aside";
  } else {
    fields.delete(`${stopId} ${key}`); // it is the engine's now
  }
  field.heard?.(answer);
}

// What is not kept yet of a stop: "kept" when nothing is left to be kept.
/**
 * @param {number} stopId
 * @returns {"kept" | "waiting" | "failed" | "refused"}
 */
export function standing(stopId) {
  const states = [...fields].filter(([name]) => name.startsWith(`${stopId} `)).map(([, field]) => field.state);
  for (const state of /** @type {const} */ (["refused", "failed", "waiting"])) if (states.includes(state)) return state;
  return "kept";
}

// What stands in a field is the engine's again: it was taken over, or another text was chosen.
/**
 * @param {number} stopId
 * @param {string} key
 */
export function letGo(stopId, key) {
  clearTimeout(fields.get(`${stopId} ${key}`)?.timer);
  fields.delete(`${stopId} ${key}`);
}

// Whoever logs in next has typed nothing here.
export function forgetTyped() {
  for (const field of fields.values()) clearTimeout(field.timer);
  fields.clear();
}
