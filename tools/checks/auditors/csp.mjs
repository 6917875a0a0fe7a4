// Asks Google's CSP Evaluator about policies: {name: policy} as JSON on standard input, and
// {name: [{severity, directive, value, description}]} on standard output.
import { createRequire } from "node:module";
import { text } from "node:stream/consumers";

const require = createRequire(import.meta.url);
const { CspEvaluator } = require("csp_evaluator/dist/evaluator.js");
const { CspParser } = require("csp_evaluator/dist/parser.js");
const { Version } = require("csp_evaluator/dist/csp.js");
const { Severity } = require("csp_evaluator/dist/finding.js");

/** @type {Record<string, string>} */
const policies = JSON.parse(await text(process.stdin));
const said = Object.entries(policies).map(([name, policy]) => {
  const findings = new CspEvaluator(new CspParser(policy).csp, Version.CSP3).evaluate();
  return [name, findings.map((it) => ({ ...it, severity: Severity[it.severity] }))];
});
console.log(JSON.stringify(Object.fromEntries(said)));
