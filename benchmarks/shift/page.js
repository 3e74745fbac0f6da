// Runs in the page before its own scripts: the shift's clock, what changes, and the two functions that the shift calls.
(() => {
  const shift = { aheadMs: Number(localStorage.getItem("aheadMs") ?? 0), changes: 0, skipping: false };
  window.__shift = shift;
  const RealDate = Date;
  const now = RealDate.now.bind(RealDate);
  window.Date = class extends RealDate {
    constructor(...given) { super(...(given.length ? given : [now() + shift.aheadMs])); }
    static now() { return now() + shift.aheadMs; }
  };
  const real = performance.now.bind(performance);
  performance.now = () => real() + shift.aheadMs;
  const frame = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (draw) => frame((at) => draw(at + shift.aheadMs));
  // a comparison of the clocks that a jump falls into compares nothing
  const hears = Object.getOwnPropertyDescriptor(WebSocket.prototype, "onmessage");
  Object.defineProperty(WebSocket.prototype, "onmessage", {
    ...hears,
    set(hear) { hears.set.call(this, (event) => { if (!(shift.skipping && event.data.includes('"t": "sync"'))) hear(event); }); },
  });
  addEventListener("DOMContentLoaded", () => {
    new MutationObserver(() => { shift.changes += 1; }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
  });

  shift.set = async (aheadMs, skipping) => {
    const step = aheadMs - shift.aheadMs;
    const { store, changed } = await import("/js/store.js");
    shift.aheadMs = aheadMs;
    shift.skipping = skipping;
    localStorage.setItem("aheadMs", String(aheadMs));
    store.heardAt += step; // the page has not slept
    changed();
  };

  const all = (root, selector) => [...root.querySelectorAll(selector)];
  const words = (node) => (node ? node.innerText.replace(/\s+/g, " ").trim() : null);
  const at = (root, selector) => (root ? words(root.querySelector(selector)) : null);
  const shown = (node) => Boolean(node && !node.hidden && node.getClientRects().length);
  const source = (root, selector) => root?.querySelector(selector)?.getAttribute("src")?.replace(/\?.*/, "").replace("/picture/", "") ?? "";

  const driver = (node) => {
    const body = node.querySelector("main");
    return {
      alert: body.dataset.alert ? Number(body.dataset.alert) : null, state: body.dataset.state ?? "", vrm: at(body, ".driver-vrm"),
      short: at(body, ".driver-short"), way: at(body, ".driver-way"), tags: all(body, ".tag").map(words),
      label: at(body, ".driver-label span"), text: words(body), foot: words(node.querySelector("footer")),
      waiting: at(node, ".driver-waiting"), trouble: at(node, ".driver-trouble"), idle: body.className,
    };
  };
  const card = (node) => ({
    alert: Number(node.dataset.alert), vrm: at(node, ".vrm"), when: at(node, ".when"), about: at(node, ".about"), classes: [...node.classList],
    current: node.getAttribute("aria-current") === "true", picture: source(node, "img"), text: words(node),
  });
  const rowOf = (node, name) => {
    const row = all(node, "table.cells tr").find((one) => words(one.querySelector("th")) === name);
    return row ? all(row, "td").map((cell) => (words(cell) === "hidden" ? "_" : words(cell) ?? "")) : null;
  };
  const panel = (node, cards) => ({
    alert: cards.find((one) => one.current)?.alert ?? null, label: at(node, "h2"), tags: all(node, ".tag").map(words), chance: at(node, ".chance b"),
    words: at(node, ".chance span"), seen: Boolean(node.querySelector(".seen-by")), decided: at(node, ".decided span"),
    plate: source(node, "img.plate"), overview: source(node, "img.overview"), read: rowOf(node, "Read"), listed: rowOf(node, "List"),
    legend: at(node, ".legend"), steps: all(node, ".steps li").map(words), from: at(node, ".from"),
    facts: Object.fromEntries(all(node, "dl dt").map((name) => [words(name), words(name.nextElementSibling)])),
  });
  shift.read = () => {
    const full = document.querySelector(".full");
    const drive = document.querySelector(".driver");
    const cards = full ? all(full, ".card").map(card) : [];
    const side = full?.querySelector("article.alert");
    const strip = full?.querySelector("ul.strip");
    const trouble = full?.querySelector(".trouble");
    const lost = document.getElementById("lost");
    return {
      at_ms: Date.now(), changes: shift.changes, view: document.body.dataset.view ?? "", lost: shown(lost) ? words(lost) : null,
      driver: drive ? driver(drive) : null, cards, panel: side ? panel(side, cards) : null,
      marks: all(document, ".driver-marks .mark, .marks .mark").map((mark) => ({
        name: mark.getAttribute("aria-label") ?? words(mark.querySelector(".what")), level: mark.dataset.level, say: at(mark, ".say"),
      })),
      trouble: shown(trouble) ? { level: trouble.dataset.level, text: words(trouble) } : null,
      count: full ? at(full, ".queue h2 small") : null, rest: full ? at(full, ".rest") : null, rail: full ? at(full, ".rail .count") : null,
      clock: full ? full.querySelector(".now")?.firstChild?.textContent ?? null : null,
      strip: strip ? all(strip, "li button").map((node) => ({ vrm: at(node, ".vrm"), when: at(node, ".when"), picture: source(node, "img") })) : [],
      history: full ? all(full, ".room .rows > *").map((node) => ({ vrm: at(node, ".vrm"), text: words(node) })) : [],
    };
  };
  shift.picture = async (id) => {
    const answer = await fetch(`/picture/${encodeURIComponent(id)}`, { credentials: "same-origin" });
    return answer.ok ? btoa(String.fromCharCode(...new Uint8Array(await answer.arrayBuffer()))) : "";
  };
})();
