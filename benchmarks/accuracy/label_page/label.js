// Labelling a clip: look at the pictures, type the mark, Enter. Served as js/label.js beside the screen's own modules.
import { cellTable } from "./cells.js";
import { button, byId, el, picture, toast } from "./dom.js";
import { capital, spaced } from "./words.js";
/** @import { Cell } from "./types.d.ts" */

/** @typedef {{ number: number, first_s: number, last_s: number, plates: string[], overviews: string[], frames: number[] }} Passing */
/** @typedef {{ plate: string, typed: string, read: string, confidence: number, cells: Cell[] }} Compared */
/** @typedef {{ kind: string, vrm: string }} Answer */
/** @typedef {{ clip: string, total: number, done: number, fps: number, frames: number, passing: Passing | null, answers: Answer[], compared: Compared | null }} State */

const WORDS = /** @type {Record<string, string>} */ ({ unreadable: "unreadable", no_plate: "no plate", same: "same vehicle" });
const SIGNS = /** @type {Record<string, string>} */ ({ "?": "unreadable", "-": "no_plate", "=": "same" });
const SECONDS = 0.5; // one step of the arrow keys through the clip

let state = /** @type {State | null} */ (null);
let look = 0;
let seconds = /** @type {number | null} */ (null); // where the clip is looked through; null: the passing's own picture
let from = "";
let busy = false;

/**
 * @param {string} name
 * @param {object | undefined} [body]
 */
async function ask(name, body) {
  if (busy) return false;
  busy = true;
  try {
    const answer = await fetch(`/api/${name}`, body && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    const content = await answer.json();
    if (!answer.ok) { toast(capital(content.error)); return false; }
    state = content;
    look = 0;
    seconds = null;
    draw();
    return true;
  } catch {
    toast("The program has ended: start it again, it goes on where you were");
    return false;
  } finally {
    busy = false;
  }
}

/**
 * @param {string} kind
 * @param {string} vrm
 */
function answer(kind, vrm = "") {
  if (state?.passing) ask("answer", { number: state.passing.number, kind, vrm });
}

function draw() {
  if (!state) return;
  const now = state;
  const typed = el("input", { id: "mark", class: "vrm", maxlength: 14, autocomplete: "off", autocapitalize: "characters", spellcheck: "false", "aria-label": "What the plate says" });
  typed.addEventListener("keydown", (event) => {
    const kind = SIGNS[event.key];
    if (kind) { event.preventDefault(); if (!typed.value) answer(kind); }
    if (event.key === "Enter") { event.preventDefault(); if (typed.value.trim()) answer("mark", typed.value); }
  });
  const passing = now.passing;
  byId("app").replaceChildren(el("main", { class: "label" },
    el("header", {}, el("h1", { text: now.clip }),
      el("p", { text: passing ? `vehicle ${now.done + 1} of ${now.total}, ${passing.first_s.toFixed(1)} to ${passing.last_s.toFixed(1)} s` : `all ${now.total} done: the truth is written, Ctrl-C in the terminal ends` }),
      el("progress", { max: Math.max(now.total, 1), value: String(now.done), "aria-label": "Labelled" })),
    el("section", { class: "show", "aria-label": "Pictures" },
      passing && passing.plates.length > 0 && picture(passing.plates[look] ?? "", "Plate as photographed", "best"),
      passing && el("div", { class: "plates" }, passing.plates.map((name, k) => button(picture(name, `Look ${k + 1}`), () => { look = k; seconds = null; draw(); }, k === look ? { "aria-pressed": "true" } : {}))),
      large(now), seek(now)),
    el("section", { class: "say", "aria-label": "Label" },
      passing && el("label", { for: "mark", text: "What does the plate say?" }), passing && typed,
      passing && el("div", { class: "choices" }, choice("Save the mark", "Enter", () => answer("mark", typed.value), "primary"),
        choice("Nobody can read it", "?", () => answer("unreadable")), choice("Not a plate", "-", () => answer("no_plate")),
        choice("Same as the one before", "=", () => answer("same"))),
      now.answers.length > 0 && choice("Take the last one back", "Ctrl Z", () => ask("undo", {})),
      compared(now), said(now), missed(now))));
  if (passing) typed.focus();
}

/**
 * @param {string} words
 * @param {string} key
 * @param {() => void} act
 */
function choice(words, key, act, cls = "") {
  return button([words, el("kbd", { text: key })], act, { class: cls });
}

/** @param {State} now */
function large(now) {
  if (seconds !== null) return picture(`frame-${Math.round(seconds * now.fps)}`, `The clip at ${seconds.toFixed(1)} s`, "large");
  return now.passing && picture(now.passing.overviews[look] ?? "", "Vehicle as photographed", "large");
}

/** @param {State} now */
function seek(now) {
  const whole = Math.max(now.frames - 1, 0) / now.fps;
  const here = seconds ?? (now.passing ? (now.passing.frames[look] ?? 0) / now.fps : 0);
  const slide = el("input", { type: "range", min: 0, max: whole.toFixed(2), step: "0.1", "aria-label": "Place in the clip" });
  slide.value = String(here);
  slide.addEventListener("change", () => { seconds = Number(slide.value); draw(); });
  return el("div", { class: "seek" }, slide, el("output", { text: `${here.toFixed(1)} s` }));
}

/** @param {State} now */
function compared(now) {
  const last = now.compared;
  if (!last) return null;
  const same = last.cells.every((cell) => ["same", "looks_same"].includes(cell.agreement));
  const words = !last.read ? "The engine read nothing." : same ? "The engine read the same." : "The engine read it otherwise: look again, or go on.";
  return el("div", { class: "compare" }, picture(last.plate, "The plate before", "plate"),
    last.read ? cellTable(last.cells, 0, ["Engine", "You"]) : el("b", { text: spaced(last.typed) }), el("p", { text: words }));
}

/** @param {State} now */
function said(now) {
  return el("p", { class: "said", "aria-label": "Last answers" }, now.answers.map((one) => el("span", { text: one.kind === "missed" ? `+ ${spaced(one.vrm)}` : one.kind === "mark" ? spaced(one.vrm) : WORDS[one.kind] ?? one.kind })));
}

// A vehicle that was never found: look through the clip, note where it begins and ends.
/** @param {State} now */
function missed(now) {
  const here = () => (seconds ?? (now.passing ? (now.passing.frames[look] ?? 0) / now.fps : 0)).toFixed(1);
  const vrm = el("input", { id: "missed-mark", maxlength: 14, autocomplete: "off", placeholder: "mark", "aria-label": "Mark of a missed vehicle" });
  const first = el("input", { id: "missed-first", inputmode: "decimal", value: from || here(), "aria-label": "First second" });
  const last = el("input", { id: "missed-last", inputmode: "decimal", value: here(), "aria-label": "Last second" });
  first.addEventListener("input", () => { from = first.value; });
  return el("form", { class: "missed", onsubmit: (/** @type {Event} */ event) => {
    event.preventDefault();
    from = "";
    ask("missed", { vrm: vrm.value, first_s: Number(first.value), last_s: Number(last.value) });
  } }, el("h2", { text: "A vehicle that was missed" }), el("div", { class: "wide" }, vrm), first, last,
  el("button", { type: "submit", class: "wide", text: "Add it" }));
}

addEventListener("keydown", (event) => {
  if (event.key === "z" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); ask("undo", {}); return; }
  const here = state?.passing;
  if (event.target instanceof HTMLInputElement && event.target.id !== "mark") return;
  if (here && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
    event.preventDefault();
    look = Math.min(Math.max(look + (event.key === "ArrowDown" ? 1 : -1), 0), Math.max(here.plates.length - 1, 0));
    seconds = null;
    redraw();
  }
  if (state && (event.key === "PageUp" || event.key === "PageDown")) {
    event.preventDefault();
    const at = seconds ?? (here ? (here.frames[look] ?? 0) / state.fps : 0);
    seconds = Math.min(Math.max(at + (event.key === "PageDown" ? SECONDS : -SECONDS), 0), Math.max(state.frames - 1, 0) / state.fps);
    redraw();
  }
});

// As `draw`, keeping what is half typed.
function redraw() {
  const typed = /** @type {HTMLInputElement | null} */ (document.getElementById("mark"))?.value ?? "";
  draw();
  const fresh = /** @type {HTMLInputElement | null} */ (document.getElementById("mark"));
  if (fresh) fresh.value = typed;
}

ask("state");
