// Day or night: by tap if somebody chose, else by the tablet's light sensor if it has one, else by the sun.
import { store } from "./store.js";

const DARK_LUX = 25;
const BRIGHT_LUX = 60;

let chosen = null; // "day" or "night" until the sun next changes its mind
let chosenAgainst = null;
let sensed = null;

export function startTheme() {
  if (!("AmbientLightSensor" in window)) return;
  try {
    const sensor = new window.AmbientLightSensor({ frequency: 1 });
    sensor.onreading = () => {
      if (sensor.illuminance < DARK_LUX) sensed = "night";
      else if (sensor.illuminance > BRIGHT_LUX) sensed = "day";
      applyTheme();
    };
    sensor.onerror = () => { sensed = null; };
    sensor.start();
  } catch {
    sensed = null; // not allowed or not there: the sun decides
  }
}

export function toggleTheme() {
  chosenAgainst = byNature();
  chosen = document.documentElement.dataset.theme === "day" ? "night" : "day";
  return applyTheme();
}

const byNature = () => sensed ?? (store.drive.night ? "night" : "day");

// Returns whether the theme changed.
export function applyTheme() {
  if (chosen && byNature() !== chosenAgainst) chosen = null;
  const theme = chosen ?? byNature();
  if (document.documentElement.dataset.theme === theme) return false;
  document.documentElement.dataset.theme = theme;
  return true;
}
