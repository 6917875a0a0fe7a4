/**
 * The transport: what it sends, and all that it does not.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import fc from "fast-check";
import { SOURCE, transport } from "./worker.mjs";

/** @typedef {Record<string, any>} Data */

const KEY = "made-up-key-for-tests-0123456789";
const SIGNED = { timestamp: 1_795_000_000_000, window: 60_000, signature: "a".repeat(64) };
const ID = "11111111-1111-4111-8111-11111111abcd";
const ROLLBACK = { ...SIGNED, id: ID };
const METHODS = ["login", "spot_balances", "spot_fees", "wallet_balances"];

/** A transport with a check open, and a way to have it send. @param {string} [key] */
function opened(key = KEY) {
  const made = transport();
  made.post({ do: "open", check: 1, key });
  const send = (/** @type {Data} */ data) =>
    made.post({ do: "send", check: 1, number: 1, wait: 0, signed: null, ...data });
  return { ...made, send };
}

const settled = () => pause(20);

test("each request is sent as the exchange has it, and stands in the ledger before", async () => {
  const { send, frames, calls, said } = opened();
  send({ number: 1, probe: "login-trading", signed: SIGNED });
  send({ number: 2, probe: "spot-balances" });
  send({ number: 3, probe: "rollback", signed: ROLLBACK });
  await settled();
  const { timestamp, window, signature } = SIGNED;
  const params = { type: "HS256", api_key: KEY, timestamp, window, signature };
  assert.deepEqual(
    frames.map(({ url, text }) => [url, JSON.parse(text)]),
    [
      ["wss://api.hitbtc.com/api/3/ws/trading", { method: "login", params, id: 1 }],
      ["wss://api.hitbtc.com/api/3/ws/trading", { method: "spot_balances", params: {}, id: 2 }],
    ],
  );
  const [{ url, given }] = calls;
  assert.equal(url, `https://api.hitbtc.com/api/3/wallet/crypto/withdraw/${ID}`);
  assert.equal(given.method, "DELETE");
  assert.equal(given.body, undefined);
  const header = Buffer.from(`${KEY}:${signature}:${timestamp}:60000`).toString("base64");
  assert.equal(new Headers(given.headers).get("Authorization"), `HS256 ${header}`);
  const rows = said.filter(({ say }) => say === "row").map(({ row }) => [row.what, row.bytes]);
  assert.deepEqual(rows, [
    ["open /api/3/ws/trading", 0],
    [`DELETE /api/3/wallet/crypto/withdraw/${ID}`, header.length + 6],
    ["login", frames[0].text.length],
    ["spot_balances", frames[1].text.length],
  ]);
});

test("a probe that is not listed, or not as one of its own, sends nothing", async () => {
  const { send, frames, calls, sockets, said } = opened();
  const names = ["", "login", "__proto__", "constructor", "toString", "withdraw", "LOGIN-TRADING"];
  for (const [at, probe] of [
    ...names,
    null,
    5,
    {},
    ["reach"],
    { toString: () => "reach" },
  ].entries())
    send({ number: at + 1, probe, signed: ROLLBACK });
  await settled();
  assert.deepEqual([frames, calls, sockets], [[], [], []]);
  assert.ok(said.every(({ reply }) => reply.event === "unsent"));
});

test("each at most twice in a check, and each number once", async () => {
  const { send, sockets, frames } = opened();
  for (let number = 1; number <= 9; number += 1) send({ number, probe: "spot-fees" });
  for (const number of [1, 0, -1, 1.5, NaN, "7", null]) send({ number, probe: "wallet-balances" });
  await settled();
  assert.equal(frames.length, 2);
  assert.equal(sockets.length, 1);
});

test("what is handed in has its form, or nothing is sent", async () => {
  /** @type {[string, unknown][]} */
  const bad = [
    ...["", "A".repeat(64), "a".repeat(63), `${"a".repeat(64)}\n`, null, 5, ["a"]].map(
      (one) => /** @type {[string, unknown]} */ (["signature", one]),
    ),
    ...[0, -1, 1e11, 1e13, 1.5e12 + 0.5, "x", null].map(
      (one) => /** @type {[string, unknown]} */ (["timestamp", one]),
    ),
    ...[0, 10_000, 60_001, "60000", null].map(
      (one) => /** @type {[string, unknown]} */ (["window", one]),
    ),
    ...["", "../../spot/order", `${ID}/..`, `${ID}?x=1`, ID.toUpperCase(), `${ID}\n`, null].map(
      (one) => /** @type {[string, unknown]} */ (["id", one]),
    ),
  ];
  for (const [field, value] of bad) {
    const { send, frames, calls } = opened();
    const signed = { ...ROLLBACK, [field]: value };
    send({ number: 1, probe: "rollback", signed });
    if (field !== "id") send({ number: 2, probe: "login-wallet", signed });
    await pause(5);
    assert.deepEqual([frames, calls], [[], []], `${field}: ${value}`);
  }
});

test("after the end, for another check, or without one nothing is sent", async () => {
  const { send, post, frames, calls, sockets } = opened();
  send({ check: 2, probe: "rollback", signed: ROLLBACK });
  post({ do: "close", check: 2 });
  send({ number: 1, probe: "spot-fees" });
  post({ do: "close", check: 1 });
  send({ number: 2, probe: "rollback", signed: ROLLBACK });
  await settled();
  assert.deepEqual([frames, calls], [[], []]);
  assert.ok(sockets.every(({ readyState }) => readyState === 3));
});

test("any messages in any order send nothing but the list", async () => {
  const odd = fc.oneof(
    fc.anything(),
    fc.record({
      do: fc.constantFrom("open", "send", "close", "prove", "sign", "x"),
      check: fc.constantFrom(1, 2),
      canaries: fc.constant([]),
      key: fc.string({ minLength: 1 }),
      number: fc.oneof(fc.nat(99), fc.anything()),
      probe: fc.oneof(fc.constantFrom(...Object.keys(transport().self.LIST)), fc.anything()),
      wait: fc.constantFrom(0, 1, null),
      signed: fc.oneof(fc.constant(ROLLBACK), fc.anything()),
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(odd, { maxLength: 20 }), async (messages) => {
      const { post, frames, calls, sockets } = transport();
      for (const message of messages) {
        try {
          post(/** @type {Data} */ (message));
        } catch {} // in a worker, that ends it
      }
      await pause(3);
      for (const { text } of frames) assert.ok(METHODS.includes(JSON.parse(text).method));
      for (const { url, given } of calls) {
        assert.equal(url, `https://api.hitbtc.com/api/3/wallet/crypto/withdraw/${ID}`);
        assert.equal(given.method, "DELETE");
      }
      for (const { url } of sockets)
        assert.match(url, /^wss:\/\/api\.hitbtc\.com\/api\/3\/ws\/(trading|wallet|public)$/);
    }),
    { numRuns: 500, seed: 1 },
  );
});

test("the API key is blotted out of an answer, however JSON writes it", async () => {
  const { send, sockets, said } = opened();
  send({ number: 1, probe: "spot-fees" });
  await settled();
  const escaped = [...KEY].map((one) => `\\u00${one.charCodeAt(0).toString(16)}`).join("");
  const half = KEY.slice(0, 5) + escaped.slice(30);
  sockets[0].hear(
    `{"a":"${KEY}","b":"x${KEY.toUpperCase()}x","c":"${escaped}","d":"${half}","id":1}`,
  );
  const { reply } = said.filter(({ say }) => say === "reply").at(-1) ?? {};
  const blot = "(the API key)";
  assert.equal(reply.text, `{"a":"${blot}","b":"x${blot}x","c":"${blot}","d":"${blot}","id":1}`);
});

test("a key with signs in it is blotted out too, and a word of few letters is not", () => {
  const { blotted } = transport().self;
  assert.equal(blotted('{"a":"x\\/y\\"z.*z"}', 'x/y"z.*z'), '{"a":"(the API key)"}');
  assert.equal(blotted('{"error":1}', "error"), '{"error":1}');
});

test("what is too long, no text or too much comes as no answer", async () => {
  for (const data of ["x".repeat((1 << 20) + 1), new ArrayBuffer(1)]) {
    const { send, sockets, said } = opened();
    send({ number: 1, probe: "spot-fees" });
    await settled();
    sockets[0].hear(data);
    assert.equal(said.at(-1)?.reply.event, "too-long");
    assert.equal(sockets[0].readyState, 3);
  }
  const { send, sockets, said } = opened();
  send({ number: 1, probe: "spot-fees" });
  await settled();
  for (let at = 0; at <= 500; at += 1) sockets[0].hear("{}");
  assert.equal(said.at(-1)?.reply.event, "too-long");
});

test("no more than HitBTC's limits allow is sent on a path within a second", async () => {
  const made = transport();
  for (let check = 1; check <= 4; check += 1) {
    made.post({ do: "open", check, key: KEY });
    const send = (/** @type {number} */ number, /** @type {string} */ probe) =>
      made.post({ do: "send", check, number, probe, wait: 0, signed: ROLLBACK });
    for (const number of [1, 2]) send(number, "spot-fees");
    for (const number of [3, 4]) send(number, "rollback");
    await settled();
  }
  assert.equal(made.frames.length, 5);
  assert.equal(made.calls.length, 2);
});

test("the transport imports nothing, and nothing in it stores or shows", () => {
  const code = SOURCE.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
  assert.doesNotMatch(
    code,
    /\bimport\b|\bexport\b|XMLHttpRequest|EventSource|sendBeacon|importScripts|indexedDB|caches|console|eval|Function\(|BroadcastChannel|Worker\(/,
  );
  assert.equal(code.match(/new WebSocket\(/g)?.length, 2, "the exchange's, and the canary's");
  assert.equal(code.match(/\bfetch\(/g)?.length, 2, "the exchange's, and the canary's");
  assert.ok(SOURCE.split("\n").length <= 440, "a stranger reads it in five minutes");
});
