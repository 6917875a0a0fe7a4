/**
 * Cuts out of Pyodide's two large files what nothing here can use.
 *
 * Pyodide is made for libraries that are loaded later: its WebAssembly exports 8 500 names to them, and
 * its script has OpenGL, SDL and more at hand. None is loaded here. The script loses what no word of
 * it asks for; the WebAssembly loses the exports that no word of the script names, and the code of each
 * function that nothing can reach any more.
 *
 * Rules of this room: only taking away. Nothing is renumbered, moved or rewritten, so what stays is what
 * npm has, in its order; all that is put in is an instruction to stop, where a function was.
 */

import { parse } from "acorn";
import wasmparser from "wasmparser";

const { BinaryReader, BinaryReaderState: At, ExternalKind, SectionCode } = wasmparser;

/** The words of a text, be they names, strings or keywords. @param {string} text */
export const wordsOf = (text) => new Set(text.match(/[\w$]+/g));

// --- The script ---

/**
 * @typedef {import("acorn").Node & Record<string, any>} Node of a script's syntax tree (ESTree)
 *
 * A statement and what it is a list of, be it only itself; a shell stays though nothing in it does.
 * @typedef {{statement: Node, items: Node[], comma: string, shell: boolean}} List
 *
 * What stays: by itself, or because one of its names is a word of something else that does.
 * @typedef {{node?: Node, text: string, names: string[], stays: boolean}} Part
 */

/**
 * Pyodide's script without what no word in it, or in the loader, asks for.
 * @param {string} script pyodide.asm.mjs
 * @param {string} loader pyodide.mjs
 * @param {string[]} imported names of the functions that the WebAssembly imports
 * @returns {string}
 * @throws {Error} where the script is built in a way that is not known here
 */
export function cutScript(script, loader, imported) {
  const { body } = parse(script, { ecmaVersion: "latest", sourceType: "module" });
  const [whole] = /** @type {Node[]} */ (body);
  if (whole?.type !== "FunctionDeclaration") {
    throw new Error("pyodide.asm.mjs is built in a way that is not known here");
  }
  const lists = whole.body.body.map(listOf);
  const parts = lists.flatMap((/** @type {List} */ { items }) =>
    items.map((node) => partOf(node, script.slice(node.start, node.end), imported)),
  );
  const left = staying([...parts, { text: loader, names: [], stays: true }]);
  const nodes = new Set([...left].map(({ node }) => node));
  return [
    script.slice(0, whole.body.start + 1),
    ...lists.map((/** @type {List} */ list) => written(list, nodes, script)),
    script.slice(whole.body.end - 1),
  ].join("");
}

/** @param {Node} statement @returns {List} */
function listOf(statement) {
  if (statement.type === "FunctionDeclaration" && statement.id.name === "assignWasmExports") {
    return { statement, items: statement.body.body, comma: "", shell: true };
  }
  if (statement.type !== "VariableDeclaration") {
    return { statement, items: [statement], comma: "", shell: false };
  }
  const [{ id, init }] = statement.declarations;
  return id.name === "wasmImports"
    ? { statement, items: init.properties, comma: ",", shell: true }
    : { statement, items: statement.declarations, comma: ",", shell: false };
}

/** Says of a function what its signature is, or shows it to those who use Pyodide's insides. */
const BESIDES = /^(?:([\w$]+)\.sig="\w*"|Module\["([\w$]+)"\]=\2);$/;

/** Reads an export into variables. */
const READS = /^(?:[\w$]+=|Module\["[\w$]+"\]=)+wasmExports\["[\w$]+"\](?:\.value>>>0)?;?$/;
const OF_ALL = new Set(["Module", "wasmExports", "value", "0"]);

/** @param {Node} node @param {string} text @param {string[]} imported @returns {Part} */
function partOf(node, text, imported) {
  const part = { node, text, names: /** @type {string[]} */ ([]), stays: false };
  switch (node.type) {
    case "FunctionDeclaration":
      return { ...part, names: [node.id.name] };
    case "VariableDeclarator":
      return node.id.type === "Identifier" && isInert(node.init)
        ? { ...part, names: [node.id.name] }
        : { ...part, stays: true };
    case "Property": // of wasmImports
      return { ...part, stays: imported.includes(node.key.name ?? node.key.value) };
  }
  const [, signed, shown] = text.match(BESIDES) ?? [];
  if (signed ?? shown) return { ...part, names: [signed ?? shown] };
  if (READS.test(text))
    return { ...part, names: [...wordsOf(text)].filter((it) => !OF_ALL.has(it)) };
  return { ...part, stays: true };
}

const INERT = /^(?:Literal|Identifier|FunctionExpression|ArrowFunctionExpression)$/;

/** Whether making a value does nothing else. @param {Node | null} value @returns {boolean} */
function isInert(value) {
  if (value?.type === "MemberExpression") return !value.computed && isInert(value.object);
  if (value?.type === "ObjectExpression") {
    return value.properties.every(
      (/** @type {Node} */ { type, computed, value }) =>
        type === "Property" && !computed && isInert(value),
    );
  }
  return !value || INERT.test(value.type);
}

/** @param {Part[]} parts */
function staying(parts) {
  /** @type {Map<string, Part[]>} */
  const named = new Map();
  for (const part of parts) {
    for (const name of part.names) named.set(name, [...(named.get(name) ?? []), part]);
  }
  const left = new Set(parts.filter(({ stays }) => stays));
  for (const { text } of left) {
    for (const word of wordsOf(text)) for (const part of named.get(word) ?? []) left.add(part);
  }
  return left;
}

/** @param {List} list @param {Set<Node | undefined>} nodes that stay @param {string} script */
function written({ statement, items, comma, shell }, nodes, script) {
  const left = items.filter((item) => nodes.has(item));
  if (left.length === 0 && !shell) return "";
  const texts = left.map(({ start, end }) => script.slice(start, end));
  const [first, last] = [items[0], items[items.length - 1]];
  const [before, after] = [
    script.slice(statement.start, first.start),
    script.slice(last.end, statement.end),
  ];
  return before + texts.join(comma) + after;
}

// --- The WebAssembly ---

const HEADER = 8; // bytes before the first section: the magic word and the version

/** A function of three bytes: it has no variables, does nothing but trap, and ends. */
const EMPTIED = Uint8Array.of(0x03, 0x00, 0x00, 0x0b);

/**
 * The WebAssembly without other exports than those to be kept, and with each function emptied that
 * neither these nor anything else in it can reach. Functions keep their numbers.
 * @param {Uint8Array} wasm
 * @param {Set<string>} kept names
 */
export function cutWasm(wasm, kept) {
  const { sections, exports, functions, imported, roots } = read(wasm);
  const left = exports.filter(({ name }) => kept.has(name));
  const called = left.flatMap(({ kind, index }) => (kind === ExternalKind.Function ? [index] : []));
  const reached = new Set([...roots, ...called]);
  for (const index of reached)
    for (const used of functions[index - imported] ?? []) reached.add(used);
  /** @type {Record<number, (entries: Uint8Array[]) => Uint8Array[]>} */
  const cut = {
    [SectionCode.Export]: (entries) => entries.filter((_, at) => kept.has(exports[at].name)),
    [SectionCode.Code]: (entries) =>
      entries.map((entry, at) => (reached.has(imported + at) ? entry : EMPTIED)),
  };
  const made = sections.map(({ id, whole, entries }) =>
    cut[id] ? section(id, cut[id](entries)) : whole,
  );
  return joined([wasm.subarray(0, HEADER), ...made]);
}

/**
 * What of a WebAssembly the cut goes by: its sections, in bytes and, of the two that are cut, in
 * entries; the exports; which functions each function names; and which all else names.
 * @param {Uint8Array} wasm
 */
function read(wasm) {
  /** @type {{id: number, whole: Uint8Array, entries: Uint8Array[]}[]} */
  const sections = [];
  /** @type {{name: string, kind: number, index: number}[]} */
  const exports = [];
  /** @type {number[][]} */
  const functions = [];
  /** @type {number[]} */
  const roots = [];
  let [imported, uses, id, start, end] = [0, roots, 0, 0, HEADER];
  /** @type {number[]} */
  let ends = []; // of the section's entries
  for (const { state, result, place } of steps(wasm)) {
    switch (state) {
      case At.BEGIN_SECTION:
        [id, start, ends] = [result.id, place, []];
        break;
      case At.END_SECTION:
        sections.push({
          id,
          whole: wasm.subarray(end, place),
          entries: between(wasm, start, ends),
        });
        end = place;
        break;
      case At.IMPORT_SECTION_ENTRY:
        if (result.kind === ExternalKind.Function) imported++;
        break;
      case At.START_SECTION_ENTRY:
        roots.push(result.index);
        break;
      case At.EXPORT_SECTION_ENTRY:
        exports.push({ ...result, name: new TextDecoder().decode(result.field) });
        ends.push(place);
        break;
      case At.BEGIN_FUNCTION_BODY:
        uses = [];
        break;
      case At.END_FUNCTION_BODY:
        functions.push(uses);
        uses = roots;
        ends.push(place);
        break;
      default: // An instruction, in a function, a table or elsewhere, may name a function.
        if (result?.funcIndex !== undefined) uses.push(result.funcIndex);
    }
  }
  return { sections, exports, functions, imported, roots };
}

/**
 * What wasmparser reads one by one, and where the next begins.
 * @param {Uint8Array} wasm
 * @returns {Generator<{state: number, result: any, place: number}>}
 */
function* steps(wasm) {
  const reader = new BinaryReader();
  reader.setData(wasm.slice().buffer, 0, wasm.length);
  while (reader.read()) {
    yield { state: reader.state, result: reader.result, place: reader.position };
  }
  if (reader.error) throw reader.error;
}

/**
 * The entries of a section, which begins with their number.
 * @param {Uint8Array} wasm @param {number} start of the section @param {number[]} ends of its entries
 */
function between(wasm, start, ends) {
  const starts = [start + number(ends.length).length, ...ends];
  return ends.map((end, at) => wasm.subarray(starts[at], end));
}

/** @param {number} id @param {Uint8Array[]} entries */
function section(id, entries) {
  const content = joined([number(entries.length), ...entries]);
  return joined([Uint8Array.of(id), number(content.length), content]);
}

/** An unsigned number as WebAssembly writes it (LEB128). @param {number} value @returns {Uint8Array} */
const number = (value) =>
  value < 128
    ? Uint8Array.of(value)
    : joined([Uint8Array.of((value % 128) + 128), number(Math.floor(value / 128))]);

/** @param {Uint8Array[]} pieces @returns {Uint8Array} */
const joined = (pieces) => new Uint8Array(Buffer.concat(pieces));
