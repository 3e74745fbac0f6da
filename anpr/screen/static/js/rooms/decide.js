// Ticks and decisions of one hit. Confirming opens only after a look at the plate picture and a tick for all that the
// list gives; where characters are left blank, after they were typed from the picture.
import { act } from "../api.js";
import { button, dateTime, el, once, picture, sign } from "../dom.js";
import { changed, session, store, text } from "../store.js";
import { forgetDrafts, keepDrafts } from "../drafts.js";
import { keysFor, markInput } from "../keys.js";
import { sheet } from "../sheet.js";
import { spaced } from "../words.js";
import { typeSheet } from "./typing.js";
/** @import { Agreement, Alert, Decided, Decision, Hit } from "../types.d.ts" */

/** @param {number} id */
export function decisionBar(id) {
  const node = el("div", { class: "decide" });
  /** @type {Set<string>} */
  const ticks = new Set();
  let looked = "";
  /** @type {Alert | null} */
  let alert = null;

  const redraw = () => { if (alert) draw(alert); };
  // the picture's report bubbles up to the panel
  queueMicrotask(() => node.parentElement?.addEventListener("looked", (event) => {
    looked = /** @type {CustomEvent<string>} */ (event).detail;
    redraw();
  }));

  /** @param {Alert} now */
  function draw(now) {
    const pair = now.pair_key;
    // another reading needs another look
    if (alert && pair !== alert.pair_key) ticks.clear();
    alert = now;
    const seen = looked === pair;
    const key = JSON.stringify([now.decided, now.acknowledged_by, now.kind, now.muted, now.state === "withdrawn", seen, [...ticks], now.vehicle, now.list_vrm, now.typing, now.agreements, pair]);
    once(node, key, () => build(now, seen));
  }

  /**
   * @param {Alert} alert
   * @param {boolean} seen
   */
  function build(alert, seen) {
    if (alert.decided) return decided(alert.alert_id, alert.decided);
    if (alert.kind === "fault") return el("p", { class: "note", text: alert.acknowledged_by ? `Seen by ${alert.acknowledged_by}` : "This fault stays here until it is over" });
    /** @type {[name: Agreement, label: string, value: string][]} */
    const what = [["vrm", "VRM", spaced(alert.list_vrm)], ["make", "Make", alert.vehicle.make], ["colour", "Colour", alert.vehicle.colour]];
    const ready = seen && !alert.typing && alert.agreements.every((name) => ticks.has(name));
    const wanting = !seen ? "look at the plate first" : alert.typing ? "type the blanks first" : "tick what agrees first";
    return [
      el("div", { class: "ticks", role: "group", "aria-label": "What agrees" }, what.map(([name, label, value]) => {
        if (name === "vrm" && alert.typing) return typeButton(alert, seen);
        return alert.agreements.includes(name) ? tick(name, label, value, seen) : el("p", { class: "not-listed" }, label, el("small", { text: "not listed" }));
      })),
      el("div", { class: "choose" },
        button([text("confirmed", "Confirmed"), !ready && el("small", { text: wanting })], () => decide("confirmed"), { class: `confirm ${ready ? "primary" : ""}`, disabled: !ready, data: { name: "confirm" } }),
        button(text("wrong_plate", "Wrong plate"), () => ask("wrong_plate"), { data: { name: "wrong_plate" } }),
        button(text("wrong_vehicle", "Wrong vehicle"), () => ask("wrong_vehicle"), { data: { name: "wrong_vehicle" } }),
        button(text("no_action", "No action"), () => ask("no_action"), { data: { name: "no_action" } })),
    ];
  }

  /**
   * @param {Hit} alert
   * @param {boolean} seen
   */
  function typeButton(alert, seen) {
    const count = alert.typing?.count ?? 0;
    const words = alert.typing?.whole ? "the mark" : `${count} blank${count === 1 ? "" : "s"}`;
    return button([sign("keys"), el("span", { text: "Type" }), el("small", { text: words })], () => typeSheet(alert, {
      agreed: () => { ticks.add("vrm"); redraw(); },
      wrong: (vrm) => decide("wrong_plate", { typed_vrm: vrm }),
    }), { class: "tick type", disabled: !seen, data: { name: "type" } });
  }

  /**
   * @param {string} name
   * @param {string} label
   * @param {string} value
   * @param {boolean} seen
   */
  function tick(name, label, value, seen) {
    const on = ticks.has(name);
    return el("button", {
      type: "button", class: "tick", role: "checkbox", "aria-checked": String(on), disabled: !seen, data: { name },
      onclick: () => { if (on) ticks.delete(name); else ticks.add(name); redraw(); },
    }, el("span", { class: "box" }, on && sign("ok")), el("span", {}, label, el("span", { class: "unseen", text: " agrees " })), el("small", { text: value }));
  }

  /** @param {Decision} decision */
  async function decide(decision, more = {}) {
    store.pinned = alert;
    const done = await act("decide", { alert_id: id, decision, ticks: [...ticks], ...more });
    if (!done) { if (store.pinned === alert) store.pinned = null; return false; }
    forgetDrafts(id);
    if (decision !== "confirmed") { leaveAlert(); return true; }
    store.pinned = done.alerts[0] ?? store.pinned; // it has left the queue: decided, with its stop record to be made
    changed();
    stopSheet(id);
    return true;
  }

  /** @param {Decision} decision */
  function ask(decision) {
    const typed = decision === "wrong_plate" && markInput("typed");
    const note = el("input", { id: "note", maxlength: 500, autocomplete: "off" });
    keepDrafts(id, typed ? { note, typed } : { note });
    sheet(`${text(decision)} · ${markOf(id)}`, (close) => [
      el("div", { class: typed ? "beside with-plate" : "" },
        typed && alert && picture(alert.plate_picture, "Plate as photographed", "plate"), typed && el("div", {}, el("label", { for: "typed", text: "What the plate says (if you can read it)" }), typed),
        el("div", {}, el("label", { for: "note", text: "Note (optional)" }), note)), typed && keysFor(typed),
      el("div", { class: "ends" }, button("Back", close), el("button", { type: "submit", class: "primary", text: "Save" })),
    ], async (close) => { if (await decide(decision, { note: note.value, typed_vrm: typed ? typed.value : "" })) close(); });
  }
  return { node, draw };
}

/**
 * @param {number} id
 * @param {Decided} what
 */
function decided(id, what) {
  return el("div", { class: "decided" }, sign(what.decision === "confirmed" ? "ok" : "cross"),
    el("span", { text: `${text(what.decision)} by ${what.actor}, ${dateTime(what.decided_utc)}${what.note ? `: ${what.note}` : ""}` }),
    what.decision === "confirmed" && !what.stop_recorded && button("Stop record", () => stopSheet(id), { data: { name: "stop" } }),
    button("Next alert", leaveAlert, { class: "primary", data: { name: "next" } }));
}

/** @param {number} id */
function markOf(id) {
  const alert = store.alerts.get(id) ?? (store.pinned?.alert_id === id ? store.pinned : null);
  return alert ? spaced(alert.list_vrm) : "";
}

// Lets go of the alert, so that the most important one of the queue comes up.
function leaveAlert() {
  store.pinned = null;
  store.selected = null;
  store.open = false;
  changed();
}

/**
 * @param {number} id
 * @param {() => void} then
 * @param {string} mark
 */
export function stopSheet(id, then = leaveAlert, mark = markOf(id)) {
  /** @type {Record<string, HTMLInputElement>} */
  const inputs = {};
  const questions = session().stop_questions.filter((question) => question.kind !== "officer"); // that is who saves it
  const fields = questions.map((question) => {
    const label = `${question.label}${question.required ? "" : " (optional)"}`;
    const input = el("input", { id: `stop-${question.key}`, maxlength: 200, autocomplete: "off", type: question.kind === "text" ? "text" : "hidden" });
    inputs[`stop-${question.key.toLowerCase()}`] = input;
    if (question.kind === "text") {
      return el("div", {}, el("label", { for: `stop-${question.key}`, text: label }), input);
    }
    const buttons = question.choices.map((choice) => button(choice, () => {
      input.value = input.value === choice ? "" : choice;
      input.dispatchEvent(new Event("input"));
    }, { "aria-pressed": "false" }));
    const mark = () => { for (const one of buttons) one.setAttribute("aria-pressed", String(one.textContent === input.value)); };
    for (const kind of ["input", "change"]) input.addEventListener(kind, mark);
    return el("div", { role: "group", "aria-label": label }, el("label", { text: label }), el("div", { class: "choices" }, buttons), input);
  });
  keepDrafts(id, inputs);
  sheet(`Stop record · ${mark}`, (close) => [
    el("div", { class: "fields" }, fields),
    el("div", { class: "ends" }, button("Later", close), el("button", { type: "submit", class: "primary", text: "Save" })),
  ], async (close) => {
    const answers = Object.fromEntries(questions.map(({ key }) => [key, inputs[`stop-${key.toLowerCase()}`]?.value ?? ""]));
    if (!await act("stop-record", { alert_id: id, answers })) return;
    forgetDrafts(id);
    close();
    then();
  });
}
