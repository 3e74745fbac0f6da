// Collar number and PIN, with large keys: on the tablet over what is shown without a login, on other devices before all else.
import { button, el } from "./dom.js";
import { store } from "./store.js";
import { capital } from "./words.js";
/** @import { Session } from "./types.d.ts" */

export const NO_ACCOUNT = "Nobody may log in to this car yet. Whoever looks after it adds each officer in a terminal: anpr crew add COLLAR --name NAME";

/**
 * @param {(answer: Session) => void} done
 * @param {(() => void) | null} back
 */
export function loginView(done, back = null) {
  const collar = el("input", { id: "collar", name: "collar", autocomplete: "username", maxlength: 12, required: true });
  const pin = el("input", { id: "pin", name: "pin", type: "password", inputmode: "numeric", autocomplete: "current-password", maxlength: 12, required: true });
  const refused = el("p", { class: "refused", role: "alert" });
  const none = el("p", { class: "note no-account", text: NO_ACCOUNT, hidden: true });
  let into = pin; // the keys type where the finger was last
  collar.addEventListener("focus", () => { into = collar; });
  pin.addEventListener("focus", () => { into = pin; });
  const keys = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "⌫", "0"].map((key) => button(key, () => {
    into.value = key === "⌫" ? into.value.slice(0, -1) : (into.value + key).slice(0, 12);
  }, key === "⌫" ? { "aria-label": "Delete last digit" } : {}));
  const enter = el("button", { type: "submit", class: "primary", text: "Log in" });
  const form = el("form", { novalidate: true },
    el("div", { class: "head" }, el("h1", { text: back ? "Log in" : "Patrol ANPR" }), back && button("Back", back)), none,
    el("div", { class: "who" }, el("div", {}, el("label", { for: "collar", text: "Collar number" }), collar),
      el("div", {}, el("label", { for: "pin", text: "PIN" }), pin)),
    el("div", { class: "keypad" }, keys, enter), refused);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    enter.disabled = true;
    try {
      const answer = await fetch("/api/login", {
        method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ collar: collar.value, pin: pin.value }),
      });
      pin.value = "";
      const content = await answer.json();
      if (answer.ok) { collar.value = ""; refused.textContent = ""; done(content); return; }
      refused.textContent = capital(content.error ?? "refused");
    } catch {
      refused.textContent = "The engine does not answer";
    } finally {
      enter.disabled = false;
    }
  });
  return {
    node: el("main", { class: "login" }, form),
    draw: () => { none.hidden = store.accounts; },
    focus: () => collar.focus(),
  };
}
