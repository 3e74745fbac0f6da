// Who is logged in here: log out, or log in a second officer.
import { act } from "./api.js";
import { button, el, sign } from "./dom.js";
import { sheet } from "./sheet.js";
import { changed, session, store } from "./store.js";

const MOST_OFFICERS = 2; // as `anpr.screen.sessions.MOST_OFFICERS`

export function openLogin() {
  store.loggingIn = store.drive.moving ? "passenger" : "standing";
  changed();
}

export function crewSheet() {
  sheet("Logged in here", (close) => [
    el("div", { class: "rows" }, store.officers.map(({ name, collar }) => el("div", { class: "row" }, sign("passenger"),
      el("div", { class: "grow" }, el("b", { text: name }), el("small", { text: collar })),
      button("Log out", async () => { if (await act("lock", {}, collar)) close(); }, { data: { name: `log out ${collar}` } })))),
    session().by_itself && el("p", { class: "note", text: "Demonstration: the demo officer is logged in by itself." }),
    store.officers.length > 1 && el("p", { class: "note", text: "Two officers: each deed asks by one tap whose it is." }),
    el("div", { class: "ends" }, button("Close", close, { autofocus: true }),
      store.officers.length < MOST_OFFICERS && button("Log in another officer", () => { close(); openLogin(); }, { class: "primary" })),
  ]);
}
