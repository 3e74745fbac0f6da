// The characters left blank, typed from the picture: the server compares them with the list, and looks the mark up in all lists.
import { act } from "../api.js";
import { button, el, picture, sign, toast } from "../dom.js";
import { keepUncovered, text } from "../store.js";
import { keysFor, markInput } from "../keys.js";
import { sheet } from "../sheet.js";
import { listName, spaced } from "../words.js";
/** @import { Hit, Typed } from "../types.d.ts" */

/**
 * @param {Hit} alert
 * @param {{ agreed: () => void, wrong: (vrm: string) => Promise<boolean> }} then
 */
export function typeSheet(alert, { agreed, wrong }) {
  const whole = alert.typing?.whole ?? true;
  const count = alert.typing?.count ?? 0;
  const input = markInput("from-picture");
  const keys = keysFor(input);
  const said = el("div", { class: "rows", role: "status", hidden: true });
  const typeAgain = () => { said.hidden = true; keys.hidden = false; input.value = ""; input.focus(); };
  const what = whole ? "The whole mark, as the picture shows it" : count === 1 ? "The character of the blank" : `The characters of the ${count} blanks, from left to right`;
  sheet("Type what the plate says", (close) => [
    el("div", { class: "from-picture" }, picture(alert.plate_picture, "Plate as photographed", "plate"),
      el("div", {}, el("p", { class: "vrm blanks", text: spaced(alert.list_vrm) }), el("label", { for: "from-picture", text: what }), input)),
    said, keys,
    el("div", { class: "ends" }, button("Back", close), el("button", { type: "submit", class: "primary", text: "Compare" })),
  ], async (close) => {
    const answer = await act("typed", { alert_id: alert.alert_id, typed: input.value });
    if (!answer) return;
    if (answer.shown) {
      close();
      keepUncovered(alert, answer.shown);
      agreed();
      toast(`${spaced(answer.vrm)} is the listed mark`, true);
      return;
    }
    said.replaceChildren(...another(answer, typeAgain, async () => { if (await wrong(answer.vrm)) close(); }));
    said.hidden = false;
    keys.hidden = true;
  });
}

// What was typed is not the listed mark: what the lists have of it, and the ways on.
/**
 * @param {Typed} answer
 * @param {() => void} again
 * @param {() => void} say
 */
function another(answer, again, say) {
  const lists = answer.listed.map((entry) => `${listName(entry)}: ${entry.instruction}`).join(" · ");
  return [el("div", { class: "row" }, sign("differs"),
    el("div", { class: "grow" }, el("b", { text: `${spaced(answer.vrm)} is not the listed mark` }), el("small", { text: lists ? `It is on ${lists}${answer.raised ? ": a hit was raised" : ""}` : "It is on no list in this car" })),
    el("div", { class: "choices" }, button("Type again", again), button(text("wrong_plate", "Wrong plate"), say, { data: { name: "is-wrong" } })))];
}
