/**
 * Asks the vault what Python's tests want to know: JSON on standard input, JSON on standard output.
 *
 * `{now, secret, messages, pairs}` gives `{signatures, shapes}`: for each message its signature, or
 * null where the vault refuses; for each pair of pastes (key, secret) their shapes.
 */

import { readFileSync } from "node:fs";
import { readPair } from "../../validator/page/paste.js";
import { sign, take } from "../../validator/page/vault.js";

const { now, secret, messages, pairs } = JSON.parse(readFileSync(0, "utf8"));
Date.now = () => now;

await take(/** @type {HTMLInputElement} */ ({ value: secret }), (text) => readPair("", text));
const signatures = [];
for (const message of messages) signatures.push(await sign(message).catch(() => null));
const shapes = pairs.map(
  (/** @type {[string, string]} */ [key, other]) => readPair(key, other).shapes,
);
process.stdout.write(JSON.stringify({ signatures, shapes }));
