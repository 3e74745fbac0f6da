// Look a mark up with large keys, and add an entry with a reason and an expiry.
import { act } from "../api.js";
import { age, button, dateTime, el, plaque, sign, toast } from "../dom.js";
import { keysFor, markInput } from "../keys.js";
import { sheet } from "../sheet.js";
import { sightingSheet } from "./sightings.js";
import { spaced } from "../words.js";
import { store } from "../store.js";
/** @import { Found } from "../types.d.ts" */

/** @type {[string, number][]} */
const HOURS = [["4 hours", 4], ["12 hours", 12], ["1 day", 24], ["7 days", 168], ["31 days", 744]];

export function lookUpRoom() {
  const input = markInput("vrm", store.lookFor);
  store.lookFor = "";
  const keys = keysFor(input);
  const found = el("div", { class: "rows", "aria-live": "polite", hidden: true });
  const note = el("p", { class: "note", text: "Every search is written to the audit." });
  const typing = (/** @type {boolean} */ on) => { keys.hidden = !on; note.hidden = !on; found.hidden = on; };
  const form = el("form", { class: "fields" },
    el("label", { for: "vrm", class: "unseen", text: "Registration mark" }),
    el("div", { class: "ask" }, input,
      el("button", { type: "submit", class: "primary", text: "Look up" }),
      button("Add to a list", () => addSheet(input.value, input)),
      button("Clear", () => { input.value = ""; typing(true); input.focus(); })),
    keys, note);
  input.placeholder = "Registration mark";
  for (const kind of ["pointerdown", "input"]) input.addEventListener(kind, () => typing(true));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await act("look-up", { vrm: input.value });
    if (!answer) return;
    found.replaceChildren(...results(answer));
    typing(false);
  });
  return { node: el("div", { class: "page" }, form, found), draw: () => {} };
}

/** @param {Found} answer */
function results(answer) {
  const rows = [el("h2", { text: spaced(answer.vrm) })];
  if (!answer.listed.length) rows.push(el("div", { class: "row" }, sign("ok"), el("span", { text: "On no list in this car" })));
  for (const entry of answer.listed) {
    rows.push(el("div", { class: "row" }, plaque(entry.symbol, entry.colours), el("div", { class: "grow" },
      el("b", { text: `${entry.list_name} · ${entry.vrm}` }),
      el("small", { text: [[entry.colour, entry.make, entry.model].filter(Boolean).join(" "), entry.reason, entry.information, entry.marker_signs.map((m) => m.label).join(", ")].filter(Boolean).join(" · ") }),
      el("small", { text: `List ${age(entry.list_age_s)} old${entry.weed_date ? `, weed date ${entry.weed_date}` : ""}` }))));
  }
  rows.push(el("h2", { text: "Sightings" }));
  if (!answer.sightings.length) rows.push(el("p", { class: "note", text: "Not seen" }));
  for (const s of answer.sightings) {
    rows.push(el("div", { class: "row" }, el("span", { class: "vrm", text: spaced(s.vrm) }), el("span", { class: "grow", text: `${dateTime(s.seen_utc)} · ${s.camera.label}` }), button("Open", () => sightingSheet(s))));
  }
  return rows;
}

// The mark is that of the look-up: it was typed with large keys, and may have been looked up first.
/**
 * @param {string} typed
 * @param {HTMLInputElement} input
 */
function addSheet(typed, input) {
  const vrm = typed.replace(/\s/g, "").toUpperCase();
  if (!vrm) { toast("Type a registration mark first"); input.focus(); return; }
  const lists = store.lists.filter((list) => list.crew_may_add);
  const [first] = lists;
  if (!first) { toast("No list in this car takes entries by hand"); return; }
  let hours = 12;
  let chosen = first.name;
  const reason = el("input", { id: "add-reason", maxlength: 200, autocomplete: "off" });
  /**
   * @template Value
   * @param {[label: string, value: Value][]} options
   * @param {Value} current
   * @param {(value: Value) => void} set
   */
  const pick = (options, current, set) => {
    const buttons = options.map(([label, value]) => button(label, () => {
      set(value);
      for (const other of buttons) other.setAttribute("aria-pressed", String(other.textContent === label));
    }, { "aria-pressed": String(value === current) }));
    return el("div", { class: "choices" }, buttons);
  };
  sheet("Add an entry", (close) => [
    el("p", { class: "vrm", text: spaced(vrm) }),
    el("label", { for: "add-reason", text: "Reason" }), reason,
    el("div", { role: "group", "aria-label": "List" }, pick(lists.map((list) => [list.name, list.name]), chosen, (value) => { chosen = value; })),
    el("div", { role: "group", "aria-label": "Expires after" }, el("h3", { text: "Expires after" }), pick(HOURS, hours, (value) => { hours = value; })),
    el("div", { class: "ends" }, button("Back", close), el("button", { type: "submit", class: "primary", text: "Add" })),
  ], async (close) => {
    if (await act("add-entry", { vrm, reason: reason.value, list: chosen, hours })) { close(); toast("Added", true); }
  });
}
