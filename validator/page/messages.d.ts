/**
 * Everything that the page's parts say to one another; nothing else passes between them.
 *
 *     fetcher ─files─▶ page          page ─ToTransport─▶ transport ─FromTransport─▶ page
 *                                    page ─ToPython────▶ Python    ─FromPython────▶ page
 *                                    (by a port that the keeper handed over)
 *
 * No message holds the secret. The API key goes to the transport and to nobody else. Times are Unix
 * milliseconds. What Python answers comes as text, and is read by answers.js as by a stranger.
 */

// --- The fetcher ---

/** A file to be brought: from its address or, where it lies in the document, from there (gzip, base64). */
export interface Wanted {
  name: string;
  url?: string;
  packed?: string;
  integrity: string;
  bytes: number;
}

export interface ToFetcher {
  files: Wanted[];
  cache: RequestCache;
}

export type Failure = "missing" | "wrong";

/** How many bytes of all files have come; of each, what it holds or why there is nothing. */
export type FromFetcher =
  | { loaded: number }
  | { name: string; content: ArrayBuffer }
  | { name: string; failed: Failure };

// --- The transport ---

export type Channel = "trading" | "wallet" | "public" | "rest";

/** What became of a channel (no number), or of a request. */
export type Event =
  | "opened"
  | "answered"
  | "failed"
  | "closed"
  | "too-long"
  | "unsent";

export interface Reply {
  channel: Channel;
  event: Event;
  at: number;
  online: boolean;
  number?: number;
  status?: number;
  text?: string;
}

/** What the vault signed: a login, or with an id the rollback of a withdrawal that does not exist. */
export interface Signed {
  id?: string;
  timestamp: number;
  window: number;
  signature: string;
}

/** A request to send `wait` milliseconds from now; `probe` is a name of the transport's list. */
export interface Request {
  number: number;
  probe: string;
  wait: number;
}

export interface Sending extends Request {
  signed: Signed | null;
}

export type ToTransport =
  | { do: "prove"; canaries: string[] }
  | { do: "open"; check: number; key: string; within: number }
  | ({ do: "send"; check: number } & Sending)
  | { do: "close"; check: number };

/** The names of the transport's list. */
export type Listed =
  | "login-trading"
  | "login-wallet"
  | "spot-balances"
  | "spot-fees"
  | "wallet-balances"
  | "rollback"
  | "reach";

/** A row of the ledger, before something is sent; `about` is what it is for. */
export interface Row {
  id: string;
  kind: "connection" | "sent" | "request";
  at: number;
  host: string;
  what: string;
  about: Listed | "";
  bytes: number;
  url?: string;
}

/** What became of a row. */
export interface Answer {
  what:
    | "opened"
    | "answered"
    | "failed"
    | "closed"
    | "too-long"
    | "closed-here"
    | "no-answer";
  status?: number;
  bytes?: number;
}

export type FromTransport =
  | { say: "proved"; refused: boolean }
  | { say: "row"; row: Row }
  | ({ say: "answer"; id: string } & Answer)
  | { say: "reply"; check: number; reply: Reply }
  | { say: "silent"; check: number }
  | { say: "noted"; check: number; names: string[] }
  | { say: "broken"; words: string };

// --- Python ---

export interface PythonFiles {
  "python_stdlib.zip": ArrayBuffer;
  "hitbtc_keycheck.whl": ArrayBuffer;
}

/** What the keeper hands to Python: the code, with the port by which it talks to the page. */
export type KeeperToPython = WebAssembly.Module;

export type FromKeeper = "stopped";

/** Python's own script and code; with them comes the port by which Python and the page talk. The keeper
 * hands that port on, with the code compiled. */
export interface ToKeeper {
  script: string;
  type: WorkerType;
  wasm: ArrayBuffer;
}

/** `question` is the JSON of a Question; there is one answer for each id, or why there is none. */
export type ToPython =
  | { files: PythonFiles; lock: object; canaries: string[] }
  | { id: number; question: string };

export type FromPython =
  | { say: "ready"; refused: boolean }
  | { say: "failed"; words: string }
  | { id: number; answer: string }
  | { id: number; failed: string };

/** What may be known of a pasted text without the text (paste.js). */
export interface Shape {
  length: number;
  removed: number;
  stray: number;
  foreign: number;
  strange: string;
  place: number;
  label: "" | "key" | "secret";
  gap: boolean;
  values: number;
  doubled: boolean;
  sample: boolean;
  same: boolean;
}

/** Each may also name the `language` of the answer, as the file in hitbtc_keycheck/words is named; it is
 * English where none is named. */
export type Question = { language?: string } & Asked;

type Asked =
  | { do: "advise"; key: Shape; secret: Shape }
  | { do: "begin"; now: number; withdraw: boolean; key_ends_in: string }
  | { do: "feed"; reply: Reply }
  | { do: "stop"; event: "silent" | "cancelled"; now: number; online: boolean }
  | { do: "paste"; text: string; awaited: string; now: number }
  | { do: "look"; on: boolean }
  | { do: "markdown" }
  | { do: "rehearse"; name: string; now: number };

// --- What Python answers ---

/** The JSON of an answer, for each thing that a Question asks to do. */
export interface Answers {
  advise: { advice: Advice[] };
  begin: SaidStep;
  feed: SaidStep;
  stop: SaidStep;
  paste: { problem: Problem | null; report: SaidReport };
  look: { report: SaidReport };
  markdown: { markdown: string };
  rehearse: { seen: SaidRehearsed[]; report: SaidReport };
}

export type Verdict =
  | "connected"
  | "incorrect-permissions"
  | "withdrawal-enabled"
  | "invalid"
  | "undecided";
export type Fault = "none" | "paste" | "key" | "exchange" | "network" | "ours";
export type State =
  | "as-required"
  | "not-as-required"
  | "could-not-tell"
  | "cannot-be-seen";
export type Right =
  | "status"
  | "read"
  | "trade"
  | "payment"
  | "withdraw"
  | "ip-whitelist";

export interface Advice {
  field: string;
  text: string;
  stops: boolean;
}

export interface Problem {
  fault: Fault;
  text: string;
}

/** A sentence; `link` is a path on this site, or empty. */
export interface Line {
  text: string;
  link: string;
}

export interface SaidEvidence {
  asked: string;
  by: string;
  at: string;
  outcome: string;
  shows: string;
  status: number | null;
  code: number | null;
  said: string;
  meaning: string;
}

export interface SaidRow {
  state: State;
  label: string;
  wanted: string;
  found: string;
  reason: string;
  confirmed_by_you: boolean;
  evidence: SaidEvidence[];
}

/** The contract's JSON, and some words for people. */
export interface SaidReport {
  verdict: Verdict;
  fault: Fault;
  headline: string;
  sentence: string;
  bitsgap_status: string;
  rights: Record<Right, SaidRow>;
  /** What the key could do in the wrong hands, to stand under the settings; nothing where nothing is known. */
  wrong_hands: Line | null;
  next_steps: Line[];
  notes: string[];
  cannot_be_seen: Line[];
  key_ends_in: string;
  checked_at: string;
}

export interface SaidStep {
  requests: Request[];
  progress: number[];
  ended: boolean;
  report: SaidReport | null;
}

export interface SaidRehearsed {
  number: number;
  probe: string;
  channel: string;
  method: string;
  path: string;
  about: string;
  frame: string;
  answer: string;
}

// --- The same as answers.js reads it: what the page uses, and nothing else ---

export type Evidence = Omit<SaidEvidence, "shows">;
export type Rehearsed = Omit<SaidRehearsed, "probe" | "channel">;

export interface RightRow extends Omit<SaidRow, "evidence"> {
  right: Right;
  evidence: Evidence[];
}

export interface Report extends Omit<SaidReport, "rights" | "checked_at"> {
  rights: RightRow[];
  /** The whole report as Python said it, for the reader's own file. */
  whole: string;
}

export interface Step extends Omit<SaidStep, "report"> {
  report: Report | null;
}

// --- What the build puts into the page ---

export interface Build {
  runtime: { name: string; url?: string; integrity: string; bytes: number }[];
  lock: object;
  scenarios: { name: string; title: string }[];
  /** Where a report may lead, as paths on the site. */
  links: string[];
}
