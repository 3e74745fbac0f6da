// What an officer knows before asking: the vehicle as list, registers and eyes say, what to do and not to do, where and when.
import { act } from "../api.js";
import { button, dateTime, el, hinted, once, picture, sign } from "../dom.js";
import { sheet } from "../sheet.js";
import { changed, store } from "../store.js";
import { writer } from "../stop_fields.js";
import { capital, spaced } from "../words.js";
/** @import { FinishedStop, OpenStop, StopKnown } from "../types.d.ts" */

const STATES = { kept: "Kept", waiting: "Keeping…", failed: "Not kept yet", refused: "Not kept", lost: "Not kept: engine lost" };

// The mark, the card, whether all is kept, and the radio line in one tap.
/**
 * @param {OpenStop} stop
 * @param {keyof typeof STATES} state
 */
export const stopHead = (stop, state) => [
  button(sign("back"), () => { store.stop = null; changed(); }, { class: "leave", "aria-label": "All stops", data: { name: "all" } }),
  el("div", { class: "what" }, el("p", { class: "vrm", text: spaced(stop.vrm) || "No mark yet" }),
    el("p", { class: "card-title" }, stop.title, stop.example && el("small", { text: " · example, not approved" }))),
  el("p", { class: "stop-state", role: "status", data: { state } }, sign(state === "kept" ? "ok" : state === "waiting" ? "unknown" : "warning"), STATES[state]),
  button([sign("sound"), "Radio"], () => radioSheet(stop), { class: "radio", disabled: !stop.radio, data: { name: "radio" } }),
];

/** @param {OpenStop} stop */
function radioSheet(stop) {
  sheet("Say over the radio", (close) => [
    el("p", { class: "radio-line", text: stop.radio }),
    el("div", { class: "ends" }, button("Close", close, { class: "primary", autofocus: true })),
  ]);
}

/** @param {{ took: (answer: { open: OpenStop | null, finished: FinishedStop | null } | null) => void, goTo: (key: string) => void }} how */
export function briefPane({ took, goTo }) {
  const inner = el("div", { class: "inner", tabindex: "0", role: "region", "aria-label": "What to do and what is known" });
  const node = el("section", { class: "stop-brief", "aria-label": "What to do" }, hinted(inner));

  /** @param {OpenStop} stop */
  function draw(stop) {
    once(inner, JSON.stringify([stop.vehicle, stop.do, stop.do_not, stop.place, stop.known, stop.pictures, stop.aside]), () => [
      stop.known.markers.length > 0 && el("p", { class: "alarm warned", text: stop.known.markers.join(", ") }),
      vehicle(stop),
      actions("Do not", stop.do_not, "cross"),
      actions("Do", stop.do, "ok"),
      el("div", { class: "choices" }, button("Colour seen", () => goTo("seen_colour"), { data: { name: "seen colour" } }), button("Make seen", () => goTo("seen_make"), { data: { name: "seen make" } })),
      button("Ask", () => goTo(""), { class: "primary to-ask", data: { name: "begin" } }),
      where(stop, took),
      knownFacts(stop.known),
      (stop.pictures.plate || stop.pictures.overview) && el("div", { class: "pictures" }, picture(stop.pictures.plate, "Plate as photographed"), picture(stop.pictures.overview, "Vehicle")),
      stop.aside > 0 && el("p", { class: "note", text: `${stop.aside} answered that ${stop.aside === 1 ? "is" : "are"} not asked any more: kept, and counts again when asked` }),
      el("div", { class: "choices" }, button("Other card", () => cardSheet(stop, took), { data: { name: "card" } }), button("Discard stop", () => discardSheet(stop), { data: { name: "discard" } })),
    ]);
  }
  return { node, draw };
}

/** @param {OpenStop} stop */
function vehicle(stop) {
  const { known } = stop;
  return el("div", { class: "stop-vehicle" },
    el("table", {}, el("caption", { class: "unseen", text: "The vehicle" }), el("thead", {}, el("tr", {}, ["", "List", "Registers", "Seen"].map((name) => el("th", { scope: "col", text: name })))),
      el("tbody", {}, stop.vehicle.map((one) => el("tr", { class: one.differs ? "differs" : "" },
        el("th", { scope: "row" }, capital(one.what), one.differs && el("b", { text: " differs" })),
        [one.listed, one.registered, one.seen].map((words) => el("td", { text: words || "–" })))))),
    known.reason && el("p", { class: "note", text: `List: ${[known.list, known.reason].filter(Boolean).join(" · ")}` }));
}

/**
 * @param {string} title
 * @param {string[]} lines
 * @param {string} symbol
 */
const actions = (title, lines, symbol) => lines.length > 0 && el("section", { class: symbol === "cross" ? "stop-dont" : "stop-do" }, el("h2", { text: title }), el("ul", {}, lines.map((line) => el("li", {}, sign(symbol), el("span", { text: line })))));

/**
 * @param {OpenStop} stop
 * @param {(answer: { open: OpenStop | null, finished: FinishedStop | null } | null) => void} took
 */
function where(stop, took) {
  const seen = stop.known.sighting;
  return el("div", { class: "stop-where" },
    el("dl", {}, el("dt", { text: "Stopped" }), el("dd", { text: `${dateTime(stop.place.at_utc)} · ${stop.place.words}` }),
      seen && [el("dt", { text: "Seen" }), el("dd", { text: `${dateTime(seen.at_utc)} · ${seen.words} · ${seen.camera}` })]),
    button("Stopped here, now", () => act("stop-here", { stop_id: stop.stop_id, writer }).then(took), { data: { name: "here" } }));
}

/** @param {StopKnown} known */
const knownFacts = (known) => (known.facts.length > 0 || known.told.length > 0 || known.read_back) && el("div", {},
  known.read_back && el("p", { class: "note", text: `Typed from the picture before confirming: ${spaced(known.read_back)}` }),
  known.facts.map((words) => el("p", { class: "note", text: words })), known.told.map((words) => el("p", { class: "note", text: words })));

/**
 * @param {OpenStop} stop
 * @param {(answer: { open: OpenStop | null, finished: FinishedStop | null } | null) => void} took
 */
async function cardSheet(stop, took) {
  const answer = await act("stops");
  if (!answer) return;
  sheet("Go by another card", (close) => [
    el("p", { class: "note", text: "What was answered stays, and counts where the other card asks for it." }),
    el("div", { class: "stop-cards" }, answer.cards.filter((card) => card.name !== stop.card).map((card) => button([card.title, card.example && el("small", { text: "example" })], async () => {
      close();
      took(await act("stop-card", { stop_id: stop.stop_id, card: card.name, writer }));
    }))),
    el("div", { class: "ends" }, button("Back", close)),
  ]);
}

/** @param {OpenStop} stop */
function discardSheet(stop) {
  sheet("Discard this stop?", (close) => [
    el("p", { text: "All that was answered is erased, on every device. The audit says that a stop was discarded, and by whom." }),
    el("div", { class: "ends" }, button("Back", close, { autofocus: true }), button("Discard", async () => {
      if (!await act("stop-discard", { stop_id: stop.stop_id })) return;
      close();
      store.stop = null;
      changed();
    })),
  ]);
}
