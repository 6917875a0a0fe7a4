/**
 * Asks vault and transport what Python's tests want to know: JSON on standard input, JSON on standard
 * output.
 *
 * `{now, secret, pairs, key}` gives `{login, rollback, shapes, list, frame, authorization}`: what the
 * vault signs, of each pair of pastes (key, secret) the shapes, the transport's list by probe, and what
 * the transport sends with that key and what was signed.
 */

import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { readPair } from "../../../validator/page/paste.js";
import * as vault from "../../../validator/page/vault.js";
import { transport } from "./worker.mjs";

const { now, secret, pairs, key } = JSON.parse(readFileSync(0, "utf8"));
Date.now = () => now;

await vault.take(/** @type {HTMLInputElement} */ ({ value: secret }), (text) => readPair("", text));
vault.open({ logins: 1, rollbacks: 1 });
const [login, rollback] = [await vault.login(), await vault.rollback()];
vault.forget();

const { self, post, frames, calls } = transport();
post({ do: "open", check: 1, key });
post({ do: "send", check: 1, number: 1, probe: "login-trading", wait: 0, signed: login });
post({ do: "send", check: 1, number: 2, probe: "rollback", wait: 0, signed: rollback });
await pause(50);
post({ do: "close", check: 1 });

const list = Object.entries(self.LIST).map(([name, { channel, method, path = "" }]) => [
  name,
  { channel, method, path, socket: self.SOCKETS[channel] ?? "" },
]);
const shapes = pairs.map(
  (/** @type {[string, string]} */ [one, other]) => readPair(one, other).shapes,
);
process.stdout.write(
  JSON.stringify({
    login,
    rollback,
    shapes,
    list: Object.fromEntries(list),
    frame: frames[0].text,
    authorization: new Headers(calls[0].given.headers).get("Authorization"),
    url: calls[0].url,
  }),
  () => process.exit(),
);
