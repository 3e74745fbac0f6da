// How the views word and sign the same thing: marks, tags, directions, levels.
import { el, sign } from "./dom.js";
import { text } from "./store.js";
/** @import { Alert, Cell, HealthMark, Listed, Sighting } from "./types.d.ts" */

// A current mark is read in two groups, as it stands on the plate; blanks stand for what is not shown yet.
/** @param {string} vrm */
export const spaced = (vrm) => (/^[A-Z_]{2}[\d_]{2}[A-Z_]{3}$/.test(vrm) ? `${vrm.slice(0, 4)} ${vrm.slice(4)}` : vrm);

// What was seen of a mark of which a character may be hidden, and where.
/** @param {Sighting | Alert} what */
export const hiddenWords = (what) => (what.hidden && (what.shown_vrm.includes("_") ? capital(what.hidden) : `Seen ${what.shown_vrm}: ${what.hidden}`));

// Never rounds up to certainty.
/** @param {number} p */
export const percent = (p) => `${Math.min(p >= 1 ? 100 : 99, Math.floor(p * 100))}\u00a0%`;

/** @param {string} words */
export const capital = (words) => words.charAt(0).toUpperCase() + words.slice(1);

// Words side by side; what was said is not said again ("No tax" of the list "No tax").
/** @param {(string | false | null | undefined)[]} words */
export const joined = (words) => [...new Map(words.flatMap((one) => (one ? [[one.toLowerCase(), one]] : []))).values()].join(" · ");

// What the crew itself has listed is not taken for what a force or the back office says.
/** @param {Listed} entry */
export const listName = (entry) => (entry.own ? `${entry.list_name} (this car's own)` : entry.list_name);

/** @param {Alert} alert */
export function way(alert) {
  return [alert.camera.label, text(alert.motion, ""), alert.distance_m && `about ${alert.distance_m} m`].filter(Boolean).join(" · ");
}

/** @param {Alert} alert */
export function tags(alert) {
  const tag = (/** @type {string} */ words, strong = false) => el("span", { class: `tag ${strong ? "strong" : ""}`, text: words });
  return [
    alert.state === "withdrawn" && tag(text("withdrawn", "Withdrawn"), true),
    alert.corrected && alert.state !== "withdrawn" && tag(text("corrected", "Corrected"), true),
    alert.past && tag(text("past", "Seen earlier")),
    alert.listed[0]?.own && tag(text("own_list", "Own list")),
    alert.kind === "hit" && alert.state !== "withdrawn" && doubt(alert) && tag(doubt(alert), true),
    alert.met_times > 0 && alert.state !== "withdrawn" && tag(text("met_before", "Seen before")),
    alert.repeats > 0 && tag(`× ${alert.repeats + 1}`),
  ].filter(Boolean);
}

const SURE = 0.95;

// Which doubt a hit is in, in its own word: a character may be hidden, another character was read, or it is not likely enough.
/** @param {Alert} alert */
export function doubt(alert) {
  if (alert.possible) return text("possible", "Possible");
  if (alert.near) return text("near", "Near match");
  return alert.probability < SURE ? alert.words : "";
}

// Whether read and listed character contradict each other; what only looks the same on a plate does not.
/** @param {Cell} cell */
export const differs = (cell) => ["differs", "extra", "missing"].includes(cell.agreement);

/** @param {HealthMark} mark */
export function level(mark) {
  const node = sign(mark.level === "ok" ? "ok" : mark.level === "warning" ? "warning" : "cross");
  node.classList.add("level");
  return node;
}

// Read, but with less probability than the limit.
/**
 * @param {Cell} cell
 * @param {number} limit
 */
export const isUncertain = (cell, limit) => cell.agreement !== "hidden" && cell.probability < limit && !differs(cell);

// Whose mark it is that was typed, and what the engine had read before.
/** @param {Sighting | Alert} what */
export const typed = (what) => `typed by ${what.typed_by}${what.engine_read ? `; the engine read ${spaced(what.engine_read)}` : ""}`;
