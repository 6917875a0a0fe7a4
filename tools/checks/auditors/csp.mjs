// Asks Google's CSP Evaluator about the policies of its argument, {name: policy} as JSON, and ends
// with 1 where it finds a fault. Not one: its question whether 'self' serves scripts that others can
// choose (MEDIUM_MAYBE). The site serves none, and takes no uploads.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { CspEvaluator } = require("csp_evaluator/dist/evaluator.js");
const { CspParser } = require("csp_evaluator/dist/parser.js");
const { Version } = require("csp_evaluator/dist/csp.js");
const { Severity } = require("csp_evaluator/dist/finding.js");

const FAULTS = [Severity.HIGH, Severity.SYNTAX, Severity.MEDIUM];
for (const [name, policy] of Object.entries(JSON.parse(process.argv[2]))) {
  const found = new CspEvaluator(new CspParser(policy).csp, Version.CSP3).evaluate();
  for (const { severity, directive, description } of found) {
    if (!FAULTS.includes(severity)) continue;
    console.log(`${name} ${directive}: ${description}`);
    process.exitCode = 1;
  }
}
