// Alerts and decisions of the past, and how often each camera misread, by the crews' own decisions.
import { act } from "../api.js";
import { button, dateTime, el, plaque } from "../dom.js";
import { spaced } from "../words.js";
import { text } from "../store.js";
/** @import { Alert, MisreadRate } from "../types.d.ts" */

export function historyRoom() {
  const rates = el("div", {});
  const rows = el("div", { class: "rows" });
  const more = el("div", {});
  const undecided = el("div", {});
  const node = el("div", { class: "page" }, el("h2", { text: "Misreads by camera" }), rates, el("h2", { text: "Alerts and decisions" }), undecided, rows, more);
  /**
   * @param {number | null} before
   * @returns {Promise<void>}
   */
  const load = async (before) => {
    const answer = await act("history", before === null ? {} : { before });
    if (!answer) return;
    if (before === null) {
      rates.replaceChildren(rateTable(answer.misread_rates));
      const n = answer.not_decided;
      undecided.replaceChildren(...(n ? [el("p", { class: "note", text: `${n} closed without a decision` })] : []));
    }
    rows.append(...answer.alerts.map(row));
    if (!rows.childElementCount) rows.append(el("p", { class: "note", text: "Nothing has been decided yet" }));
    more.replaceChildren(...(answer.next_before === null ? [] : [button("Earlier", () => load(answer.next_before))]));
  };
  load(null);
  return { node, draw: () => {} };
}

/** @param {MisreadRate[]} rates */
function rateTable(rates) {
  if (!rates.length) return el("p", { class: "note", text: "No decision yet: decisions measure the cameras" });
  /** @param {number} p */
  const percent = (p) => `${(p * 100).toFixed(1)} %`;
  return el("table", {}, el("thead", {}, el("tr", {}, ["Camera", "Right", "Misread", "Rate", "95 % range"].map((name) => el("th", { scope: "col", text: name })))),
    el("tbody", {}, rates.map((r) => el("tr", {}, [r.camera_id, r.right, r.misreads, r.rate === null ? "–" : percent(r.rate), r.rate === null ? "–" : `${percent(r.low)} to ${percent(r.high)}`].map((value) => el("td", { text: value }))))));
}

/** @param {Alert} alert */
function row(alert) {
  const what = alert.decided;
  const words = what ? `${text(what.decision)} by ${what.actor}, ${dateTime(what.decided_utc)}` : `${alert.kind === "fault" || alert.state === "cleared" ? "Over" : alert.state === "not_decided" ? "Closed, not decided" : "Not decided"}, raised ${dateTime(alert.raised_utc)}`;
  const first = alert.listed[0];
  return el("div", { class: "row" }, plaque(alert.symbol, alert.colours), el("div", { class: "grow" },
    el("span", { class: "vrm", text: spaced(alert.list_vrm) || alert.fault_text || spaced(alert.read_vrm) }),
    el("small", { text: [words, first && [first.list_name, first.reason].filter(Boolean).join(": "), what?.typed_vrm && `plate says ${what.typed_vrm}`, what?.note, what?.stop_recorded && "stop recorded"].filter(Boolean).join(" · ") })));
}
