/**
 * The vault: the only code that takes your secret out of its field, and keeps it.
 *
 * - What copying added is taken off by paste.js, which keeps nothing. The secret becomes a WebCrypto
 *   key that cannot be read back out, and the field is blanked.
 * - `sign` signs a login, or the rollback of one withdrawal that was never made. Nothing else.
 * - Nothing here can send, store or show anything; there is no import and no dependency.
 */

const ROLLBACK =
  "DELETE/api/3/wallet/crypto/withdraw/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";
const WINDOW = 60000; // milliseconds: the longest that HitBTC lets a signature live
const GRAMMAR = new RegExp(`^(?:${ROLLBACK})?([0-9]{13})${WINDOW}$`); // a login signs the time alone

/** @type {CryptoKey | null} */
let key = null;

/**
 * What may be known of both texts before anything is taken: their shapes.
 * @template Shapes
 * @param {HTMLInputElement} field
 * @param {(text: string) => {shapes: Shapes}} read what was pasted (paste.js)
 */
export const look = (field, read) => read(field.value).shapes;

/**
 * Take the secret out of its field.
 * @param {HTMLInputElement} field
 * @param {(text: string) => {secret: string}} read what was pasted (paste.js)
 */
export async function take(field, read) {
  const bytes = new TextEncoder().encode(read(field.value).secret);
  field.value = "";
  const hmac = { name: "HMAC", hash: "SHA-256" };
  key = bytes.length ? await crypto.subtle.importKey("raw", bytes, hmac, false, ["sign"]) : null;
  bytes.fill(0);
}

/**
 * Sign a message of the grammar whose time is now, give or take a minute; refuse all others.
 * @param {string} message
 */
export async function sign(message) {
  const [text, time] = GRAMMAR.exec(message) ?? [];
  const fresh = Math.abs(Date.now() - Number(time)) <= WINDOW;
  if (!key || !text || !fresh) throw new Error("The vault refuses.");
  const signature = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(text));
  return Array.from(new Uint8Array(signature), (b) => b.toString(16).padStart(2, "0")).join("");
}

export const forget = () => {
  key = null;
};
export const holds = () => key !== null;
