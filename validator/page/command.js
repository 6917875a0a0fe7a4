/**
 * The command for the reader's own terminal: this fixed template and what the vault signed, nothing
 * else; and what is taken out of a terminal's answer before Python gets it.
 *
 * Rules of this room: nobody else's words become part of a command. It holds no secret, can do one
 * harmless thing, and dies with its signature.
 */

/** @import {Signed} from "./messages.d.ts" */

const API = "https://api.hitbtc.com/api/3/wallet/crypto/withdraw/";

/** Each shell's program and quotes. */
const SHELLS = { curl: ["curl", "'"], windows: ["curl.exe", '"'] };

/** The command for both shells. @param {string} key @param {Signed} signed */
export function commands(key, signed) {
  const authorization = authorizationOf(key, signed);
  return {
    curl: command("curl", authorization, signed.id ?? ""),
    windows: command("windows", authorization, signed.id ?? ""),
  };
}

/** Its last line of output names the status and the address asked.
 * @param {"curl" | "windows"} shell @param {string} authorization @param {string} id */
function command(shell, authorization, id) {
  const [program, quote] = SHELLS[shell];
  const quoted = (/** @type {string} */ text) => `${quote}${text}${quote}`;
  return [
    `${program} -sS -X DELETE`,
    `-H ${quoted(`Authorization: ${authorization}`)}`,
    `-w ${quoted("\\n%{http_code} %{url_effective}\\n")}`,
    quoted(`${API}${id}`),
  ].join(" ");
}

/** @param {string} key @param {Signed} signed */
function authorizationOf(key, { signature, timestamp, window }) {
  const bytes = new TextEncoder().encode(`${key}:${signature}:${timestamp}:${window}`);
  return `HS256 ${btoa(String.fromCharCode(...bytes))}`;
}

const SHORTEST_KEY = 6; // what is shorter is in many answers by chance

const UUID = /^(?:[a-z0-9/]*\/)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What a terminal printed, as one line, without the authorization, the API key and any other long run
 * of letters and digits but the id that was asked about: it may be a key that was pasted by mistake.
 * @param {string} text @param {string} key */
export function withoutKey(text, key) {
  const joined = text.replace(/[\r\n]+(?:> ?)?/g, "");
  const blotted = joined
    .replace(/HS256\s+[A-Za-z0-9+/]+=*/g, "(the authorization)")
    .replace(/[A-Za-z0-9+/=_-]{20,}/g, (run) => (UUID.test(run) ? run : "(left out)"));
  if (key.length < SHORTEST_KEY) return blotted;
  const letters = Array.from(key, (letter) => letter.replace(/\W/g, "\\$&"));
  return blotted.replace(new RegExp(letters.join("[\\r\\n]*"), "gi"), "(the API key)");
}
