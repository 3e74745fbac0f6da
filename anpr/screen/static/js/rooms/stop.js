// A stop: which one, then its card as an officer walks through it. The engine says what is asked; this room shows it.
import { act, actQuietly } from "../api.js";
import { button, dateTime, el, hinted, once, sign } from "../dom.js";
import { changed, store } from "../store.js";
import { standing, writer } from "../stop_fields.js";
import { spaced } from "../words.js";
import { askPane } from "./stop_ask.js";
import { briefPane, stopHead } from "./stop_brief.js";
import { finishedPane } from "./stop_past.js";
/** @import { FinishedStop, OpenStop, StopCard, StopLine } from "../types.d.ts" */

// Begins a stop of a confirmed hit, of a sighting or of nothing, and shows it.
/** @param {{ alert_id?: number, sighting_id?: number, card?: string }} of */
export async function beginStop(of) {
  const begun = await act("stop-begin", of);
  if (!begun) return;
  store.stop = begun.stop_id;
  store.room = "stop";
  changed();
}

/** @param {number | null} id */
export function showStop(id) {
  store.stop = id;
  store.room = "stop";
  changed();
}

export function stopRoom() {
  const node = el("div", { class: "stop-room" });
  /** @type {{ id: number | null, draw: () => void, leave?: () => void } | null} */
  let inside = null;
  function draw() {
    if (!inside || inside.id !== store.stop) {
      inside?.leave?.();
      const fresh = store.stop === null ? chooser() : walk(store.stop);
      inside = { id: store.stop, draw: fresh.draw, leave: () => {} };
      node.replaceChildren(fresh.node);
    }
    inside.draw();
  }
  return { node, draw, leave: () => { inside = null; } };
}

// Stops that are open, and the cards that one can begin with.
function chooser() {
  const rows = el("div", { class: "rows" });
  const cards = el("div", { class: "stop-cards" });
  const node = el("div", { class: "page" }, el("h2", { text: "New stop" }), cards, rows);
  act("stops").then((answer) => {
    if (!answer) return;
    cards.replaceChildren(...answer.cards.map((card) => cardKey(card)));
    rows.replaceChildren(...(answer.open.length ? [el("h2", { text: "Not finished" }), ...answer.open.map(openRow)] : []));
  });
  return { node, draw: () => {} };
}

/** @param {StopCard} card */
const cardKey = (card) => button([card.title, card.example && el("small", { text: "example" })], () => beginStop({ card: card.name }), { data: { name: card.name } });

/** @param {StopLine} line */
const openRow = (line) => el("div", { class: "row" }, el("div", { class: "grow" }, el("span", { class: "vrm", text: spaced(line.vrm) || "No mark yet" }),
  el("small", { text: [line.title, `begun ${dateTime(line.begun_utc)}`, line.begun_by].join(" · ") })),
button("Go on", () => showStop(line.stop_id), { "aria-label": `Go on with ${spaced(line.vrm) || line.title}` }));

/** @param {number} id */
function walk(id) {
  const head = el("header", { class: "stop-head" });
  const tabs = el("div", { class: "stop-tabs", role: "group", "aria-label": "Parts of the stop" });
  const body = el("div", { class: "stop-body" });
  const node = el("div", { class: "stop", data: { tab: "brief" } }, head, tabs, body);
  /** @type {OpenStop | null} */
  let stop = null;
  let asked = 0;
  let first = true;
  let fetching = false;
  const brief = briefPane({ took, goTo: (key) => { ask.show(key); tab("ask"); } });
  const ask = askPane({ id, took, finished: () => load() });
  const list = el("section", { class: "stop-list", "aria-label": "Questions" });

  async function load() {
    if (fetching) return;
    fetching = true;
    const answer = first ? await act("stop", { stop_id: id, writer, first }) : await actQuietly("stop", { stop_id: id, writer });
    fetching = false;
    if (!answer) return;
    first = false;
    took(answer);
  }

  // What the engine says of the stop now.
  /** @param {{ open: OpenStop | null, finished: FinishedStop | null } | null} answer */
  function took(answer) {
    if (!answer) { changed(); load(); return; }
    if (answer.finished) { showFinished(answer.finished); return; }
    // an answer that was overtaken by a later one says nothing any more
    if (answer.open && (!stop || answer.open.revision >= stop.revision)) { stop = answer.open; asked = Math.max(asked, stop.revision); }
    changed();
  }

  /** @param {FinishedStop} finished */
  function showFinished(finished) {
    stop = null;
    node.dataset.tab = "finished";
    node.replaceChildren(finishedPane(finished));
  }

  /** @param {string} name */
  function tab(name) {
    node.dataset.tab = name;
    changed();
  }

  function draw() {
    if (!stop) return;
    const now = stop;
    const known = store.stops[String(id)];
    if (known !== undefined && known > asked && !fetching) { asked = known; load(); }
    const state = standing(id);
    once(head, JSON.stringify([now.vrm, now.title, now.example, now.radio, now.known.label, state, store.lost]), () => stopHead(now, store.lost && state !== "kept" ? "lost" : state));
    const chosen = node.dataset.tab;
    once(tabs, `${chosen} ${now.missing}`, () => [{ name: "brief", label: "What to do" }, { name: "ask", label: "Ask" }, { name: "list", label: now.missing ? `Answers · ${now.missing} to go` : "Answers" }].map(({ name, label }) =>
      button(label, () => tab(name), { "aria-pressed": String(name === chosen), data: { name } })));
    if (!body.childElementCount) body.append(brief.node, ask.node, el("div", { class: "stop-side" }, hinted(list)));
    brief.draw(now);
    ask.draw(now);
    drawList(now);
  }

  /** @param {OpenStop} now */
  function drawList(now) {
    once(list, JSON.stringify([now.asked.map(({ key, label, words, wrong, doubt, counts, passed, others, held_by }) => [key, label, words, wrong, doubt, counts, passed, others.length, held_by]), ask.at(), now.complete]), () => [
      el("h2", { text: now.missing ? `${now.missing} to go` : "Nothing is missing" }),
      now.asked.map((one) => button([
        sign(one.wrong ? "cross" : one.counts ? "ok" : one.passed ? "let_pass" : "information"),
        el("span", { class: "what", text: one.label }),
        el("span", { class: "answer", text: one.wrong || one.words || (one.passed ? "passed over" : one.required ? "still to ask" : "") }),
        (one.doubt || one.others.length > 0 || one.held_by) && el("span", { class: "alarm", text: one.held_by ? `${one.held_by} is here` : one.others.length ? "two texts" : one.doubt }),
      ], () => { ask.show(one.key); tab("ask"); }, { class: "stop-line", data: { name: one.key, state: one.wrong ? "wrong" : one.counts ? "counts" : one.required ? "open" : "free" }, ...(one.key === ask.at() && { "aria-current": "step" }) })),
      button(now.complete ? "To the end" : "What is still to ask", () => { ask.show(""); tab("ask"); }, { class: "primary", data: { name: "end" } }),
    ]);
  }

  load();
  return { node, draw };
}
