/**
 * The vault: the only code that ever sees your secret.
 *
 * - The secret becomes a WebCrypto key that cannot be read back out, and the field is blanked.
 * - `sign` signs a login, or the rollback of one withdrawal that was never made. Nothing else.
 * - Nothing here can send, store or show anything; there is no import and no dependency.
 */

const ROLLBACK =
  "DELETE/api/3/wallet/crypto/withdraw/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";
const WINDOW = 60000; // milliseconds: the longest that HitBTC lets a signature live
const GRAMMAR = new RegExp(`^(?:${ROLLBACK})?([0-9]{13})${WINDOW}$`); // a login signs the time alone

/** @type {CryptoKey | null} */
let key = null;

/** What may be known of both fields, their shapes. @param {HTMLInputElement} field @param {string} apiKey */
export const shapes = (field, apiKey) => ({
  key: shapeOf(apiKey, field.value),
  secret: shapeOf(field.value, apiKey),
});

/** Take the secret out of its field. @param {HTMLInputElement} field */
export async function take(field) {
  const bytes = new TextEncoder().encode(clean(field.value));
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

/** Take off what copying adds: invisible characters, white space, quotes, a "key:" label.
 * @param {string} text */
export function clean(text) {
  const edges = /^[\s"'`\u2018\u2019\u201c\u201d]+|[\s"'`\u2018\u2019\u201c\u201d]+$/g;
  const label = /^(?:(?:api|secret)[ _-]?)?(?:key|secret)\s*[:=]\s*/i;
  const visible = text.replace(/[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, "");
  return visible.replace(edges, "").replace(label, "").replace(edges, "");
}

/** What may be known of a pasted text without the text (the twin of credentials.py).
 * @param {string} text
 * @param {string} other */
export function shapeOf(text, other) {
  const kept = clean(text);
  const half = kept.slice(0, kept.length / 2);
  return {
    length: [...kept].length,
    removed: [...text].length - [...kept].length,
    stray: (kept.match(/[^A-Za-z0-9_-]/gu) ?? []).length,
    gap: /\s/.test(kept),
    doubled: half !== "" && half + half === kept,
    same: kept !== "" && kept === clean(other),
  };
}
