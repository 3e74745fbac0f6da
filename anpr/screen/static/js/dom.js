// Builds the page from text and elements only: no markup from data ever reaches a parser.

export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "class") node.className = value;
    else if (key === "text") node.textContent = value;
    else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "data") Object.assign(node.dataset, value);
    else if (key === "value") node.value = value;
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

// A sign drawn in the text's colour; `label` makes it speak to those who cannot see it.
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

function setSign(node, name) {
  // every symbol is a variable of symbols.css, so that an alert never waits for its sign
  node.style.setProperty("--sign", `var(--symbol-${name.replace(/[^a-zA-Z0-9_-]/g, "")}, var(--symbol-marker))`);
}

// A shape in the list's colour with a sign on it: colour, shape and sign each tell lists apart.
export function plaque(symbol, colours, label = symbol.label) {
  const shape = el("span", { class: "shape" });
  const glyph = el("span", { class: "glyph" });
  setSign(shape, `shape-${symbol.shape}`);
  setSign(glyph, symbol.name);
  const node = el("span", { class: "plaque", data: { shape: symbol.shape }, role: "img", "aria-label": label }, shape, glyph);
  const theme = colours[document.documentElement.dataset.theme] ?? colours.day;
  node.style.setProperty("--surface", theme.surface);
  node.style.setProperty("--glyph", theme.sign);
  return node;
}

const MARKER_COLOURS = { day: { surface: "#101614", sign: "#ffd24a" }, night: { surface: "#4d2600", sign: "#e0a650" } };

export function markerPlaque(marker) {
  return plaque({ name: marker.symbol, shape: "diamond", label: marker.label }, MARKER_COLOURS);
}

export function button(text, onclick, props = {}) {
  return el("button", { type: "button", onclick, ...props }, text);
}

const SLOWEST_TRY_MS = 3000;

export function picture(id, alt, cls = "") {
  if (!id) return el("span", { class: `picture missing ${cls}`, text: alt && "No picture" });
  const image = el("img", { class: `picture ${cls}`, alt, decoding: "async" });
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

export const time = (iso) => (iso ? TIME.format(new Date(iso)) : "");
export const dateTime = (iso) => (iso ? DATE_TIME.format(new Date(iso)) : "");

export function age(seconds) {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86400)} days`;
}

export function say(text) {
  document.getElementById("said").textContent = text;
}

let toastTimer = 0;
export function toast(text, calm = false) {
  const node = document.getElementById("toast");
  node.textContent = text;
  node.classList.toggle("calm", calm);
  node.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { node.hidden = true; }, calm ? 2500 : 6000);
}

// Replaces a node's children only when `key` differs from that of the last time: what is the same stays as it is, and
// the keyboard stays on the same control, or on the one in its place.
export function once(node, key, build) {
  if (node.drawn === key) return;
  node.drawn = key;
  const at = node.contains(document.activeElement) ? document.activeElement : null;
  const place = at ? controls(node).indexOf(at) : -1;
  node.replaceChildren(...[build()].flat(Infinity).filter(Boolean));
  if (place < 0) return;
  const fresh = controls(node);
  (fresh.find((control) => at.dataset.name && control.dataset.name === at.dataset.name) ?? fresh[Math.min(place, fresh.length - 1)])?.focus();
}

const controls = (node) => [...node.querySelectorAll("button:not(:disabled), input")];

// Keeps a list's items in the order of `things`, drawing anew only those whose key changed; `known` is its memory.
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
      if (focused) item.node.firstChild.focus();
    }
    if (item.node !== place) box.insertBefore(item.node, place); else place = place.nextElementSibling;
  }
  for (const [name, item] of known) {
    if (!wanted.has(name)) { item.node.remove(); known.delete(name); }
  }
}
