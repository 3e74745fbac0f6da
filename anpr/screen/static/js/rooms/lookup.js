// Look a mark up with large keys, in lists and sightings; what is not known of it stands as ? or *.
import { act } from "../api.js";
import { askReason } from "../ask.js";
import { age, button, dateTime, el, plaque, sign, toast } from "../dom.js";
import { entrySheet } from "./entry.js";
import { keysFor, markInput } from "../keys.js";
import { sightingSheet } from "./sightings.js";
import { joined, listName, spaced, typed } from "../words.js";
import { session, store } from "../store.js";
/** @import { Found } from "../types.d.ts" */

export function lookUpRoom() {
  const input = markInput("vrm", store.lookFor);
  store.lookFor = "";
  const keys = keysFor(input, "?*");
  const found = el("div", { class: "rows", "aria-live": "polite", hidden: true });
  const note = el("p", { class: "note", text: "? stands for one character, * for any number. Every search is written to the audit." });
  const typing = (/** @type {boolean} */ on) => { keys.hidden = !on; note.hidden = !on; found.hidden = on; };
  const form = el("form", { class: "fields" },
    el("label", { for: "vrm", class: "unseen", text: "Registration mark" }),
    el("div", { class: "ask" }, input,
      el("button", { type: "submit", class: "primary", text: "Look up" }),
      button("Add to a list", () => entrySheet(input.value, input)),
      button("Clear", () => { input.value = ""; typing(true); input.focus(); })),
    keys, note);
  input.placeholder = "Registration mark";
  for (const kind of ["pointerdown", "input"]) input.addEventListener(kind, () => typing(true));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!input.value.trim()) { toast("Type a registration mark first"); input.focus(); return; }
    const reason = await askReason(session().reasons);
    if (reason === null) return;
    const answer = await act("look-up", { vrm: input.value, reason });
    if (!answer) return;
    found.replaceChildren(...results(answer));
    typing(false);
  });
  return { node: el("div", { class: "page" }, form, found), draw: () => {} };
}

/** @param {Found} answer */
function results(answer) {
  const rows = [el("h2", {}, spaced(answer.vrm), " ", more(answer.listed.length, answer.listed_count, "entries"))];
  if (!answer.listed.length) rows.push(el("div", { class: "row" }, sign("ok"), el("span", { text: "On no list in this car" })));
  for (const entry of answer.listed) {
    rows.push(el("div", { class: "row" }, plaque(entry.symbol, entry.colours), el("div", { class: "grow" },
      el("b", { text: `${listName(entry)} · ${spaced(entry.vrm)}` }), entry.instruction && el("b", { class: "instruction", text: entry.instruction }),
      el("small", { text: joined([entry.marker_signs.map((m) => m.label).join(", "), [entry.colour, entry.make, entry.model].filter(Boolean).join(" "), entry.reason, entry.information]) }),
      el("small", { text: `List ${age(entry.list_age_s)} old${entry.weed_date ? `, weed date ${entry.weed_date}` : ""}` }))));
  }
  rows.push(el("h2", {}, "Sightings ", more(answer.sightings.length, answer.sightings_count, "sightings")));
  if (!answer.sightings.length) rows.push(el("p", { class: "note", text: "Not seen" }));
  for (const s of answer.sightings) {
    rows.push(el("div", { class: "row" }, el("span", { class: "vrm", text: spaced(s.shown_vrm) }), el("span", { class: "grow" }, `${dateTime(s.seen_utc)} · ${s.camera.label}`, s.typed_by && el("small", { text: typed(s) })), button("Open", () => sightingSheet(s))));
  }
  return rows;
}

/**
 * @param {number} shown
 * @param {number} all
 * @param {string} what
 */
function more(shown, all, what) {
  return shown < all && el("small", { class: "note", text: `the first ${shown} of ${all.toLocaleString("en-GB")} ${what}: type more of the mark` });
}
