/**
 * Drives Firefox for the Python tests: a command in JSON a line, an answer in JSON a line.
 * `node firefox.mjs FIREFOX PROXY PREFERENCES` starts it; the end of the input ends it.
 */

import { createInterface } from "node:readline";
import { launch } from "puppeteer-core";

const [, , executablePath, proxy, preferences] = process.argv;
const [host, port] = proxy.split(":");

const browser = await launch({
  browser: "firefox",
  executablePath,
  acceptInsecureCerts: true,
  extraPrefsFirefox: {
    "network.proxy.type": 1,
    "network.proxy.ssl": host,
    "network.proxy.ssl_port": Number(port),
    ...JSON.parse(preferences),
  },
});
const page = await browser.newPage();

/** @type {Record<string, (given: any) => Promise<unknown>>} */
const ACTS = {
  goto: ({ url }) => page.goto(url).then(() => null),
  type: ({ selector, text }) => page.type(selector, text),
  click: ({ selector }) => page.click(selector),
  evaluate: ({ script, given }) => page.evaluate(`(${script})(${JSON.stringify(given)})`),
};

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  try {
    const result = (await ACTS[command.do](command)) ?? null;
    console.log(JSON.stringify({ result }));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error) }));
  }
}
await browser.close();
