/**
 * The transport: the only part of the page that can reach anybody, and that is HitBTC's API alone.
 *
 * Rules of this room:
 * - It sends what stands in LIST, and nothing else: it makes each message and header here, from fields
 *   that it checks, never from a text that somebody else made. It has no secret; it is given signatures.
 * - Every connection, message and request is in the page's ledger before it is sent.
 * - Each request at most twice in a check, and no more on one path than HitBTC's limits allow.
 * - After DEADLINE nothing more is sent. What comes back is cut at LONGEST, and the API key is blotted
 *   out of it. Whatever happens becomes a reply; nothing rejected goes unheard.
 * - It imports nothing, so that it can be read alone.
 */

/** @import {Answer, Channel, Event, FromTransport, Listed, Reply, Sending, Signed, ToTransport} from "./messages.d.ts" */

const HOST = "api.hitbtc.com";

/** @type {Record<string, string>} */
const SOCKETS = {
  trading: "/api/3/ws/trading",
  wallet: "/api/3/ws/wallet",
  public: "/api/3/ws/public",
};

/** @typedef {{channel: Channel, method: string, path?: string}} InList */
/** @type {Record<Listed, InList>} */
const LIST = {
  "login-trading": { channel: "trading", method: "login" },
  "login-wallet": { channel: "wallet", method: "login" },
  "spot-balances": { channel: "trading", method: "spot_balances" },
  "spot-fees": { channel: "trading", method: "spot_fees" },
  "wallet-balances": { channel: "wallet", method: "wallet_balances" },
  rollback: { channel: "rest", method: "DELETE", path: "/api/3/wallet/crypto/withdraw/" },
  reach: { channel: "public", method: "" },
};

const DEADLINE = 12_000; // a check ends within 15 s of the press; Python and the page need the rest
const LONGEST = 1 << 20; // characters of one answer, as in answers.py
const MOST_MESSAGES = 500; // from one socket in one check: more is a flood
const RATE_WINDOW = 1300; // a second as HitBTC counts it, and what the way may delay
const MESSAGES = 5; // in it: HitBTC allows 10 on each socket path, and two tabs may be checking
const CALLS = 2; // in it: HitBTC allows 10 for the wallet, and a browser doubles each by its OPTIONS
const LONGEST_KEY = 10_000;
const SHORTEST_KEY = 6; // what is shorter is in many answers by chance
const MOST_WAIT = 5000;
const REFUSAL_MS = 5000; // for what the browser refuses at once

/** When something was last sent on each path; no new check and no wrong clock forgets it.
 * @type {Map<string, number[]>} */
const sent = new Map();

/** @type {Check | null} */
let current = null;
let rows = 0;

/** @param {FromTransport} message */
const say = (message) => self.postMessage(message);

self.addEventListener("message", (/** @type {MessageEvent<ToTransport>} */ { data }) => {
  if (data.do === "prove") prove(data.canaries);
  else if (data.do === "open") open(data.check, data.key, data.within);
  else if (!current || data.check !== current.number) return;
  else if (data.do === "send") current.send(data);
  else if (data.do === "close") current.end();
});
self.addEventListener("unhandledrejection", ({ reason }) => {
  say({ say: "broken", words: String(reason) });
});

/** @param {unknown} probe @returns {probe is Listed} */
const isListed = (probe) => typeof probe === "string" && Object.hasOwn(LIST, probe);

/** @param {number} number @param {string} key @param {number} within milliseconds that it may take */
function open(number, key, within = DEADLINE) {
  current?.end();
  current = new Check(number, key, Math.min(within, DEADLINE));
}

/** One check's sockets and requests. */
class Check {
  /** @type {Map<Channel, {socket: WebSocket, opened: boolean, heard: number, queue: (() => void)[]}>} */
  sockets = new Map();
  /** The ledger's row of each request, and of each connection that is open. @type {Map<number | Channel, string>} */
  rows = new Map();
  /** @type {Map<number, string>} */
  probes = new Map();
  abort = new AbortController();
  begun = performance.now();
  over = false;

  /** @param {number} number the page's own, by which it knows what this check reports @param {string} key @param {number} within */
  constructor(number, key, within) {
    this.number = number;
    this.key = key;
    this.deadline = setTimeout(() => this.silent(), within);
  }

  silent() {
    this.over = true;
    say({ say: "silent", check: this.number });
  }

  end() {
    current = null;
    this.over = true;
    clearTimeout(this.deadline);
    this.abort.abort();
    for (const channel of this.sockets.keys()) this.answered(channel, { what: "closed-here" });
    for (const { socket } of this.sockets.values()) socket.close();
    for (const row of this.rows.keys()) this.answered(row, { what: "no-answer" });
    const check = this.number;
    setTimeout(() => say({ say: "noted", check, names: noted(this.begun) }), 200);
  }

  /** @param {Channel} channel @param {Event} event @param {Partial<Reply>} [more] */
  reply(channel, event, more = {}) {
    if (current !== this) return;
    const [at, online] = [Date.now(), navigator.onLine];
    say({ say: "reply", check: this.number, reply: { channel, event, at, online, ...more } });
  }

  /** What throws on the way to the exchange is ours. @param {Sending} request */
  send(request) {
    const { number, probe } = request;
    this.sendListed(request).catch(() => {
      const channel = isListed(probe) ? LIST[probe].channel : "rest";
      this.reply(channel, "unsent", { number });
    });
  }

  /** @param {Sending} request */
  async sendListed({ number, probe, wait, signed }) {
    const listed = this.allowed(number, probe);
    if (wait) await pause(Math.min(wait, MOST_WAIT));
    if (this.over) return;
    if (listed.channel === "rest") return this.ask(number, listed, signed);
    const opened = this.opened(listed.channel);
    if (!listed.method) return;
    const text = frame(
      number,
      listed.method,
      listed.method === "login" ? login(this.key, signed) : {},
    );
    await opened;
    await this.turn(listed.channel, MESSAGES);
    const socket = this.sockets.get(listed.channel)?.socket;
    if (this.over || socket?.readyState !== WebSocket.OPEN) return;
    this.row(number, "sent", listed.method, listed.name, byteLength(text));
    socket.send(text);
  }

  /** What is asked for, if it is listed and was not asked too often. @param {number} number @param {string} probe */
  allowed(number, probe) {
    const before = [...this.probes.values()].filter((one) => one === probe).length;
    const fresh = Number.isInteger(number) && number > 0 && !this.probes.has(number);
    if (!isListed(probe) || before > 1 || !fresh) throw new Error("not listed");
    this.probes.set(number, probe);
    return { name: probe, ...LIST[probe] };
  }

  /** @param {Channel} channel @returns {Promise<void>} */
  opened(channel) {
    const known = this.sockets.get(channel);
    if (known?.opened) return Promise.resolve();
    return new Promise((resolve) => {
      if (known) known.queue.push(resolve);
      else this.connect(channel, resolve);
    });
  }

  /** @param {Channel} channel @param {() => void} resolve */
  connect(channel, resolve) {
    const path = SOCKETS[channel];
    this.row(channel, "connection", `open ${path}`, channel === "public" ? "reach" : "", 0);
    const socket = new WebSocket(`wss://${HOST}${path}`);
    const line = { socket, opened: false, heard: 0, queue: [resolve] };
    this.sockets.set(channel, line);
    socket.addEventListener("open", () => {
      line.opened = true;
      this.told(channel, { what: "opened" });
      for (const waiting of line.queue) waiting();
      this.reply(channel, "opened");
    });
    socket.addEventListener("close", () => {
      const event = line.opened ? "closed" : "failed";
      this.answered(channel, { what: event });
      this.reply(channel, event);
    });
    socket.addEventListener("message", (/** @type {MessageEvent<unknown>} */ { data }) =>
      this.heard(channel, line, data),
    );
  }

  /** @param {Channel} channel @param {{socket: WebSocket, heard: number}} line @param {unknown} data */
  heard(channel, line, data) {
    line.heard += 1;
    if (typeof data !== "string" || data.length > LONGEST || line.heard > MOST_MESSAGES) {
      this.reply(channel, "too-long");
      line.socket.close();
      return;
    }
    const number = idOf(data);
    if (number !== null) this.answered(number, { what: "answered", bytes: byteLength(data) });
    this.reply(channel, "answered", { text: blotted(data, this.key) });
  }

  /** @param {number} number @param {InList & {name: Listed}} listed @param {Signed | null} signed */
  async ask(number, { name, method, path = "" }, signed) {
    const { id, authorization } = rollback(this.key, signed);
    await this.turn("rest", CALLS);
    if (this.over) return;
    const url = `https://${HOST}${path}${id}`;
    const bytes = byteLength(authorization);
    this.row(number, "request", `${method} ${path}${id}`, name, bytes, url);
    const { status, text } = await fetched(url, method, authorization, this.abort.signal);
    if (text === undefined) {
      this.answered(number, { what: "failed" });
      this.reply("rest", "failed", { number });
    } else if (text === null) {
      this.answered(number, { what: "too-long", status });
      this.reply("rest", "too-long", { number });
    } else {
      this.answered(number, { what: "answered", status, bytes: byteLength(text) });
      const repeated = text.replaceAll(authorization.slice("HS256 ".length), "(the authorization)");
      this.reply("rest", "answered", { number, status, text: blotted(repeated, this.key) });
    }
  }

  /** Wait until one more of `most` may be sent on a path. @param {string} path @param {number} most */
  async turn(path, most) {
    while (!this.over) {
      const now = performance.now();
      const recent = (sent.get(path) ?? []).filter((time) => time > now - RATE_WINDOW);
      if (recent.length < most) {
        sent.set(path, [...recent, now]);
        return;
      }
      await pause(recent[0] + RATE_WINDOW - now);
    }
  }

  /**
   * Write into the ledger what is sent next.
   * @param {number | Channel} of @param {"connection" | "sent" | "request"} kind @param {string} what
   * @param {Listed | ""} about @param {number} bytes @param {string} [url]
   */
  row(of, kind, what, about, bytes, url) {
    rows += 1;
    const id = String(rows);
    this.rows.set(of, id);
    say({ say: "row", row: { id, kind, at: Date.now(), host: HOST, what, about, bytes, url } });
  }

  /** @param {number | Channel} of @param {Answer} answer */
  told(of, answer) {
    const id = this.rows.get(of);
    if (id) say({ say: "answer", id, ...answer });
  }

  /** The last that is told of a row. @param {number | Channel} of @param {Answer} answer */
  answered(of, answer) {
    this.told(of, answer);
    this.rows.delete(of);
  }
}

// --- What is sent, from checked fields ---

/** @param {number} id @param {string} method @param {object} params */
const frame = (id, method, params) => JSON.stringify({ method, params, id });

/** @param {string} key @param {Signed | null} signed */
function login(key, signed) {
  const { timestamp, window, signature } = checked(key, signed);
  return { type: "HS256", api_key: key, timestamp, window, signature };
}

/** @param {string} key @param {Signed | null} signed */
function rollback(key, signed) {
  const { id = "", timestamp, window, signature } = checked(key, signed);
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  if (!uuid.test(id)) throw new Error("no id of a withdrawal");
  const bytes = new TextEncoder().encode(`${key}:${signature}:${timestamp}:${window}`);
  return { id, authorization: `HS256 ${btoa(String.fromCharCode(...bytes))}` };
}

/** @param {string} key @param {Signed | null} signed @returns {Signed} */
function checked(key, signed) {
  if (!key || key.length > LONGEST_KEY) throw new Error("no API key");
  if (!/^[0-9a-f]{64}$/.test(signed?.signature ?? "")) throw new Error("no signature");
  if (!/^[0-9]{13}$/.test(`${signed?.timestamp}`) || signed?.window !== 60_000) {
    throw new Error("no time of a signature");
  }
  return signed;
}

// --- What comes back ---

/**
 * The answer to a request; text is null where it is longer than any real one, undefined without one.
 * @param {string} url @param {string} method @param {string} authorization @param {AbortSignal} signal
 * @returns {Promise<{status: number, text?: string | null}>}
 */
async function fetched(url, method, authorization, signal) {
  const headers = new Headers({ Authorization: authorization });
  try {
    const response = await fetch(url, {
      method,
      headers,
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      referrerPolicy: "no-referrer",
      signal,
    });
    return { status: response.status, text: await limitedText(response) };
  } catch {
    return { status: 0 };
  }
}

/** The body, or null where it is longer than any real answer. @param {Response} response */
async function limitedText(response) {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    text += value;
    if (text.length > LONGEST) {
      reader.cancel();
      return null;
    }
  }
  return text;
}

/** A text without the API key, however JSON may write it. @param {string} text @param {string} key */
function blotted(text, key) {
  if (key.length < SHORTEST_KEY) return text;
  const units = Array.from({ length: key.length }, (_, at) => {
    const hex = key.charCodeAt(at).toString(16).padStart(4, "0");
    return `(?:\\\\u${hex}|\\\\?\\u${hex})`;
  });
  return text.replace(new RegExp(units.join(""), "gi"), "(the API key)");
}

/** The number of the request that a socket's message answers, or null. @param {string} text */
function idOf(text) {
  try {
    const { id } = JSON.parse(text);
    return Number.isInteger(id) ? Number(id) : null;
  } catch {
    return null;
  }
}

/** @param {string} text */
const byteLength = (text) => new TextEncoder().encode(text).length;

/** @param {number} milliseconds @returns {Promise<void>} */
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// --- The proofs ---

/** What the browser itself noted of requests; unlike its list, an observer is never full.
 * @type {PerformanceEntry[]} */
const entries = [];
const observer = new PerformanceObserver((list) => entries.push(...list.getEntries()));
observer.observe({ type: "resource" });

/** Which addresses the browser noted since then. It notes an answer a moment after it is there.
 * @param {number} begun */
function noted(begun) {
  entries.push(...observer.takeRecords());
  const recent = entries.filter(({ startTime }) => startTime >= begun);
  return recent.map(({ name }) => name).filter((name) => name.startsWith("https:"));
}

let proving = false;

/** Once, and never with an address of the exchange. @param {string[]} canaries that it must be refused */
async function prove(canaries) {
  if (proving || canaries.some((one) => one.includes(HOST))) return;
  proving = true;
  const refused = await Promise.race([Promise.all(canaries.map(forbidden)), pause(REFUSAL_MS)]);
  say({ say: "proved", refused: refused?.every(Boolean) ?? false });
}

/**
 * Whether an address was refused; never, where nobody says so. Chromium and Firefox tell a worker what
 * they refused it; WebKit tells nobody, but a socket throws there for no other reason than a refusal.
 * @param {string} canary
 * @returns {Promise<boolean>}
 */
async function forbidden(canary) {
  const told = new Promise((resolve) => {
    self.addEventListener("securitypolicyviolation", ({ blockedURI, disposition }) => {
      if (blockedURI === canary && disposition === "enforce") resolve(true);
    });
  });
  let threw = false;
  try {
    new WebSocket(canary.replace(/^http/, "ws")).close();
  } catch {
    threw = true;
  }
  try {
    await fetch(canary, { mode: "no-cors" });
    return false;
  } catch {
    return threw || told;
  }
}
