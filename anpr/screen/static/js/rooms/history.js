// Alerts and decisions of the past, and how often each camera misread, by the crews' own decisions.
import { act, actQuietly } from "../api.js";
import { button, dateTime, el, picture, plaque } from "../dom.js";
import { session, store, text } from "../store.js";
import { stopSheet } from "./decide.js";
import { beginStop, showStop } from "./stop.js";
import { sheet } from "../sheet.js";
import { joined, listName, percent, spaced, typed, way } from "../words.js";
/** @import { Alert, MisreadRate } from "../types.d.ts" */

export function historyRoom() {
  const rates = el("div", {});
  const rows = el("div", { class: "rows" });
  const more = el("div", {});
  const undecided = el("div", {});
  let hitsOnly = false;
  const only = button("Hits only", () => {
    hitsOnly = !hitsOnly;
    only.setAttribute("aria-pressed", String(hitsOnly));
    load(null);
  }, { "aria-pressed": "false" });
  const stops = el("div", { class: "past-stops" });
  const node = el("div", { class: "page" }, stops, el("h2", { text: "Misreads by camera" }), rates,
    el("h2", { text: "Alerts and decisions" }), el("div", { class: "choices" }, only), undecided, rows, more);
  /**
   * @param {number | null} before
   * @returns {Promise<void>}
   */
  const load = async (before) => {
    const asked = hitsOnly;
    const answer = await act("history", { hits_only: asked, ...(before !== null && { before }) });
    if (!answer || asked !== hitsOnly) return;
    if (before === null) {
      rows.replaceChildren();
      rates.replaceChildren(rateTable(answer.misread_rates));
      const n = answer.not_decided;
      undecided.replaceChildren(...(n ? [el("p", { class: "note", text: `${n} closed without a decision` })] : []));
    }
    rows.append(...answer.alerts.map((alert) => row(alert, () => load(null))));
    if (!rows.childElementCount) rows.append(el("p", { class: "note", text: "Nothing has been decided yet" }));
    more.replaceChildren(...(answer.next_before === null ? [] : [button("Earlier", () => load(answer.next_before))]));
  };
  load(null);
  loadStops(stops, null);
  return { node, draw: () => {} };
}

// Finished stops, without what was answered: that is shown, and audited, when one is opened.
/**
 * @param {HTMLElement} box
 * @param {number | null} before
 */
async function loadStops(box, before) {
  const answer = await act("stops-past", before === null ? {} : { before });
  if (!answer) return;
  const next = answer.next_before;
  const more = button("Earlier stops", () => { more.remove(); loadStops(box, next); });
  if (before === null && answer.stops.length) box.append(el("h2", { text: "Stops" }));
  box.append(...answer.stops.map((stop) => el("div", { class: "row" }, el("div", { class: "grow" }, el("span", { class: "vrm", text: spaced(stop.vrm) }),
    el("small", { text: joined([stop.title, `finished ${dateTime(stop.finished_utc)}`, stop.begun_by]) })),
  button("Open", () => showStop(stop.stop_id), { "aria-label": `Open stop of ${spaced(stop.vrm)}` }))), ...(next === null ? [] : [more]));
}

/** @param {MisreadRate[]} rates */
function rateTable(rates) {
  if (!rates.length) return el("p", { class: "note", text: "No decision yet: decisions measure the cameras" });
  /** @param {number} p */
  const percent = (p) => `${(p * 100).toFixed(1)} %`;
  return el("table", {}, el("thead", {}, el("tr", {}, ["Camera", "Right", "Misread", "Rate", "95 % range"].map((name) => el("th", { scope: "col", text: name })))),
    el("tbody", {}, rates.map((r) => el("tr", {}, [store.cameras.find((camera) => camera.camera_id === r.camera_id)?.label ?? r.camera_id, r.right, r.misreads, r.rate === null ? "–" : percent(r.rate), r.rate === null ? "–" : `${percent(r.low)} to ${percent(r.high)}`].map((value) => el("td", { text: value }))))));
}

/**
 * @param {Alert} alert
 * @param {() => void} again
 */
function row(alert, again) {
  const what = alert.decided;
  const first = alert.listed[0];
  return el("div", { class: "row" }, plaque(alert.symbol, alert.colours), el("div", { class: "grow" },
    el("span", { class: "vrm", text: title(alert) }),
    el("small", { text: joined([outcome(alert), first && listName(first), first?.reason, what?.typed_vrm && `plate says ${spaced(what.typed_vrm)}`, what?.note, what?.stop_recorded && "stop recorded"]) })),
  alert.kind === "hit" && button("Open", () => pastSheet(alert, again), { "aria-label": `Open ${title(alert)}` }));
}

/** @param {Alert} alert */
const title = (alert) => spaced(alert.list_vrm) || alert.fault_text || spaced(alert.read_vrm);

/** @param {Alert} alert */
function outcome(alert) {
  if (alert.decided) return `${text(alert.decided.decision)} by ${alert.decided.actor}, ${dateTime(alert.decided.decided_utc)}`;
  return `${alert.kind === "fault" || alert.state === "cleared" ? "Over" : alert.state === "not_decided" ? "Closed, not decided" : "Not decided"}, raised ${dateTime(alert.raised_utc)}`;
}

/**
 * @param {Alert} alert
 * @param {() => void} again
 */
function pastSheet(alert, again) {
  actQuietly("viewed", { what: "alert", id: alert.alert_id });
  const first = alert.listed[0];
  const place = alert.place;
  const what = alert.decided;
  const labels = new Map(session().stop_questions.map((question) => [question.key, question.label]));
  /** @type {[name: string, value: string | null | undefined][]} */
  const rows = [
    ["Read", alert.read_vrm && `${spaced(alert.shown_vrm)}${alert.hidden ? `, ${alert.hidden}` : ""}${alert.typed_by ? `, ${typed(alert)}` : ""}`],
    ["Match", alert.kind === "hit" ? `${percent(alert.probability)} · ${alert.words}` : null],
    ["List", first && joined([listName(first), first.reason, first.action])],
    ["Listed", first && [first.colour, first.make, first.model].filter(Boolean).join(" ")], ["Text", first?.information],
    ["Seen", alert.seen_utc && `${dateTime(alert.seen_utc)} · ${way(alert)}`],
    ["Where", place && `${place.latitude_deg.toFixed(5)}, ${place.longitude_deg.toFixed(5)}${place.stale ? " (old fix)" : ""}`],
    ["Decision", outcome(alert)], ["Plate says", what?.typed_vrm && spaced(what.typed_vrm)], ["Note", what?.note],
  ];
  sheet(title(alert), (close) => [
    el("div", { class: "pictures low" }, picture(alert.plate_picture, "Plate as photographed"), picture(alert.overview_picture, "Vehicle")),
    facts(rows),
    what?.stop_recorded && el("div", {}, el("h3", { text: "Stop record" }), facts(what.stop.map(([key, answer]) => [labels.get(key) ?? key, answer || "–"]))),
    el("div", { class: "ends" }, button("Close", close, { autofocus: true }),
      what?.decision === "confirmed" && button("Stop card", () => { close(); beginStop({ alert_id: alert.alert_id }); }, { data: { name: "stop card" } }),
      what?.decision === "confirmed" && !what.stop_recorded && button("Stop record", () => { close(); stopSheet(alert.alert_id, again, title(alert)); }, { class: "primary" })),
  ]);
}

/** @param {[name: string, value: string | null | undefined][]} rows */
const facts = (rows) => el("dl", { class: "told" }, rows.map(([name, value]) => value && [el("dt", { text: name }), el("dd", { text: value })]));
