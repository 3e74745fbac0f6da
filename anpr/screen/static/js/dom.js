// Builds the page from text and elements only: no markup from data ever reaches a parser.
/** @import { Child, Props } from "./page.d.ts" */
/** @import { Colours, Marker, Symbol } from "./types.d.ts" */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Props} props
 * @param {Child[]} children
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "class") node.className = String(value);
    else if (key === "text") node.append(...withGaps(String(value)));
    else if (typeof value === "function") node.addEventListener(key.slice(2), /** @type {() => void} */ (value));
    else if (key === "data") Object.assign(node.dataset, value);
    else if (key === "value" && node instanceof HTMLInputElement) node.value = String(value);
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  node.append(...shownOf(children));
  return node;
}

/**
 * @param {Child} children
 * @returns {(string | Node)[]}
 */
function shownOf(children) {
  if (children === null || children === undefined || children === false) return [];
  if (children instanceof Node) return [children];
  return typeof children === "object" ? children.flatMap(shownOf) : withGaps(String(children));
}

const GAP = "▯"; // as `anpr.hidden.SYMBOL`

// Where a character may be hidden stands a drawn box: no font of ours has one.
/** @param {string} text */
function withGaps(text) {
  if (!text.includes(GAP)) return withBlanks(text);
  return text.split(GAP).flatMap((part, n) => {
    if (!n) return [part];
    const box = document.createElement("span");
    box.className = "gap";
    box.setAttribute("role", "img");
    box.setAttribute("aria-label", "a hidden character");
    return [box, part];
  });
}

const MARK_WITH_BLANKS = /^[A-Z0-9 ]*_[A-Z0-9_ ]*$/;

// The blanks of a mark stand apart, so that they can be counted.
/** @param {string} text */
function withBlanks(text) {
  if (!MARK_WITH_BLANKS.test(text)) return [text];
  return text.split(/(_)/).filter(Boolean).map((part) => {
    if (part !== "_") return part;
    const blank = document.createElement("span");
    blank.className = "blank";
    blank.textContent = part;
    return blank;
  });
}

// A sign drawn in the text's colour; `label` makes it speak to those who cannot see it.
/** @param {string} name */
export function sign(name, label = "") {
  const node = el("span", { class: "sign" });
  setSign(node, name);
  if (label) {
    node.setAttribute("role", "img");
    node.setAttribute("aria-label", label);
  } else {
    node.setAttribute("aria-hidden", "true");
  }
  return node;
}

/**
 * @param {HTMLElement} node
 * @param {string} name
 */
function setSign(node, name) {
  // every symbol is a variable of symbols.css, so that an alert never waits for its sign
  node.style.setProperty("--sign", `var(--symbol-${name.replace(/[^a-zA-Z0-9_-]/g, "")}, var(--symbol-marker))`);
}

// A shape in the list's colour with a sign on it: colour, shape and sign each tell lists apart. It carries its colours of day
// and night, so that it is right in whatever is open when the light changes.
/**
 * @param {Symbol} symbol
 * @param {Colours} colours
 */
export function plaque(symbol, colours, label = symbol.label) {
  const shape = el("span", { class: "shape" });
  const glyph = el("span", { class: "glyph" });
  setSign(shape, `shape-${symbol.shape}`);
  setSign(glyph, symbol.name);
  const node = el("span", { class: "plaque", data: { shape: symbol.shape }, role: "img", "aria-label": label }, shape, glyph);
  for (const theme of /** @type {const} */ (["day", "night"])) {
    node.style.setProperty(`--surface-${theme}`, colours[theme].surface);
    node.style.setProperty(`--glyph-${theme}`, colours[theme].sign);
  }
  return node;
}

const MARKER_COLOURS = { day: { surface: "#101614", sign: "#ffd24a" }, night: { surface: "#3a1c00", sign: "#e0a650" } };

// A marker's sign above its letters: two that are drawn alike by a force's own symbols still read differently.
/** @param {Marker} marker */
export function markerPlaque(marker) {
  const node = plaque({ name: marker.symbol, shape: "square", label: marker.label }, MARKER_COLOURS);
  node.classList.add("marker-plaque");
  node.append(el("span", { class: "letters", "aria-hidden": "true", text: marker.code || marker.label }));
  return node;
}

/**
 * @param {Child} text
 * @param {(() => void) | null} onclick
 * @param {Props} props
 */
export function button(text, onclick, props = {}) {
  return el("button", { type: "button", onclick, ...props }, text);
}

const SLOWEST_TRY_MS = 3000;

/**
 * @param {string} id
 * @param {string} alt
 * @param {"high" | "low" | "auto"} urgency
 */
export function picture(id, alt, cls = "", urgency = "auto") {
  if (!id) return el("span", { class: `picture missing ${cls}`, text: alt && "No picture" });
  const image = el("img", { class: `picture ${cls}`, alt, decoding: "async", fetchpriority: urgency });
  let tries = 0;
  // refused while driving, or the engine was away: it may work a moment later
  image.onerror = () => {
    tries += 1;
    setTimeout(() => { if (image.isConnected) image.src = `/picture/${encodeURIComponent(id)}?again=${tries}`; }, Math.min(700 * tries, SLOWEST_TRY_MS));
  };
  image.src = `/picture/${encodeURIComponent(id)}`;
  return image;
}

const TIME = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DATE_TIME = new Intl.DateTimeFormat("en-GB", { day: "2-digit", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** @param {string | Date} iso */
export const time = (iso) => (iso ? TIME.format(new Date(iso)) : "");
/** @param {string} iso */
export const dateTime = (iso) => (iso ? DATE_TIME.format(new Date(iso)) : "");

/** @param {number} seconds */
export function age(seconds) {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86400)} days`;
}

/** @param {string} text */
export function say(text) {
  byId("said").textContent = text;
}

// One of the elements that index.html always has.
/** @param {"app" | "lost" | "said" | "toast"} id */
export function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

let toastTimer = 0;

/** @param {string} text */
export function toast(text, calm = false) {
  const node = byId("toast");
  node.textContent = text;
  node.classList.toggle("calm", calm);
  node.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { node.hidden = true; }, calm ? 2500 : 6000);
}

// Replaces a node's children only when `key` differs from that of the last time: what is the same stays as it is, and
// the keyboard stays on the same control, or on the one in its place.
/**
 * @param {HTMLElement} node
 * @param {string | number} key
 * @param {() => Child} build
 */
export function once(node, key, build) {
  if (node.drawn === key) return;
  node.drawn = key;
  const before = controls(node);
  const place = before.findIndex((control) => control === document.activeElement);
  const name = before[place]?.dataset.name;
  node.replaceChildren(...shownOf(build()));
  if (place < 0) return;
  const fresh = controls(node);
  (fresh.find((control) => name && control.dataset.name === name) ?? fresh[Math.min(place, fresh.length - 1)])?.focus();
}

// What the keyboard can be on.
/**
 * @param {HTMLElement} node
 * @returns {(HTMLButtonElement | HTMLInputElement)[]}
 */
export const controls = (node) => [...node.querySelectorAll(/** @type {"button"} */ ("button:not(:disabled), input:not([type=hidden])"))];

// Keeps a list's items in the order of `things`, drawing anew only those whose key changed; `known` is its memory.
/**
 * @template Thing
 * @template Name
 * @param {HTMLElement} box
 * @param {Map<Name, { key: string, node: HTMLElement }>} known
 * @param {Thing[]} things
 * @param {{ id: (thing: Thing) => Name, key: (thing: Thing) => string, build: (thing: Thing) => HTMLElement }} how
 */
export function keyed(box, known, things, { id, key, build }) {
  const wanted = new Set();
  let place = box.firstElementChild;
  for (const thing of things) {
    const name = id(thing);
    wanted.add(name);
    const now = key(thing);
    let item = known.get(name);
    if (item?.key !== now) {
      const fresh = { key: now, node: el("li", {}, build(thing)) };
      const focused = item?.node.contains(document.activeElement);
      if (item && place === item.node) place = fresh.node;
      item?.node.replaceWith(fresh.node);
      known.set(name, fresh);
      item = fresh;
      if (focused) /** @type {HTMLElement} */ (item.node.firstChild).focus();
    }
    if (item.node !== place) box.insertBefore(item.node, place); else place = place.nextElementSibling;
  }
  for (const [name, item] of known) {
    if (!wanted.has(name)) { item.node.remove(); known.delete(name); }
  }
}
