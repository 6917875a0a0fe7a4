/**
 * The vault: what it takes, what it signs, how many of it, and that it forgets.
 *
 * Rule of this room: whatever is signed is listened to at WebCrypto itself, not at what the vault says.
 */

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterEach, before, test } from "node:test";
import fc from "fast-check";
import { clean, readPair, shapeOf } from "../../../validator/page/paste.js";
import * as vault from "../../../validator/page/vault.js";
import {
  close,
  forget,
  holds,
  login,
  look,
  open,
  rollback,
  take,
} from "../../../validator/page/vault.js";

const SECRET = "made-up-secret-for-tests-0123456";
const NOW = 1_795_000_000_000;
const ROLLBACK = "DELETE/api/3/wallet/crypto/withdraw/";
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const MINUTES = 60_000;
const SOURCE = readFileSync(new URL("../../../validator/page/vault.js", import.meta.url), "utf8");

/** @param {string} value @param {string} [key] */
async function paste(value, key = "made-up-key") {
  const field = /** @type {HTMLInputElement} */ ({ value });
  const shapes = look(field, (text) => readPair(key, text));
  await take(field, (text) => readPair(key, text));
  return { field, shapes };
}

/** @param {string} message */
const hmac = (message) => createHmac("sha256", SECRET).update(message).digest("hex");

/** @type {string[]} */
const signed = []; // every message that WebCrypto was given to sign
let now = NOW;

before(() => {
  Date.now = () => now;
  const { sign } = crypto.subtle;
  crypto.subtle.sign = (...given) => {
    signed.push(new TextDecoder().decode(/** @type {Uint8Array} */ (given[2])));
    return sign.apply(crypto.subtle, given);
  };
});
afterEach(() => {
  forget();
  now = NOW;
  signed.length = 0;
});

const PLENTY = { logins: 1e6, rollbacks: 1e6 };

/** @param {() => Promise<unknown>} act */
const refused = (act) => assert.rejects(act, /The vault/);

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

test("no text of the secret stays behind where a browser keeps the last match", async () => {
  const kept = /** @type {Record<string, string>} */ (/** @type {unknown} */ (RegExp));
  for (const act of [look, take]) {
    const field = /** @type {HTMLInputElement} */ ({ value: SECRET });
    await act(field, (text) => readPair("made-up-key", text));
    const all = ["input", "lastMatch", "lastParen", "leftContext", "rightContext", "$1"];
    assert.deepEqual(
      all.map((name) => kept[name]),
      all.map(() => ""),
    );
  }
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

test("a login is the HMAC of the time that the vault took, under the cleaned secret", async () => {
  await paste(`"${SECRET}" `);
  open({ logins: 1, rollbacks: 0 });
  assert.deepEqual(await login(), {
    timestamp: NOW,
    window: 60_000,
    signature: hmac(`${NOW}60000`),
  });
});

test("a rollback is the HMAC of an id that the vault made, a new one each time", async () => {
  await paste(SECRET);
  open({ logins: 0, rollbacks: 50 });
  const ids = new Set();
  for (let at = 0; at < 50; at += 1) {
    const { id, timestamp, window, signature } = await rollback();
    assert.match(id, ID);
    assert.deepEqual([timestamp, window], [NOW, 60_000]);
    assert.equal(signature, hmac(`${ROLLBACK}${id}${NOW}60000`));
    ids.add(id);
  }
  assert.equal(ids.size, 50);
});

test("nothing that is handed in becomes part of what is signed", async () => {
  await paste(SECRET);
  open(PLENTY);
  const acts = /** @type {((...given: unknown[]) => Promise<unknown>)[]} */ ([login, rollback]);
  const any = fc.array(fc.anything({ withObjectString: true }), { maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(any, fc.constantFrom(...acts), async (given, act) => {
      await act(...given);
    }),
    { numRuns: 2000, seed: 1 },
  );
  assert.equal(signed.length, 2000);
  for (const message of signed) {
    const id = message.startsWith(ROLLBACK) ? message.slice(ROLLBACK.length, -18) : null;
    assert.equal(message, `${id === null ? "" : `${ROLLBACK}${id}`}${NOW}60000`);
    if (id !== null) assert.match(id, ID);
  }
});

test("these are all its doors, and none takes a message, a time or an id", () => {
  const doors = ["close", "forget", "holds", "login", "look", "open", "rollback", "take"];
  assert.deepEqual(Object.keys(vault).sort(), doors);
  assert.deepEqual([login.length, rollback.length, holds.length, forget.length], [0, 0, 0, 0]);
});

test("a press has so many signatures of each kind, and not one more", async () => {
  await paste(SECRET);
  open({ logins: 2, rollbacks: 1 });
  await Promise.all([login(), login(), rollback()]);
  for (const act of [login, rollback]) await refused(act);
  assert.equal(signed.length, 3);
  open({ logins: 1, rollbacks: 0 });
  const both = await Promise.allSettled([login(), login(), rollback()]);
  assert.deepEqual(
    both.map(({ status }) => status),
    ["fulfilled", "rejected", "rejected"],
  );
  assert.equal(signed.length, 4);
});

test("what is handed in to open a press is not looked at again", async () => {
  await paste(SECRET);
  const most = { logins: 0, rollbacks: 0 };
  open(most);
  most.logins = 100;
  await refused(login);
});

test("nothing is signed before a press, after its end, without a secret or once forgotten", async () => {
  await paste(SECRET);
  await refused(login);
  open(PLENTY);
  close();
  await refused(login);
  open(PLENTY);
  forget();
  await refused(rollback);
  open(PLENTY);
  await refused(rollback);
  await paste(SECRET);
  await paste("  ");
  assert.equal(holds(), false);
  open(PLENTY);
  await refused(login);
  assert.deepEqual(signed, []);
});

test("it forgets after ten minutes without use, by its timer or by the clock", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  await paste(SECRET);
  open(PLENTY);
  t.mock.timers.tick(9 * MINUTES);
  assert.equal(holds(), true);
  await login(); // a use: the ten minutes begin anew
  t.mock.timers.tick(9 * MINUTES);
  assert.equal(holds(), true);
  t.mock.timers.tick(1 * MINUTES);
  assert.equal(holds(), false);
  await refused(login);
  await paste(SECRET);
  now = NOW + 10 * MINUTES; // the device slept, and no timer ran
  assert.equal(holds(), true);
  now += 1;
  open(PLENTY);
  await refused(login);
  assert.equal(holds(), false);
});

test("both fields are compared after cleaning, and an empty one is the same as none", () => {
  assert.equal(shapeOf(` ${SECRET}`, `"${SECRET}"`, true).same, true);
  assert.equal(shapeOf("", "", true).same, false);
  assert.equal(clean("Secret key: abc"), "abc");
});

test("the vault imports nothing and names nothing that sends, stores or shows", () => {
  const code = SOURCE.replace(/\/\*[\s\S]*?\*\/|\/\/.*|window: WINDOW/g, "");
  assert.doesNotMatch(code, /\bimport\b(?!Key)/);
  assert.doesNotMatch(
    code,
    /fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon|postMessage|localStorage|sessionStorage|indexedDB|caches|cookie|console|document|window\b|globalThis|self\b|eval|Function\(|innerHTML|location/,
  );
  assert.ok(SOURCE.split("\n").length <= 100, "a stranger reads it in two minutes");
});
