// Starts the page: who is here, then the live connection, then driver view or full view as the car moves or stands.
import { applyTheme, startTheme } from "./theme.js";
import { changed, follow, fullView, store } from "./store.js";
import { audioWorks, connect, touched, watch } from "./feed.js";
import { byId } from "./dom.js";
import { driverView } from "./driver.js";
import { fullScreen } from "./full.js";
import { comeBack, stepBack } from "./sheet.js";
import { loginView } from "./login.js";
import { startSound } from "./sound.js";
/** @import { View } from "./page.d.ts" */

const app = byId("app");
/** @type {View | null} */
let current = null;
/** @type {View | null} */
let full = null; // kept while the car moves, with what was typed into it
let showing = "";

function draw() {
  applyTheme();
  const wanted = fullView() ? "full" : "driver";
  if (wanted !== showing) {
    showing = wanted;
    current?.leave?.();
    if (wanted === "driver") stepBack();
    current = wanted === "full" ? full ??= fullScreen() : driverView();
    document.body.dataset.view = wanted;
    app.replaceChildren(current.node);
    if (wanted === "full") comeBack();
  }
  current?.draw();
}

async function start() {
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
  if (!session.who) {
    store.drive.night = matchMedia("(prefers-color-scheme: dark)").matches || new Date().getHours() % 20 < 7;
    applyTheme();
    document.body.dataset.view = "login";
    app.replaceChildren(loginView(() => location.reload()));
    return;
  }
  store.session = session;
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
