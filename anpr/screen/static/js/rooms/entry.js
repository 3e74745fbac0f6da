// An entry of a list, by hand: a mark with a reason and an expiry, and what else is known of the vehicle.
import { act } from "../api.js";
import { button, el, markerPlaque, toast } from "../dom.js";
import { session, store } from "../store.js";
import { sheet } from "../sheet.js";
import { spaced } from "../words.js";

/** @type {[string, number][]} */
const HOURS = [["4 hours", 4], ["12 hours", 12], ["1 day", 24], ["7 days", 168], ["31 days", 744]];
/** @type {[string, string][]} */
const ACTIONS = [["Stop", "STOP"], ["Do not stop", "DO NOT STOP"], ["Silent, observe", "SILENT"], ["None given", ""]];
const OWN_LIST = "Crew list";

// The mark is that of the look-up: it was typed with large keys, and may have been looked up first.
/**
 * @param {string} typed
 * @param {HTMLInputElement} input
 */
export function entrySheet(typed, input) {
  const vrm = typed.replace(/\s/g, "").toUpperCase();
  if (!vrm) { toast("Type a registration mark first"); input.focus(); return; }
  const own = store.lists.filter((list) => list.crew_may_add).map((list) => list.name);
  const lists = own.length ? own : [OWN_LIST];
  const entry = { hours: 12, list: /** @type {string} */ (lists[0]), action: "" };
  const markers = new Set();
  const reason = field("reason", "Reason", 200);
  const parts = [field("make", "Make", 40), field("model", "Model", 40), field("colour", "Colour", 40)];
  const information = field("information", "Information (what whoever meets it should know)", 400);
  sheet(`Add an entry · ${spaced(vrm)}`, (close) => [
    reason.node,
    el("div", { class: "beside" }, parts.map((part) => part.node)),
    group("List", pick(lists.map((list) => [list, list]), entry.list, (value) => { entry.list = value; }),
      own.length ? null : el("p", { class: "note", text: "This car has no list of its own yet: it is made with this entry." })),
    group("Action", pick(ACTIONS, entry.action, (value) => { entry.action = value; })),
    group("Warning markers", el("div", { class: "choices" }, session().markers.map((marker) => {
      const node = button([markerPlaque(marker), el("span", {}, marker.code, el("small", { text: marker.label }))], () => {
        if (!markers.delete(marker.code)) markers.add(marker.code);
        node.setAttribute("aria-pressed", String(markers.has(marker.code)));
      }, { class: "with-sign", "aria-pressed": "false" });
      return node;
    }))),
    information.node,
    group("Expires after", pick(HOURS, entry.hours, (value) => { entry.hours = value; })),
    el("div", { class: "ends" }, button("Back", close), el("button", { type: "submit", class: "primary", text: "Add" })),
  ], async (close) => {
    const [make, model, colour] = parts.map((part) => part.value());
    const body = { ...entry, vrm, make, model, colour, reason: reason.value(), information: information.value(), markers: [...markers].join(" ") };
    if (await act("add-entry", body)) { close(); toast(`Added to ${entry.list}`, true); }
  });
}

/**
 * @param {string} name
 * @param {string} label
 * @param {number} longest
 */
function field(name, label, longest) {
  const input = el("input", { id: `add-${name}`, maxlength: longest, autocomplete: "off" });
  return { node: el("div", {}, el("label", { for: `add-${name}`, text: label }), input), value: () => input.value };
}

/**
 * @param {string} label
 * @param {(HTMLElement | null)[]} inside
 */
function group(label, ...inside) {
  return el("div", { role: "group", "aria-label": label }, el("h3", { text: label }), inside);
}

/**
 * @template Value
 * @param {[label: string, value: Value][]} options
 * @param {Value} current
 * @param {(value: Value) => void} set
 */
function pick(options, current, set) {
  const buttons = options.map(([label, value]) => button(label, () => {
    set(value);
    for (const other of buttons) other.setAttribute("aria-pressed", String(other.textContent === label));
  }, { "aria-pressed": String(value === current) }));
  return el("div", { class: "choices" }, buttons);
}
