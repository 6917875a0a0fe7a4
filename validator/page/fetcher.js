/**
 * The fetcher: fetches the runtime and compares every byte of it with the hashes in the page, in a
 * worker of its own, so that the page can answer its reader meanwhile.
 *
 * Rules of this room: it is told which files and nothing else, and it is ended before the page is
 * sealed, so before the secret's field opens. A file with one wrong byte is never handed over. The
 * function's text is the worker's whole script, so it uses nothing from outside itself.
 */

/** @import {FromFetcher, ToFetcher, Wanted} from "./messages.d.ts" */

export function fetcher() {
  const WRONG = new Error("another file than the page was made with");

  /** @param {FromFetcher} said @param {ArrayBuffer[]} transfer what is given away, not copied */
  const say = (said, transfer = []) => self.postMessage(said, { transfer });

  self.addEventListener("message", (/** @type {MessageEvent<ToFetcher>} */ { data }) => {
    for (const file of data.files) bring(file, data.cache);
  });

  /** @param {Wanted} file @param {RequestCache} cache */
  async function bring(file, cache) {
    try {
      const content = await fetchChecked(file, cache);
      say({ name: file.name, content }, [content]);
    } catch (error) {
      say({ name: file.name, failed: file.url && error !== WRONG ? "missing" : "wrong" });
    }
  }

  /**
   * Fetch a file and compare its SHA-384 with the one in the page. (The browser's own integrity
   * check would do the same, but shows no progress until the last byte is there.)
   * @param {Wanted} file
   * @param {RequestCache} cache
   */
  async function fetchChecked(file, cache) {
    const bytes = await read(await opened(file, cache), file.bytes);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-384", bytes));
    const found = `sha384-${btoa(String.fromCharCode(...digest))}`;
    if (found !== file.integrity) throw WRONG;
    return bytes.buffer;
  }

  /** @param {ReadableStream<Uint8Array>} stream @param {number} length that it must have */
  async function read(stream, length) {
    const bytes = new Uint8Array(length);
    let place = 0;
    const reader = stream.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      if (place + part.value.length > length) throw WRONG;
      bytes.set(part.value, place);
      place += part.value.length;
      count(part.value.length);
    }
    if (place !== length) throw WRONG;
    return bytes;
  }

  let loaded = 0; // bytes of all files
  let telling = false;

  /** Ten times a second is often enough for a reader; each time, the page lays out and paints.
   * @param {number} bytes */
  function count(bytes) {
    loaded += bytes;
    if (telling) return;
    telling = true;
    setTimeout(() => {
      telling = false;
      say({ loaded });
    }, 100);
  }

  /** @param {Wanted} file @param {RequestCache} cache @returns {Promise<ReadableStream<Uint8Array>>} */
  async function opened({ url, packed = "" }, cache) {
    if (!url) return unpacked(packed);
    const response = await fetch(url, { cache, credentials: "omit", redirect: "error" });
    if (!response.ok || !response.body) throw new Error(String(response.status));
    return response.body;
  }

  /** @param {string} text */
  function unpacked(text) {
    const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    return new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  }
}
