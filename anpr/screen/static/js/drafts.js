// Half-typed notes of an alert: kept on the server by person, and here, so that neither a closed sheet, a page that loads
// anew nor an engine that starts anew loses them. What is sent is no draft any more.
import { actQuietly } from "./api.js";

const SAVE_AFTER_MS = 300;

/** @type {Map<number, Map<string, string>>} */
const typed = new Map();
/** @type {Map<string, ReturnType<typeof setTimeout>>} */
const saving = new Map();

// Fills the fields with what was typed in them before, which they hear as a change, and keeps what is typed from now on.
/**
 * @param {number} alertId
 * @param {Record<string, HTMLInputElement>} inputs
 */
export async function keepDrafts(alertId, inputs) {
  const known = typed.get(alertId) ?? new Map();
  typed.set(alertId, known);
  for (const [field, input] of Object.entries(inputs)) {
    if (known.has(field)) fill(input, known.get(field) ?? "");
    input.addEventListener("input", () => { known.set(field, input.value); save(alertId, field, input.value); });
  }
  const answer = await actQuietly("drafts", { alert_id: alertId });
  for (const [field, text] of Object.entries(answer?.fields ?? {})) {
    const input = inputs[field];
    if (input && !known.has(field) && !input.value) fill(input, text);
  }
}

/**
 * @param {HTMLInputElement} input
 * @param {string} text
 */
function fill(input, text) {
  input.value = text;
  input.dispatchEvent(new Event("change"));
}

/**
 * @param {number} alertId
 * @param {string} field
 * @param {string} text
 */
function save(alertId, field, text) {
  const name = `${alertId} ${field}`;
  clearTimeout(saving.get(name));
  saving.set(name, setTimeout(() => { saving.delete(name); actQuietly("draft", { alert_id: alertId, field, text }); }, SAVE_AFTER_MS));
}

// Whoever logs in next has typed nothing here.
export function forgetAllDrafts() {
  typed.clear();
  for (const timer of saving.values()) clearTimeout(timer);
  saving.clear();
}

// What was typed on this alert was sent.
/** @param {number} alertId */
export function forgetDrafts(alertId) {
  typed.delete(alertId);
  for (const [name, timer] of saving) {
    if (name.startsWith(`${alertId} `)) { clearTimeout(timer); saving.delete(name); }
  }
}
