// A finished stop: its record as it was signed, with its pictures, what was added since, and the ways out of the car.
import { act } from "../api.js";
import { button, dateTime, el, picture, sign } from "../dom.js";
import { sheet } from "../sheet.js";
import { changed, store } from "../store.js";
import { spaced } from "../words.js";
/** @import { FinishedStop } from "../types.d.ts" */

/** @param {FinishedStop} stop */
export function finishedPane(stop) {
  const node = el("article", { class: "page stop-record", "aria-label": "Finished stop" });
  const show = (/** @type {FinishedStop} */ now) => node.replaceChildren(...parts(now, show));
  show(stop);
  return node;
}

/**
 * @param {FinishedStop} stop
 * @param {(now: FinishedStop) => void} show
 */
function parts(stop, show) {
  const { known } = stop;
  const seen = known.sighting;
  return [
    el("div", { class: "head" }, el("h2", {}, el("span", { class: "vrm", text: spaced(stop.vrm) }), ` ${stop.title}`),
      button("All stops", () => { store.stop = null; changed(); }, { class: "screen-only", data: { name: "all" } })),
    el("p", { class: stop.whole ? "signed" : "alarm" }, sign(stop.whole ? "ok" : "warning"), stop.whole ? `Signed by this tablet (${stop.fingerprint}), whole` : "This record is not as it was signed"),
    el("div", { class: "choices screen-only" },
      button("Add", () => addSheet(stop, show), { data: { name: "add" } }),
      button("Receipt", () => receiptSheet(stop.stop_id), { disabled: !stop.receipt, data: { name: "receipt" } }),
      button("Export", () => exported(stop.stop_id), { data: { name: "export" } }),
      button("Print", () => window.print(), { data: { name: "print" } })),
    el("dl", { class: "told" }, rows([
      ["Stopped", `${dateTime(stop.place.at_utc)} · ${stop.place.words}`], ["Seen", seen && `${dateTime(seen.at_utc)} · ${seen.words} · ${seen.camera}`],
      ["Begun", `${dateTime(stop.begun_utc)} by ${stop.begun_by}`], ["Finished", `${dateTime(stop.finished_utc)} by ${stop.finished_by}`],
      ["List", [known.list, known.reason].filter(Boolean).join(" · ")], ["Registers", known.facts.join(", ")],
      ["Read back", known.read_back && `${spaced(known.read_back)}, typed from the picture before confirming`],
    ])),
    (stop.pictures.plate || stop.pictures.overview) && el("div", { class: "pictures" }, picture(stop.pictures.plate, "Plate as photographed"), picture(stop.pictures.overview, "Vehicle")),
    el("h2", { text: "Answers" }), el("dl", { class: "told" }, rows(stop.answers.map((one) => [one.label, one.answer]))),
    stop.also_typed.length > 0 && [el("h2", { text: "Also typed" }), el("dl", { class: "told" }, rows(stop.also_typed.map((one) => [one.label, `${one.answer} (${one.by}; ${one.why})`])))],
    stop.added.length > 0 && [el("h2", { text: "Added since" }), stop.added.map((one) => el("p", { class: one.whole ? "added" : "added alarm", text: `${dateTime(one.at_utc)}, ${one.actor}: ${one.text}${one.whole ? "" : " (not as it was signed)"}` }))],
  ].flat(2).filter((part) => part instanceof Node);
}

/** @param {[string, string | null | undefined | false][]} all */
const rows = (all) => all.map(([name, value]) => value && [el("dt", { text: name }), el("dd", { text: value })]);

/**
 * @param {FinishedStop} stop
 * @param {(now: FinishedStop) => void} show
 */
function addSheet(stop, show) {
  const box = el("textarea", { id: "stop-addition", maxlength: 2000, rows: 5, autofocus: true });
  sheet("Add to this stop", (close) => [
    el("label", { for: "stop-addition", text: "What is to be added or corrected: what stands there stays" }), box,
    el("div", { class: "ends" }, button("Back", close), el("button", { type: "submit", class: "primary", text: "Sign and add" })),
  ], async (close) => {
    const answer = await act("stop-add", { stop_id: stop.stop_id, text: box.value });
    if (!answer) return;
    close();
    show(answer.finished);
  });
}

// The code as large as the screen has room for: phones read it from an arm's length.
/** @param {number} id */
export async function receiptSheet(id) {
  const answer = await act("stop-receipt", { stop_id: id });
  if (!answer) return;
  sheet("Receipt", (close) => [
    el("div", { class: "receipt" }, el("img", { class: "code", src: answer.code, alt: "QR code of the receipt" }), el("p", { class: "receipt-text", tabindex: "0", text: answer.text })),
    el("div", { class: "ends" }, button("Close", close, { class: "primary", autofocus: true })),
  ]);
}

/** @param {number} id */
async function exported(id) {
  const answer = await act("stop-export", { stop_id: id });
  if (!answer) return;
  const address = URL.createObjectURL(new Blob([JSON.stringify(answer.stop, null, 2)], { type: "application/json" }));
  el("a", { href: address, download: answer.file }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}
