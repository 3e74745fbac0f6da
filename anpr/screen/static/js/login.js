// Collar number and PIN, with large keys; for devices on the car's network.
import { button, el } from "./dom.js";
import { capital } from "./words.js";

/** @param {() => void} done */
export function loginView(done) {
  const collar = el("input", { id: "collar", name: "collar", autocomplete: "username", maxlength: 12, required: true });
  const pin = el("input", { id: "pin", name: "pin", type: "password", inputmode: "numeric", autocomplete: "current-password", maxlength: 12, required: true });
  const refused = el("p", { class: "refused", role: "alert" });
  const keys = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "⌫", "0"].map((key) => button(key, () => {
    pin.value = key === "⌫" ? pin.value.slice(0, -1) : (pin.value + key).slice(0, 12);
  }, key === "⌫" ? { "aria-label": "Delete last digit" } : {}));
  const enter = el("button", { type: "submit", class: "primary", text: "Log in" });
  const form = el("form", { novalidate: true },
    el("h1", { text: "Patrol ANPR" }),
    el("label", { for: "collar", text: "Collar number" }), collar,
    el("label", { for: "pin", text: "PIN" }), pin,
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
      if (answer.ok) { done(); return; }
      refused.textContent = capital((await answer.json()).error ?? "refused");
    } catch {
      refused.textContent = "The engine does not answer";
    } finally {
      enter.disabled = false;
    }
  });
  return el("main", { class: "login" }, form);
}
