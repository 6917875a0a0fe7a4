/**
 * Runs the unit tests a second time, in Pyodide with its whole standard library, which the tests' own
 * libraries need:
 *
 *     node tests/page/pyodide/run.mjs [pytest's arguments]
 *
 * Rules of this room: the same tests, the same settings (pyproject.toml), and nothing importable but
 * the standard library, the packages of requirements/core-tests.txt and our own sources.
 */

import { fileURLToPath } from "node:url";
import { loadPyodide } from "pyodide";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const ARGUMENTS = [
  ...["-p", "no:cacheprovider"],
  ...["-o", "faulthandler_timeout=0"], // no threads here to watch for a test that hangs
  "--confcutdir=/project/tests/core",
  "tests/core",
];

const python = await loadPyodide({ env: { HYPOTHESIS_STORAGE_DIRECTORY: "/tmp/hypothesis" } });
python.mountNodeFS("/project", ROOT);
python.globals.set("arguments", python.toPy([...ARGUMENTS, ...process.argv.slice(2)]));
process.exitCode = python.runPython(`
    import os, sys
    os.chdir("/project")
    sys.path.append("/project/.venv/pyodide")
    sys.dont_write_bytecode = False  # the second run starts faster
    import pytest
    int(pytest.main(arguments))
`);
