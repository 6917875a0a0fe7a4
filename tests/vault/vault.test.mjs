/**
 * The vault: what it takes, what it signs, and the hundred thousand things that it refuses.
 *
 * Rule of this room: `allowed` says in plain steps, without a pattern, what may be signed; the vault
 * must agree with it on every message.
 */

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterEach, before, test } from "node:test";
import fc from "fast-check";
import { clean, readPair, shapeOf } from "../../validator/page/paste.js";
import { forget, holds, look, sign, take } from "../../validator/page/vault.js";

const SECRET = "made-up-secret-for-tests-0123456";
const NOW = 1_795_000_000_000;
const ROLLBACK = "DELETE/api/3/wallet/crypto/withdraw/";
const ID = "11111111-1111-4111-8111-111111111111";
const SOURCE = readFileSync(new URL("../../validator/page/vault.js", import.meta.url), "utf8");

/** Every request of API v3 that moves, orders or changes anything, and some of its predecessor. */
const NEVER = [
  "POST/api/3/wallet/crypto/withdraw",
  `PUT/api/3/wallet/crypto/withdraw/${ID}`,
  "POST/api/3/wallet/internal/withdraw",
  "POST/api/3/wallet/transfer",
  "POST/api/3/wallet/convert",
  "POST/api/3/wallet/crypto/address",
  "POST/api/3/sub-account/transfer",
  "POST/api/3/sub-account/freeze",
  "POST/api/3/sub-account/activate",
  "POST/api/3/sub-account/acl",
  "POST/api/3/spot/order",
  "POST/api/3/spot/order/list",
  "DELETE/api/3/spot/order",
  "DELETE/api/3/spot/order/1",
  "PATCH/api/3/spot/order/1",
  "POST/api/3/margin/order",
  "POST/api/3/margin/order/list",
  "DELETE/api/3/margin/order",
  "DELETE/api/3/margin/order/1",
  "PATCH/api/3/margin/order/1",
  "PUT/api/3/margin/account/isolated/BTCUSDT",
  "DELETE/api/3/margin/position",
  "DELETE/api/3/margin/position/isolated/BTCUSDT",
  "POST/api/3/futures/order",
  "POST/api/3/futures/order/list",
  "DELETE/api/3/futures/order",
  "DELETE/api/3/futures/order/1",
  "PATCH/api/3/futures/order/1",
  "PUT/api/3/futures/account/isolated/BTCUSDT_PERP",
  "DELETE/api/3/futures/position",
  "DELETE/api/3/futures/position/isolated/BTCUSDT_PERP",
  "POST/api/2/order",
  "PUT/api/2/order/1",
  "DELETE/api/2/order",
  "POST/api/2/account/crypto/withdraw",
  `PUT/api/2/account/crypto/withdraw/${ID}`,
  `DELETE/api/2/account/crypto/withdraw/${ID}`,
  "POST/api/2/account/transfer",
  "POST/api/2/account/transfer/internal",
  "POST/api/2/account/crypto/transfer-convert",
  "POST/api/2/sub-acc/transfer",
  "GET/api/3/spot/balance",
  "GET/api/3/wallet/balance",
  "GET/api/3/sub-account",
  `GET/api/3/wallet/crypto/withdraw/${ID}`,
];
const BODIES = [
  "",
  "currency=BTC&amount=1&address=x&auto_commit=false",
  '{"currency":"BTC","amount":"1","auto_commit":true}',
  "symbol=BTCUSDT&side=sell&type=market&quantity=1",
  "?a=b",
];
const WINDOWS = ["60000", "", "10000", "60001", "600000", "060000", "99999"];
const TIMES = [0, 1, -1, 60_000, -60_000, 60_001, -60_001, 3_600_000, -NOW, 10 ** 13];
const EVIL = [
  "..",
  "/../",
  "%2F",
  "%2f..",
  "//",
  "\n",
  "\r\n",
  "\0",
  " ",
  "?",
  "#",
  "&x=1",
  "POST",
  "PUT",
  "\u2028",
  "/commit",
  "\u0661",
  "-1",
  "+",
  ".0",
  "e0",
  ID,
];

/** Whether a message may be signed at NOW, in plain steps. @param {string} message */
function allowed(message) {
  const time = message.slice(-18, -5);
  const digits = [...time].every((one) => "0123456789".includes(one));
  if (message.slice(-5) !== "60000" || time.length !== 13 || !digits) return false;
  if (Math.abs(NOW - Number(time)) > 60_000) return false;
  const request = message.slice(0, -18);
  return request === "" || (request.startsWith(ROLLBACK) && isId(request.slice(ROLLBACK.length)));
}

/** Whether a text is a random id (UUIDv4) in lower case. @param {string} text */
function isId(text) {
  return (
    text.length === 36 &&
    [...text].every((one, place) => {
      if ([8, 13, 18, 23].includes(place)) return one === "-";
      if (place === 14) return one === "4";
      if (place === 19) return "89ab".includes(one);
      return "0123456789abcdef".includes(one);
    })
  );
}

/** @param {string} value @param {string} [key] */
async function paste(value, key = "made-up-key") {
  const field = /** @type {HTMLInputElement} */ ({ value });
  const shapes = look(field, (text) => readPair(key, text));
  await take(field, (text) => readPair(key, text));
  return { field, shapes };
}

/** @param {string} message @returns {Promise<string | null>} */
const attempt = (message) => sign(message).catch(() => null);

/** @param {string} message */
const hmac = (message) => createHmac("sha256", SECRET).update(message).digest("hex");

before(() => {
  Date.now = () => NOW;
});
afterEach(forget);

test("the secret is taken out of its field before anything is waited for", async () => {
  const field = /** @type {HTMLInputElement} */ ({ value: SECRET });
  const taken = take(field, (text) => readPair("made-up-key", text));
  assert.equal(field.value, "");
  assert.equal(await taken, undefined);
  assert.equal(holds(), true);
});

test("asking for the shapes takes nothing", () => {
  const field = /** @type {HTMLInputElement} */ ({ value: SECRET });
  const { key, secret } = look(field, (text) => readPair("made-up-key", text));
  assert.deepEqual([key.length, secret.length], [11, 32]);
  assert.equal(field.value, SECRET);
  assert.equal(holds(), false);
});

test("what is returned of the secret is its shape alone", async () => {
  const { shapes } = await paste(` ${SECRET}\n`);
  assert.ok(!JSON.stringify(shapes).includes(SECRET.slice(0, 6)));
  assert.deepEqual(shapes.secret, {
    length: 32,
    removed: 2,
    stray: 0,
    foreign: 0,
    strange: "",
    place: 0,
    label: "",
    gap: false,
    values: 1,
    doubled: false,
    sample: false,
    same: false,
  });
});

test("of a strange character in the secret neither which nor where it is is returned", async () => {
  const { shapes } = await paste(`${SECRET.slice(0, 20)}\u0445${SECRET.slice(21)}`, "made\u0445up");
  assert.deepEqual([shapes.secret.stray, shapes.secret.strange, shapes.secret.place], [1, "", 0]);
  assert.deepEqual([shapes.key.strange, shapes.key.place], ["\u0445", 5]);
});

test("the key cannot be read back out, and the bytes it was made of are gone", async (t) => {
  const imported = t.mock.method(crypto.subtle, "importKey");
  await paste(SECRET);
  const [call] = imported.mock.calls;
  const key = /** @type {CryptoKey} */ (await call.result);
  assert.equal(key.extractable, false);
  assert.deepEqual(key.usages, ["sign"]);
  await assert.rejects(crypto.subtle.exportKey("raw", key));
  await assert.rejects(crypto.subtle.exportKey("jwk", key));
  assert.ok(
    /** @type {Uint8Array} */ (/** @type {unknown} */ (call.arguments[1])).every((b) => b === 0),
  );
});

test("a signature is the HMAC of the message under the cleaned secret", async () => {
  await paste(`"${SECRET}" `);
  for (const message of [`${NOW}60000`, `${ROLLBACK}${ID}${NOW}60000`])
    assert.equal(await sign(message), hmac(message));
});

test("without a secret nothing is signed", async () => {
  assert.equal(await attempt(`${NOW}60000`), null);
  await paste(SECRET);
  await paste("  ");
  assert.equal(holds(), false);
  assert.equal(await attempt(`${NOW}60000`), null);
});

test("what was forgotten signs no more", async () => {
  await paste(SECRET);
  forget();
  assert.equal(holds(), false);
  await assert.rejects(sign(`${NOW}60000`), new Error("The vault refuses."));
});

test("the message signed is the one that was looked at", async () => {
  await paste(SECRET);
  const texts = [`${NOW}60000`, `POST/api/3/wallet/crypto/withdraw${NOW}60000`];
  const sly = /** @type {any} */ ({ toString: () => texts.shift() });
  assert.equal(await sign(sly), hmac(`${NOW}60000`));
  for (const odd of [null, undefined, 5, {}, [], ["a"]])
    assert.equal(await attempt(/** @type {any} */ (odd)), null);
});

test("every request that could move, order or change anything is refused", async () => {
  await paste(SECRET);
  let refused = 0;
  for (const request of NEVER)
    for (const body of BODIES)
      for (const time of TIMES)
        for (const window of WINDOWS) {
          assert.equal(await attempt(`${request}${body}${NOW + time}${window}`), null);
          refused += 1;
        }
  assert.ok(refused > 15_000);
});

/** @type {fc.Arbitrary<string>} */
const near = fc
  .record({
    head: fc.constantFrom("", ROLLBACK, ROLLBACK, ROLLBACK),
    id: fc.oneof(fc.uuid({ version: 4 }), fc.uuid(), fc.string({ maxLength: 36 })),
    time: fc.oneof(
      fc.constant(0),
      fc.constantFrom(...TIMES),
      fc.integer({ min: -70_000, max: 70_000 }),
    ),
    window: fc.oneof(fc.constant("60000"), fc.constantFrom(...WINDOWS)),
  })
  .map(({ head, id, time, window }) => `${head}${head && id}${NOW + time}${window}`);

/** @type {fc.Arbitrary<(message: string) => string>} */
const mangle = fc.oneof(
  fc.constant((/** @type {string} */ message) => message),
  fc
    .tuple(fc.nat(90), fc.nat(3), fc.oneof(fc.constantFrom(...EVIL), fc.string({ maxLength: 3 })))
    .map(
      ([place, length, evil]) =>
        (/** @type {string} */ message) =>
          message.slice(0, place) + evil + message.slice(place + length),
    ),
  fc
    .constantFrom("POST", "PUT", "PATCH", "GET", "delete", "Delete", "HEAD", "")
    .map((verb) => (/** @type {string} */ message) => message.replace("DELETE", verb)),
  fc.constant((/** @type {string} */ message) => message.toUpperCase()),
  fc.constant((/** @type {string} */ message) => message.replaceAll("/", "%2F")),
  fc.constant((/** @type {string} */ message) => message.replace("withdraw/", "withdraw/../")),
  fc.constant((/** @type {string} */ message) => message + message),
  fc.constant((/** @type {string} */ message) => [...message].reverse().join("")),
  fc
    .nat(90)
    .map(
      (place) => (/** @type {string} */ message) =>
        message.slice(0, place) + message.slice(place + 1),
    ),
);

test("of 150 000 near misses exactly those of the grammar are signed", async () => {
  await paste(SECRET);
  const told = { refused: 0, signed: 0 };
  await fc.assert(
    fc.asyncProperty(near, mangle, async (message, change) => {
      const changed = change(message);
      const signature = await attempt(changed);
      assert.equal(signature, allowed(changed) ? hmac(changed) : null, JSON.stringify(changed));
      told[signature ? "signed" : "refused"] += 1;
    }),
    { numRuns: 150_000, seed: 1 },
  );
  assert.ok(told.refused >= 100_000, `${told.refused} refused`);
  assert.ok(told.signed >= 5_000, `${told.signed} signed`);
});

test("any text at all is refused, but for the grammar", async () => {
  await paste(SECRET);
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary" }), async (message) => {
      assert.equal((await attempt(message)) !== null, allowed(message));
    }),
    { numRuns: 10_000, seed: 2 },
  );
});

test("a message is signed for a minute before and after its time, and no longer", async () => {
  await paste(SECRET);
  for (const head of ["", `${ROLLBACK}${ID}`]) {
    for (const off of [0, 59_999, -59_999, 60_000, -60_000])
      assert.ok(await attempt(`${head}${NOW + off}60000`), `${off}`);
    for (const off of [60_001, -60_001])
      assert.equal(await attempt(`${head}${NOW + off}60000`), null);
  }
});

test("both fields are compared after cleaning, and an empty one is the same as none", () => {
  assert.equal(shapeOf(` ${SECRET}`, `"${SECRET}"`, true).same, true);
  assert.equal(shapeOf("", "", true).same, false);
  assert.equal(clean("Secret key: abc"), "abc");
});

test("the vault imports nothing and names nothing that sends, stores or shows", () => {
  const code = SOURCE.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
  assert.doesNotMatch(code, /\bimport\b(?!Key)/);
  assert.doesNotMatch(
    code,
    /fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon|postMessage|localStorage|sessionStorage|indexedDB|caches|cookie|console|document|window\b|globalThis|self\b|eval|Function\(|innerHTML|location/,
  );
  assert.ok(SOURCE.split("\n").length <= 75, "a stranger reads it in two minutes");
});
