// One question at a time: pickers before typing. Each answer goes to the engine at once, which says what is asked next.
import { act } from "../api.js";
import { button, controls, el, hinted, once } from "../dom.js";
import { digitsFor, keysFor, markInput } from "../keys.js";
import { changed } from "../store.js";
import { fieldOf, letGo, say, writer } from "../stop_fields.js";
import { receiptSheet } from "./stop_past.js";
/** @import { FinishedStop, OpenStop, StopAsked, StopTyped } from "../types.d.ts" */

const MANY = ["choices", "powers", "grounds", "advice"];
const PICKED = ["yes_no", "choice", "enquiry", "ethnicity"];
const KEYED = ["licence", "postcode", "vrm", "birth_date", "date", "number"]; // typed on the page's own large keys, which need the width
const NOT_GIVEN = "not given"; // as `anpr.stops.card.NOT_GIVEN`

/** @param {{ id: number, took: (answer: { open: OpenStop | null, finished: FinishedStop | null } | null) => void, finished: () => void }} how */
export function askPane({ id, took, finished }) {
  const inner = el("div", { class: "inner" });
  const nav = el("div", { class: "stop-nav" });
  const node = el("section", { class: "stop-ask", "aria-label": "Question" }, el("div", { class: "stop-question" }, hinted(inner)), nav);
  /** @type {string | null} */
  let at = null; // the question that is shown; empty: the end
  /** @type {OpenStop | null} */
  let stop = null;
  let drawnAt = "";
  let moving = false; // an answer is on its way, after which the next question comes up
  /** @type {HTMLInputElement | null} */
  let input = null;
  /** @type {((one: StopAsked) => void) | null} */
  let redraw = null;

  const asked = () => stop?.asked.find((one) => one.key === at) ?? null;

  /** @param {string} key */
  function show(key) {
    at = key || stop?.next || "";
    moving = false;
    changed();
  }

  // Goes to what is asked after this one: the next that has no answer, wherever it stands, or the end.
  function onwards() {
    if (!stop) return;
    const from = stop.asked.findIndex((one) => one.key === at);
    const open = (/** @type {StopAsked} */ one) => !one.counts && !one.passed;
    at = stop.asked.find((one, n) => n > from && open(one))?.key ?? (stop.next === at ? stop.asked.find((one) => one.key !== at && open(one))?.key ?? "" : stop.next);
    changed();
  }

  /**
   * @param {StopAsked} one
   * @param {string | string[]} answer
   * @param {boolean} on
   */
  function give(one, answer, on) {
    moving = on;
    const key = one.key;
    say(id, key, answer, {
      seen: one.turn, atOnce: on || MANY.includes(one.kind),
      heard: (/** @type {StopTyped | null} */ told) => {
        took(told);
        if (!moving || at !== key || !told?.open || (stop && told.open.revision < stop.revision)) return;
        stop = told.open;
        const now = asked();
        if (told.outcome === "kept" && fieldOf(id, key)) return; // more was typed meanwhile, and is on its way
        if (told.outcome === "kept" && !now?.wrong) { moving = false; onwards(); } else if (told.outcome !== "overtaken") moving = false;
        changed();
      },
    });
    changed();
  }

  /** @param {OpenStop} now */
  function draw(now) {
    stop = now;
    if (at === null || (at && !asked())) at = now.next;
    const one = asked();
    const key = one ? `${one.key} ${one.kind} ${JSON.stringify(one.choices)}` : "end";
    if (key !== drawnAt) {
      const inside = node.contains(document.activeElement) || document.activeElement === document.body;
      drawnAt = key;
      input = null;
      redraw = null;
      inner.replaceChildren(...(one ? question(one) : ending(now)));
      inner.scrollTop = 0;
      node.dataset.wide = String(one !== null && (KEYED.includes(one.kind) || one.choices.length > 8));
      if (inside) (controls(inner).find((control) => control.autofocus) ?? controls(inner)[0])?.focus({ preventScroll: true });
    }
    if (one) redraw?.(one);
    else ends(now);
    drawNav(one);
  }

  /** @param {StopAsked} one */
  function question(one) {
    const aside = el("div", { class: "stop-aside" });
    const said = el("div", { class: "stop-said", role: "status" });
    const field = fieldFor(one);
    redraw = (now) => {
      const mine = fieldOf(id, now.key);
      field.redraw(now, mine?.answer ?? (MANY.includes(now.kind) ? now.answer : now.answer[0] ?? ""));
      once(said, JSON.stringify([now.wrong, now.doubt, now.answer, mine?.why]), () => [
        mine?.why && el("p", { class: "alarm", text: mine.why }),
        now.wrong && now.answer.length > 0 && el("p", { class: "alarm", text: now.wrong }), now.doubt && el("p", { class: "alarm", text: now.doubt }),
      ]);
      once(aside, JSON.stringify([now.held_by, now.others, mine?.state]), () => [
        (now.held_by || mine?.state === "aside") && el("p", { class: "held" }, el("b", { text: now.held_by ? `${now.held_by} is at this question` : "Another text counts here" }),
          mine?.state === "aside" ? " Yours is kept aside. " : " ", button("Take over", () => take(now, 0), { data: { name: "take" } })),
        now.others.map((other) => el("p", { class: "other" }, el("span", { text: `${other.by} typed: ${other.answer}` }), button("Use this", () => take(now, other.turn), { data: { name: `use ${other.turn}` } }))),
      ]);
    };
    return [el("h2", { class: "asked", id: "asked", text: one.label }), el("p", { class: "note", text: one.help || (one.required ? "" : "May be left out") }), aside, field.node, said];
  }

  /**
   * @param {StopAsked} one
   * @param {number} turn
   */
  async function take(one, turn) {
    const mine = fieldOf(id, one.key);
    const own = turn === 0 && mine?.state === "aside" ? one.others.find((other) => other.answer === [mine.answer].flat().join(", "))?.turn ?? 0 : turn;
    letGo(id, one.key);
    const answer = await act("stop-take", { stop_id: id, key: one.key, writer, turn: own });
    took(answer);
    if (!answer?.open || at !== one.key) return;
    draw(answer.open);
    (input ?? controls(inner)[0])?.focus();
    if (input) input.setSelectionRange(input.value.length, input.value.length);
  }

  /**
   * @param {StopAsked} one
   * @returns {{ node: HTMLElement, redraw: (now: StopAsked, answer: string | string[]) => void }}
   */
  function fieldFor(one) {
    if (PICKED.includes(one.kind)) return picks(one, (value) => give(asked() ?? one, value, true));
    if (MANY.includes(one.kind)) {
      const many = picks(one, (value) => {
        const now = asked() ?? one;
        const chosen = new Set([fieldOf(id, one.key)?.answer ?? now.answer].flat().filter((text) => text && text !== NOT_GIVEN));
        if (!chosen.delete(value)) chosen.add(value);
        give(now, [...chosen], false);
      });
      if (one.kind !== "grounds") return many;
      const typed = typing(one, el("input", { id: "stop-field", autocomplete: "off", maxlength: one.most, "aria-labelledby": "asked", placeholder: "Or type other grounds" }), true);
      return { node: el("div", { class: "both" }, many.node, typed.node), redraw: (now, answer) => { many.redraw(now, answer); typed.redraw(now, answer); } };
    }
    if (one.kind === "licence" || one.kind === "postcode" || one.kind === "vrm") {
      const box = markInput("stop-field");
      const most = one.kind === "licence" ? 18 : 10;
      box.maxLength = most + 4;
      box.setAttribute("aria-labelledby", "asked");
      box.classList.toggle("long", one.kind === "licence");
      const field = typing(one, box, false);
      return { node: el("div", { class: "both" }, field.node, keysFor(box, "", most)), redraw: field.redraw };
    }
    if (one.kind === "birth_date" || one.kind === "date" || one.kind === "number") {
      const box = el("input", { id: "stop-field", class: "vrm", autocomplete: "off", maxlength: 20, inputmode: "none", "aria-labelledby": "asked", placeholder: one.kind === "number" ? "" : "as 05071964" });
      const field = typing(one, box, false);
      return { node: el("div", { class: "both" }, field.node, digitsFor(box, one.kind === "number" ? "." : "/")), redraw: field.redraw };
    }
    return typing(one, el("input", { id: "stop-field", autocomplete: "off", maxlength: one.most, spellcheck: "false", "aria-labelledby": "asked" }), false);
  }

  /**
   * @param {StopAsked} one
   * @param {(value: string) => void} chosen
   */
  function picks(one, chosen) {
    const several = MANY.includes(one.kind);
    const box = el("div", { class: `stop-picks ${one.choices.length > 8 ? "lots" : ""} ${one.choices.some((choice) => choice.small || choice.label.length > 40) ? "wide" : ""}`, role: "group", "aria-labelledby": "asked" });
    const buttons = one.choices.map((choice) => button([choice.label, choice.small && el("small", { text: choice.small })], () => chosen(choice.value), { "aria-pressed": "false", data: { value: choice.value } }));
    if (one.may_decline && !several) buttons.push(button("Not given", () => chosen(NOT_GIVEN), { "aria-pressed": "false", class: "decline", data: { value: NOT_GIVEN } }));
    box.append(...buttons);
    return {
      node: box,
      redraw: (/** @type {StopAsked} */ _now, /** @type {string | string[]} */ answer) => {
        const on = [answer].flat();
        for (const key of buttons) key.setAttribute("aria-pressed", String(on.includes(key.dataset.value ?? "")));
      },
    };
  }

  /**
   * @param {StopAsked} one
   * @param {HTMLInputElement} box
   * @param {boolean} among
   */
  function typing(one, box, among) {
    input = box;
    const plain = () => [fieldOf(id, one.key)?.answer ?? asked()?.answer ?? []].flat().filter((text) => one.choices.some((choice) => choice.value === text));
    box.addEventListener("input", () => {
      const now = asked();
      if (now) give(now, among ? [...plain(), ...(box.value.trim() ? [box.value] : [])] : box.value, false);
    });
    box.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); go(); } });
    const decline = one.may_decline && !among && button("Not given", () => { box.value = ""; give(asked() ?? one, NOT_GIVEN, true); }, { class: "decline", data: { name: "decline" } });
    const node = el("div", { class: "typed" }, box, decline);
    return {
      node,
      redraw: (/** @type {StopAsked} */ now, /** @type {string | string[]} */ answer) => {
        const texts = [answer].flat();
        const value = among ? texts.find((text) => !one.choices.some((choice) => choice.value === text)) ?? "" : texts[0] ?? "";
        const shown = value === NOT_GIVEN ? "" : value;
        // what is typed here is not put back by an older answer
        if (!fieldOf(id, one.key) && box.value !== shown) box.value = shown;
        if (decline) decline.setAttribute("aria-pressed", String(value === NOT_GIVEN));
        box.readOnly = Boolean(now.held_by) && !fieldOf(id, one.key);
      },
    };
  }

  // The large key: sends what stands in the field, or passes the question over, and goes on.
  function go() {
    const one = asked();
    if (!one) return;
    const text = input && !MANY.includes(one.kind) ? input.value.trim() : "";
    if (text) { give(one, text, true); return; }
    if (one.counts || one.passed || one.answer.length > 0) { onwards(); return; }
    if (one.required) { onwards(); return; }
    give(one, MANY.includes(one.kind) ? [] : "", true);
  }

  function back() {
    if (!stop) return;
    const from = at ? stop.asked.findIndex((one) => one.key === at) : stop.asked.length;
    const before = stop.asked[from - 1];
    if (before) show(before.key);
  }

  /** @param {StopAsked | null} one */
  function drawNav(one) {
    const first = !one ? false : stop?.asked[0]?.key === one.key;
    const has = one && (one.counts || one.passed || (input && input.value.trim()) || [fieldOf(id, one.key)?.answer ?? []].flat().some(Boolean));
    const label = !one ? "" : has ? "Next" : one.required ? "Later" : "Leave out";
    once(nav, `${label} ${first} ${at}`, () => [
      button("Back", back, { disabled: first, data: { name: "back" } }),
      one && button(label, go, { class: has ? "primary" : "", data: { name: "next" } }),
    ]);
  }

  /** @type {HTMLElement | null} */
  let endBox = null;

  /** @param {OpenStop} now */
  function ending(now) {
    endBox = el("div", { class: "stop-end" });
    ends(now);
    return [endBox];
  }

  /** @param {OpenStop} now */
  function ends(now) {
    const doubts = now.asked.filter((one) => one.doubt);
    if (endBox) once(endBox, JSON.stringify([now.complete, now.missing, doubts.map((one) => one.doubt)]), () => [
      el("h2", { class: "asked", text: now.complete ? "Everything is answered" : `${now.missing} still to answer` }),
      !now.complete && el("div", { class: "stop-picks wide" }, now.asked.filter((one) => (one.required && !one.counts) || one.wrong).map((one) => button([one.label, one.wrong && el("small", { text: one.wrong })], () => show(one.key)))),
      doubts.map((one) => el("p", { class: "alarm", text: `${one.label}: ${one.doubt}` })),
      el("div", { class: "stop-picks" },
        button(["Receipt", el("small", { text: "for the motorist's phone" })], () => receiptSheet(now.stop_id), { disabled: !now.complete, data: { name: "receipt" } }),
        button(["Finish", el("small", { text: "signed; only additions after that" })], async () => { if (await act("stop-finish", { stop_id: id })) finished(); }, { class: "primary", disabled: !now.complete, data: { name: "finish" } })),
    ]);
  }

  return { node, draw, show, at: () => at ?? "" };
}
