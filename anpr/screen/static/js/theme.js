// Day or night: by tap if somebody chose, else by the tablet's light sensor if it has one, else by the sun.
import { changed, store } from "./store.js";
/** @import { Theme } from "./page.d.ts" */

// Chromium rounds to 50 lux: a dark car is 0, a lit one 50, daylight 100 and more. What lies between changes nothing.
const DARK_LUX = 25;
const BRIGHT_LUX = 60;
const LASTS_MS = 3000; // lamps and headlights that go by are no day, a bridge is no night

/** @type {Theme | null} */
let chosen = null; // "day" or "night" until the sun next rises or sets
/** @type {boolean | null} */
let chosenAtNight = null;
/** @type {Theme | null} */
let sensed = null;
/** @type {Theme | null} */
let seen = null; // what the light is now; it counts once it lasts
let seenSince = 0;

export function startTheme() {
  if (!("AmbientLightSensor" in window)) return;
  try {
    const sensor = new AmbientLightSensor({ frequency: 1 });
    sensor.onreading = () => look(sensor.illuminance);
    sensor.onerror = () => {
      sensed = seen = null;
      changed();
    };
    sensor.start();
  } catch {
    // not allowed or not there: the sun decides
  }
}

// A sensor tells of changes alone, so how long one lasts is for applyTheme to see, which runs every second.
/** @param {number} lux */
function look(lux) {
  const now = lux < DARK_LUX ? "night" : lux > BRIGHT_LUX ? "day" : sensed;
  if (now !== seen) seenSince = performance.now();
  seen = now;
  sensed ??= now;
  changed();
}

const byNature = () => sensed ?? (store.drive.night ? "night" : "day");

export function toggleTheme() {
  const other = document.documentElement.dataset.theme === "day" ? "night" : "day";
  chosen = other === byNature() ? null : other;
  chosenAtNight = store.drive.night;
  return applyTheme();
}

// Returns whether the theme changed.
export function applyTheme() {
  if (seen && performance.now() - seenSince >= LASTS_MS) sensed = seen;
  if (store.drive.night !== chosenAtNight) chosen = null;
  const theme = chosen ?? byNature();
  if (document.documentElement.dataset.theme === theme) return false;
  document.documentElement.dataset.theme = theme;
  return true;
}
