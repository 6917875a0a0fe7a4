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

/** What a terminal printed, without the authorization and the API key, wherever its lines were broken.
 * @param {string} text @param {string} key */
export function withoutKey(text, key) {
  const blotted = text.replace(/HS256\s+[A-Za-z0-9+/\r\n]+=*/g, "(the authorization)");
  if (key.length < SHORTEST_KEY) return blotted;
  const letters = Array.from(key, (letter) => letter.replace(/\W/g, "\\$&"));
  return blotted.replace(new RegExp(letters.join("[\\r\\n]*"), "gi"), "(the API key)");
}
