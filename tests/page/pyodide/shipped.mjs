/**
 * Python as the checker has it, for Node: Pyodide from npm, with the standard library of build/runtime/
 * as `make site` left it.
 */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadPyodide } from "pyodide";

export const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
export const RUNTIME = join(ROOT, "build/runtime");

export const loadShipped = () => loadPyodide({ stdLibURL: join(RUNTIME, "python_stdlib.zip") });
