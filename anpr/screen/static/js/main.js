// Starts the page: who is here, then the live connection, then driver view, full view or the login, as the car moves or stands.
import { applyTheme, startTheme } from "./theme.js";
import { changed, follow, forgetOfficers, fullView, store } from "./store.js";
import { audioWorks, connect, touched, watch } from "./feed.js";
import { askNoMore } from "./ask.js";
import { byId } from "./dom.js";
import { forgetAllDrafts } from "./drafts.js";
import { driverView, toBeSeen } from "./driver.js";
import { fullScreen } from "./full.js";
import { closeSheet, comeBack, stepBack } from "./sheet.js";
import { loginView } from "./login.js";
import { startSound } from "./sound.js";
/** @import { View } from "./page.d.ts" */
/** @import { NoSession, Session } from "./types.d.ts" */

const app = byId("app");
/** @type {View | null} */
let current = null;
/** @type {View | null} */
let full = null; // kept while the car moves, with what was typed into it
/** @type {ReturnType<typeof loginView> | null} */
let login = null;
let showing = "";

function draw() {
  applyTheme();
  if (!store.officers.length && full) forget();
  const wanted = wantedView();
  if (wanted !== showing) {
    showing = wanted;
    current?.leave?.();
    if (wanted !== "full") { stepBack(); askNoMore(); }
    if (wanted === "login") current = login ??= loginView(admitted, () => { store.loggingIn = ""; changed(); });
    else current = wanted === "full" ? full ??= fullScreen() : driverView();
    document.body.dataset.view = wanted;
    app.replaceChildren(current.node);
    if (wanted === "full") comeBack();
    if (wanted === "login") login?.focus();
  }
  current?.draw();
}

// A hit that nobody has seen goes before a login that is being typed, which comes up again as it was.
function wantedView() {
  const typing = store.loggingIn === "passenger" || (store.loggingIn === "standing" && !store.drive.moving);
  if (typing && !toBeSeen().length) return "login";
  return fullView() ? "full" : "driver";
}

/** @param {Session} answer */
function admitted(answer) {
  store.session = answer;
  store.officers = answer.officers;
  store.loggingIn = "";
  changed();
}

// Nothing that somebody looked up, opened or typed is there for whoever comes after them.
function forget() {
  full?.leave?.();
  full = null;
  closeSheet();
  askNoMore();
  forgetAllDrafts();
  forgetOfficers();
}

async function start() {
  /** @type {Session | NoSession} */
  let session;
  try {
    session = await (await fetch("/api/session", { credentials: "same-origin" })).json();
  } catch {
    store.heardAt = -1e9;
    watch();
    setTimeout(start, 500);
    return;
  }
  store.texts = session.texts ?? {};
  store.theme = session.theme ?? "auto";
  if (session.who === null) {
    store.drive.night = matchMedia("(prefers-color-scheme: dark)").matches || new Date().getHours() % 20 < 7;
    applyTheme();
    document.body.dataset.view = "login";
    app.replaceChildren(loginView(() => location.reload()).node);
    return;
  }
  store.session = session;
  store.officers = session.officers;
  store.accounts = session.accounts;
  store.heardAt = performance.now();
  startTheme();
  startSound(audioWorks);
  follow(draw);
  connect();
  watch();
  // clocks, ages and the end of the passenger's time move on without any message
  setInterval(changed, 1000);
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, touched, { passive: true });
  changed();
}

start();
