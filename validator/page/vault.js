/**
 * The vault: the only code that takes your secret out of its field, and keeps it.
 *
 * - What copying added is taken off by paste.js, which keeps nothing. The secret becomes a WebCrypto
 *   key that cannot be read back out, and the field is blanked.
 * - It makes what it signs itself, from its own time and id: a login, or the rollback of a withdrawal
 *   that does not exist. It signs as many as `open` allows for one press, and otherwise nothing.
 * - It forgets after ten minutes without use.
 * - Nothing here can send or show anything; there is no import and no dependency.
 */

const ROLLBACK = "DELETE/api/3/wallet/crypto/withdraw/";
const WINDOW = 60_000; // milliseconds: the longest that HitBTC lets a signature live
const IDLE = 600_000; // milliseconds; a device that sleeps stops timers, so the clock counts too

/** @type {CryptoKey | null} */
let key = null;
let left = { logins: 0, rollbacks: 0 };
let used = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** What `read` (paste.js) makes of the field's text; handed over are `shapes` and nothing else of it.
 * @template S @param {HTMLInputElement} field @param {(text: string) => {shapes: S}} read */
export const look = (field, read) => reading(field, read).shapes;

/** Take the secret out of its field.
 * @param {HTMLInputElement} field @param {(text: string) => {secret: string}} read */
export async function take(field, read) {
  const bytes = new TextEncoder().encode(reading(field, read).secret);
  field.value = "";
  const hmac = { name: "HMAC", hash: "SHA-256" };
  key = bytes.length ? await crypto.subtle.importKey("raw", bytes, hmac, false, ["sign"]) : null;
  bytes.fill(0);
  use();
}

/** Allow one press so many signatures. @param {{logins: number, rollbacks: number}} most */
export const open = (most) => {
  left = { ...most };
};
export const close = () => open({ logins: 0, rollbacks: 0 });

export async function login() {
  spend("logins");
  const timestamp = Date.now();
  return { timestamp, window: WINDOW, signature: await sign(`${timestamp}${WINDOW}`) };
}

export async function rollback() {
  spend("rollbacks");
  const [id, timestamp] = [crypto.randomUUID(), Date.now()];
  const signature = await sign(`${ROLLBACK}${id}${timestamp}${WINDOW}`);
  return { id, timestamp, window: WINDOW, signature };
}

export function forget() {
  clearTimeout(timer);
  key = null;
  close();
}

export function holds() {
  if (key && Date.now() - used > IDLE) forget();
  return key !== null;
}

/** A browser keeps the text of the last match (RegExp.input): leave it another.
 * @template T @param {HTMLInputElement} field @param {(text: string) => T} read */
function reading(field, read) {
  const found = read(field.value);
  /$/.test("");
  return found;
}

function use() {
  used = Date.now();
  clearTimeout(timer);
  timer = setTimeout(forget, IDLE);
}

/** @param {"logins" | "rollbacks"} kind */
function spend(kind) {
  if (left[kind] < 1) throw new Error("The vault signs nothing more for this press.");
  left[kind] -= 1;
}

/** @param {string} text */
async function sign(text) {
  if (!holds() || !key) throw new Error("The vault holds no secret.");
  use();
  const signature = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(text));
  return Array.from(new Uint8Array(signature), (b) => b.toString(16).padStart(2, "0")).join("");
}
