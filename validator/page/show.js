/**
 * How a report and the ledger look. Plain data in, elements out; whatever the exchange said is put
 * in as text, never as markup.
 */

/** @typedef {Record<string, any>} Data */

/** @type {Record<string, string>} */
const STATES = {
  "as-required": "✓ As required",
  "not-as-required": "✗ Not as required",
  "could-not-tell": "? Could not tell",
  "cannot-be-seen": "– Cannot be seen from here",
};

/**
 * An element with attributes and children; a string child is text.
 * @param {string} tag @param {Data} [attributes] @param {(Node | string)[]} children
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** A list with an item for each of `items`. @param {string} tag @param {Data} attributes @param {(Node | string)[]} items */
const list = (tag, attributes, items) =>
  element(
    tag,
    attributes,
    ...items.map((item) => (item instanceof HTMLLIElement ? item : element("li", {}, item))),
  );

/**
 * The parts of a report: verdict, boxes, what cannot be seen.
 * @param {Data} report @param {URL} site links in a report are paths from there
 * @param {boolean} rehearsed
 */
export function resultOf(report, site, rehearsed) {
  return [verdictOf(report, site, rehearsed), rowsOf(report.rights), unseenOf(report, site)];
}

/** @param {Data} report @param {URL} site @param {boolean} rehearsed */
function verdictOf(report, site, rehearsed) {
  const { verdict, fault, sentence, whose_doing, notes, next_steps } = report;
  const made = element("div", {
    class: "kc-verdict",
    "data-verdict": verdict,
    "data-fault": fault,
  });
  if (rehearsed) made.append(element("p", { class: "kc-tag" }, "A rehearsal with a made-up key"));
  made.append(element("h2", { id: "verdict-title" }, sentence));
  const status = element("b", {}, report.bitsgap_status || "cannot be said yet");
  const facts = [
    "Bitsgap would most likely show: ",
    status,
    ". Whose doing: ",
    element("b", {}, whose_doing),
    ".",
  ];
  const kept = "Links open in a new tab: this one forgets the key when you leave it.";
  made.append(element("p", {}, ...facts), element("h3", {}, "What to do next"));
  made.append(
    list(
      "ol",
      {},
      next_steps.map((/** @type {Data} */ step) => linkOf(step, site)),
    ),
  );
  made.append(
    element("p", { class: "kc-small" }, kept),
    ...notes.map((/** @type {string} */ note) => element("p", { class: "kc-note" }, note)),
  );
  return made;
}

/** A new tab, because this one forgets the key when it is left. @param {Data} step @param {URL} site */
function linkOf({ text, link }, site) {
  const href = new URL(link, site).href;
  return link ? element("a", { href, target: "_blank", rel: "noopener" }, text) : text;
}

/** @param {Data} rights */
function rowsOf(rights) {
  const rows = Object.entries(rights).map(([right, row]) => {
    const state = row.confirmed_by_you ? "Confirmed by you" : STATES[row.state];
    const item = element("li", { "data-right": right, "data-state": row.state });
    item.append(element("b", {}, row.label), element("span", { class: "kc-state" }, state));
    const words = [`Wanted: ${row.wanted}. Found: ${row.found}.`, row.reason].join(" ").trim();
    item.append(element("span", { class: "kc-small" }, words));
    if (row.evidence.length) item.append(evidenceOf(row.evidence));
    return item;
  });
  return list("ul", { class: "kc-rows", "aria-label": "The boxes on HitBTC's form" }, rows);
}

/** @param {Data[]} evidence */
function evidenceOf(evidence) {
  const lines = evidence.map((one) => {
    const codes = [one.status, one.code].filter((code) => code !== null).join(" / ") || one.outcome;
    const said = one.said ? ` In HitBTC's words: “${one.said}”` : "";
    return element(
      "li",
      {},
      element("code", {}, one.asked),
      ` (${one.by}, ${one.at}): ${codes}. ${one.meaning}${said}`,
    );
  });
  return element(
    "details",
    {},
    element("summary", {}, "What was asked, and what came back"),
    list("ul", {}, lines),
  );
}

/** @param {Data} report @param {URL} site */
function unseenOf({ cannot_be_seen }, site) {
  const lines = cannot_be_seen.map((/** @type {Data} */ step) => linkOf(step, site));
  const summary = element("summary", {}, "What cannot be seen from here");
  return element("details", { class: "kc-more", open: "" }, summary, list("ul", {}, lines));
}

/**
 * Put a row into the ledger, or the answer into the row that is there. (A socket of the check before
 * may report its end after its row was cleared away.)
 * @param {HTMLElement} ledger @param {Data} row
 */
export function rowOf(ledger, row) {
  const id = row.rehearsed ? `rehearsed-${row.number}` : `row-${row.id}`;
  const known = document.getElementById(id)?.querySelector(".kc-answer");
  if (known) known.textContent = row.answer;
  else if (row.kind || row.rehearsed) ledger.append(rowElement(id, row));
}

/** @param {string} id @param {Data} row */
function rowElement(id, row) {
  const made = element("li", { id, "data-ledger-row": row.rehearsed ? "rehearsed" : row.kind });
  const what = row.what ?? [row.method || "open", row.path].join(" ");
  const host = row.rehearsed ? "rehearsed, sent nowhere" : row.host;
  const facts = [new Date(row.at).toLocaleTimeString(), host, ...bytesOf(row)].join(" · ");
  made.append(element("code", {}, what), element("span", { class: "kc-small" }, facts));
  if (row.about) made.append(element("span", { class: "kc-small" }, row.about));
  made.append(element("span", { class: "kc-answer" }, row.answer));
  if (row.url) made.dataset.url = row.url;
  return made;
}

/** What is counted of a row, in words; of an opening nothing is. @param {Data} row */
function bytesOf({ bytes, frame = "", kind }) {
  const counted = bytes ?? new TextEncoder().encode(frame).length;
  if (!counted) return [];
  return [kind === "request" ? `${counted} bytes in its Authorization header` : `${counted} bytes`];
}

/**
 * Hold the ledger against the browser's own list of requests; mark the rows that are in it too.
 * Browsers list no sockets there. Returns what to say of it.
 * @param {HTMLElement} ledger
 * @param {string[]} names what the worker requested in this check, as the browser noted it
 * @param {number} sealedAt when this page was sealed, on the page's own clock
 */
export function compare(ledger, names, sealedAt) {
  const noted = new Set(names);
  const rows = [...ledger.querySelectorAll("[data-url]")];
  for (const row of rows) {
    if (noted.delete(/** @type {HTMLElement} */ (row).dataset.url ?? "")) {
      row.append(element("span", { class: "kc-small" }, "✓ also in the browser's own list"));
    }
  }
  const own = performance
    .getEntriesByType("resource")
    .filter((entry) => entry.startTime > sealedAt);
  const more = [...noted, ...own.map((entry) => entry.name)];
  if (more.length) return `The browser's own list names more than this ledger: ${more.join(", ")}.`;
  return "The browser's own list of requests names nothing that is not above. It lists no sockets: see them in its developer tools.";
}
