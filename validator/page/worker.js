/**
 * The sealed worker: runs Python, and sends and receives for it. It never sees the secret.
 *
 * Rules of this room: every socket, message and request is announced to the page's ledger before it
 * is sent. Sending never rejects: whatever happens becomes a reply that Python reads. The two names
 * in the imports are replaced by the checked files' own blob addresses when the page starts it.
 */

// @ts-expect-error: see above
import createPyodideModule from "pyodide.asm.mjs";
// @ts-expect-error: see above
import { loadPyodide } from "pyodide.mjs";

const HOST = "api.hitbtc.com";
const DEADLINE = 12_000; // a check ends within 15 s of the press; Python and the page need the rest
const LONGEST = 1 << 20; // characters of one answer, as in answers.py
const MOST_MESSAGES = 500; // from one socket in one check: more is a flood
const PERIOD = 1300; // a second as HitBTC counts it, and what the way may delay
const MESSAGES = 5; // in it: HitBTC allows 10 on each socket path, and two tabs may be checking
const CALLS = 2; // in it: HitBTC allows 10 for the wallet, and a browser doubles each by its OPTIONS

/** @typedef {Record<string, any>} Data */

/** @type {(data: Data) => Data} */
let python;

/** @type {Check | null} */
let current = null;

/** @param {Data} message */
const say = (message) => postMessage(message);

self.addEventListener("message", async (event) => {
  const data = event.data;
  if (data.wasm) return start(data);
  try {
    await ACTS[data.do]?.(data);
  } catch (error) {
    say({ say: "broken", words: String(error) });
  }
});
self.addEventListener("unhandledrejection", ({ reason }) => {
  say({ say: "broken", words: String(reason) });
});

/** @type {Record<string, (data: Data) => unknown>} */
const ACTS = {
  check: (data) => {
    newest = "";
    current = new Check(data.check);
    current.begin(data);
  },
  cancel: () => current?.stop("cancelled"),
  signature: ({ id, signature }) => signed(id, signature),
  rehearse: ({ name }) => {
    newest = "";
    say({ say: "rehearsed", ...python({ do: "rehearse", name, now: Date.now() }) });
  },
  advise: ({ key, secret }) => say({ say: "advice", ...python({ do: "advise", key, secret }) }),
  command: makeCommand,
  paste: ({ text }) => say({ say: "read", ...python({ do: "paste", text, now: Date.now() }) }),
  look: ({ on }) => say({ say: "looked", ...python({ do: "look", on }) }),
  markdown: () => say({ say: "markdown", ...python({ do: "markdown" }) }),
};

/**
 * One check's sockets and requests.
 */
class Check {
  /** @type {Map<string, {socket: WebSocket, opened: boolean, heard: number, queue: (() => void)[]}>} */
  sockets = new Map();
  rows = new Map();
  over = false;
  abort = new AbortController();
  begun = performance.now();
  deadline = 0;

  /** @param {number} number the page's own, by which it knows what this check reports */
  constructor(number) {
    this.number = number;
  }

  /** @param {Data} data */
  begin(data) {
    this.deadline = setTimeout(() => this.stop("silent"), DEADLINE);
    const { api_key, withdraw } = data;
    const fresh_id = crypto.randomUUID();
    this.take(python({ do: "begin", api_key, withdraw, fresh_id, now: Date.now() }));
  }

  /** Send what Python asks for next, or end. @param {Data} step */
  take(step) {
    for (const { number, words } of step.told) this.answered(number, words);
    say({ say: "progress", progress: step.progress });
    for (const request of step.requests) this.send(request).catch(() => this.unsent(request));
    if (step.ended) this.end(step.report);
  }

  /** @param {Data} reply */
  feed(reply) {
    if (this.over) return;
    const full = { at: Date.now(), online: navigator.onLine, ...reply };
    this.take(python({ do: "feed", reply: full }));
  }

  /** What throws on the way to the exchange is ours. @param {Data} request */
  unsent({ channel, number }) {
    this.feed({ channel, number, event: "unsent" });
  }

  /** @param {"silent" | "cancelled"} event */
  stop(event) {
    if (this.over) return;
    this.take(python({ do: "stop", event, now: Date.now(), online: navigator.onLine }));
  }

  /** @param {Data} report */
  end(report) {
    this.over = true;
    clearTimeout(this.deadline);
    this.abort.abort();
    for (const { socket } of this.sockets.values()) socket.close();
    say({ say: "report", check: this.number, report });
    setTimeout(() => say({ say: "noted", check: this.number, names: noted(this.begun) }), 200);
  }

  /** @param {Data} request */
  async send(request) {
    if (request.wait) await pause(request.wait);
    if (this.over) return;
    if (request.channel === "rest") return this.ask(request);
    const opened = this.open(request.channel, request.path);
    if (!request.method) return;
    const frame = request.frame ?? (await this.compose(request)).frame;
    await opened;
    await this.turn(request.channel, MESSAGES);
    const line = this.sockets.get(request.channel);
    if (this.over || line?.socket.readyState !== WebSocket.OPEN) return;
    this.row(request, new TextEncoder().encode(frame).length, "sent");
    line.socket.send(frame);
  }

  /** @param {Data} request */
  async compose(request) {
    const signature = await signatureOf(request.message);
    return python({ do: "compose", number: request.number, signature });
  }

  /** @param {string} channel @param {string} path @returns {Promise<void>} */
  open(channel, path) {
    const known = this.sockets.get(channel);
    if (known?.opened) return Promise.resolve();
    return new Promise((resolve) => {
      if (known) known.queue.push(resolve);
      else this.connect(channel, path, resolve);
    });
  }

  /** @param {string} channel @param {string} path @param {() => void} resolve */
  connect(channel, path, resolve) {
    const id = `${rowIds++}`;
    const socket = new WebSocket(`wss://${HOST}${path}`);
    const line = { socket, opened: false, heard: 0, queue: [resolve] };
    this.sockets.set(channel, line);
    ledger({ id, kind: "connection", host: HOST, what: `open ${path}`, answer: "…" });
    socket.addEventListener("open", () => {
      line.opened = true;
      ledger({ id, answer: "opened" });
      for (const waiting of line.queue) waiting();
      this.feed({ channel, event: "opened" });
    });
    socket.addEventListener("close", () => {
      const event = line.opened ? "closed" : "failed";
      ledger({ id, answer: this.over ? "closed by this page" : event });
      this.feed({ channel, event });
    });
    socket.addEventListener("message", ({ data }) => this.heard(channel, line, data));
  }

  /** @param {string} channel @param {{socket: WebSocket, heard: number}} line @param {unknown} data */
  heard(channel, line, data) {
    line.heard += 1;
    if (typeof data !== "string" || data.length > LONGEST || line.heard > MOST_MESSAGES) {
      this.feed({ channel, event: "too-long" });
      line.socket.close();
    } else {
      this.feed({ channel, event: "answered", text: data });
    }
  }

  /** @param {Data} request */
  async ask(request) {
    const { authorization } = await this.compose(request);
    await this.turn("rest", CALLS);
    if (this.over) return;
    this.row(request, authorization.length, "request");
    const { number, channel } = request;
    const reply = await fetchText(request, authorization, this.abort.signal);
    this.feed({ channel, number, ...reply });
  }

  /** Wait until one more of `most` in a PERIOD may be sent on a path. @param {string} path @param {number} most */
  async turn(path, most) {
    while (!this.over) {
      const now = performance.now();
      const recent = (sent.get(path) ?? []).filter((time) => time > now - PERIOD);
      if (recent.length < most) {
        sent.set(path, [...recent, now]);
        return;
      }
      await pause(recent[0] + PERIOD - now);
    }
  }

  /** @param {Data} request @param {number} bytes @param {string} kind */
  row(request, bytes, kind) {
    const id = `${rowIds++}`;
    this.rows.set(request.number, id);
    const what = request.channel === "rest" ? `${request.method} ${request.path}` : request.method;
    const url = request.channel === "rest" ? `https://${HOST}${request.path}` : undefined;
    ledger({ id, kind, host: HOST, what, url, about: request.about, bytes, answer: "…" });
  }

  /** @param {number} number @param {string} words */
  answered(number, words) {
    const id = this.rows.get(number);
    if (id) ledger({ id, answer: words });
  }
}

let rowIds = 1;

/** @param {Data} row */
const ledger = (row) => say({ say: "ledger", row: { at: Date.now(), ...row } });

/** @param {Data} request @param {string} authorization @param {AbortSignal} signal @returns {Promise<Data>} */
async function fetchText(request, authorization, signal) {
  try {
    const response = await fetch(`https://${HOST}${request.path}`, {
      method: request.method,
      headers: { Authorization: authorization },
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      referrerPolicy: "no-referrer",
      signal,
    });
    const text = await limitedText(response);
    if (text === null) return { event: "too-long" };
    return { event: "answered", status: response.status, text };
  } catch {
    return { event: "failed" };
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

/** @param {number} milliseconds @returns {Promise<void>} */
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** When something was last sent on each path; no new check and no wrong clock forgets it.
 * @type {Map<string, number[]>} */
const sent = new Map();

/** @type {Map<number, (signature: string) => void>} */
const waiting = new Map();
let signatureIds = 1;

/** Ask the page's vault for a signature. @param {string} message @returns {Promise<string>} */
function signatureOf(message) {
  return new Promise((resolve) => {
    waiting.set(signatureIds, resolve);
    say({ say: "sign", id: signatureIds++, message });
  });
}

/** @param {number} id @param {string} signature */
function signed(id, signature) {
  waiting.get(id)?.(signature);
  waiting.delete(id);
}

let newest = ""; // the id in the command that is waited for; a check or a rehearsal ends the wait

async function makeCommand() {
  const fresh_id = crypto.randomUUID();
  newest = fresh_id;
  const { message } = python({ do: "prepare", now: Date.now(), fresh_id });
  const signature = await signatureOf(message);
  if (newest === fresh_id) say({ say: "command", ...python({ do: "command", signature }) });
}

/** What the browser itself noted of this worker's requests; unlike its list, an observer is never full.
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

/**
 * Start Python, while the browser refuses the canaries, and tell the page. Our own modules load in the
 * moment after, while the reader turns to the field; a press meanwhile waits for them.
 * @param {Data} data
 */
async function start({ wasm, stdlib, wheel, lock, canaries }) {
  const refusals = Promise.all(canaries.map(forbidden));
  try {
    const pyodide = await startPython(wasm, stdlib, lock);
    const refused = await Promise.race([refusals, pause(500)]);
    say({ say: "started", refused: refused?.every(Boolean) ?? false });
    // From here on without a pause: a press that comes now is read when all of this is done.
    pyodide.FS.writeFile("/wheel.zip", new Uint8Array(wheel));
    pyodide.runPython("import sys; sys.path.append('/wheel.zip')");
    const handle = pyodide.pyimport("hitbtc_keycheck.bridge").handle;
    python = (request) => JSON.parse(handle(JSON.stringify(request)));
  } catch (error) {
    say({ say: "failed", words: String(error) });
  }
}

/**
 * Hand Pyodide the files that the page fetched and checked.
 * @param {WebAssembly.Module} wasm
 * @param {ArrayBuffer} stdlib
 * @param {import("pyodide").Lockfile} lock in place of the lock file that Pyodide would fetch
 */
async function startPython(wasm, stdlib, lock) {
  const { fetch, WebAssembly } = self;
  const { instantiateStreaming } = WebAssembly;
  self.fetch = async () => new Response(stdlib);
  WebAssembly.instantiateStreaming = async (_, imports = {}) => {
    const instance = await WebAssembly.instantiate(wasm, imports);
    return { instance, module: wasm };
  };
  try {
    return await loadPyodide({
      indexURL: "https://sealed.invalid/",
      packageBaseUrl: "https://sealed.invalid/",
      createPyodideModule,
      lockFileContents: lock,
    });
  } finally {
    self.fetch = fetch;
    WebAssembly.instantiateStreaming = instantiateStreaming;
  }
}

/**
 * Try an address that the seal must refuse, and say whether it was refused; never, where nobody says
 * so. Chromium and Firefox tell a worker what they refused it; WebKit tells nobody, but a socket
 * throws there for no other reason than a refusal.
 * @param {string} canary
 * @returns {Promise<boolean>}
 */
async function forbidden(canary) {
  const told = new Promise((resolve) => {
    self.addEventListener("securitypolicyviolation", ({ blockedURI, disposition }) => {
      if (blockedURI === canary && disposition === "enforce") resolve(true);
    });
  });
  const threw = throws(() => new WebSocket(canary.replace(/^http/, "ws")).close());
  try {
    await fetch(canary, { mode: "no-cors" });
    return false;
  } catch {
    return threw || told;
  }
}

/** @param {() => void} act */
function throws(act) {
  try {
    act();
    return false;
  } catch {
    return true;
  }
}
