"""Have other people's tools look the built site over: `make audit`. One line for each tool.

Rules of this room: the tools judge and say what they found; they ask no server but ours, on this
machine. What `make test` asks already (axe, weights, links, the search) is not asked again.
"""

import json
import os
import ssl
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import trustme
from playwright.sync_api import sync_playwright

from tools.build.output import pages
from tools.build.serve import SITE, headers_for, parse_headers, served
from tools.build.steps import step
from tools.checks.browser import QUIET, launch_options

AUDITORS = Path("tools/checks/auditors")
PROGRAMS = AUDITORS / "node_modules"
KEPT = Path("build/audit")
PROSE = ["docs/en/**/*.md", "*.md", "validator/hitbtc_keycheck/words/*.json"]
BOTH_KINDS = {"Guide": "/", "Checker": "/checker/"}
CATEGORIES = ("accessibility", "best-practices", "seo")
FULL_MARKS = 100

SPELLING = [str(PROGRAMS / ".bin/cspell"), "lint", "--no-progress", "--no-summary"]
VNU = ["java", "-jar", str(PROGRAMS / "vnu-jar/build/dist/vnu.jar")]


def main() -> None:
    """Ask all of them, also after one has found something."""
    fine = [
        step("Spelling (cspell)", *SPELLING, "--config", str(AUDITORS / "cspell.json"), *PROSE),
        # Its warnings about policies are of files, where 'self' is nobody.
        step("HTML (vnu, in Java)", *VNU, "--errors-only", "--skip-non-html", str(SITE)),
        step("Policies (CSP Evaluator)", "node", str(AUDITORS / "csp.mjs"), json.dumps(policies())),
        told("Headers (HTTP Observatory)", observatory()),
        told("Every page on a phone (Lighthouse)", lighthouse()),
    ]
    sys.exit(not all(fine))


def told(title: str, found: Iterator[str]) -> bool:
    """Print what was found, if anything; return whether nothing was."""
    print(f"{title} ...", flush=True)
    wrong = list(found)
    print(*wrong, sep="\n", end="\n" * bool(wrong), flush=True)
    return not wrong


def policies() -> Mapping[str, str]:
    rules = parse_headers((SITE / "_headers").read_text())
    return {
        kind: dict(headers_for(path, rules))["Content-Security-Policy"]
        for kind, path in BOTH_KINDS.items()
    }


def observatory() -> Iterator[str]:
    """MDN's scanner, over TLS with a certificate of our own making that it is told to trust."""
    # Made by its installation from the network; nothing here is on the list that it would fetch.
    package = PROGRAMS / "@mdn/mdn-http-observatory"
    (package / "conf/hsts-preload.json").write_text("{}")
    authority = trustme.CA()
    KEPT.mkdir(parents=True, exist_ok=True)
    trusted = KEPT / "authority.pem"
    authority.cert_pem.write_to_path(str(trusted))
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(tls)
    with served(SITE, tls=tls) as address:
        for kind, path in BOTH_KINDS.items():
            place = f"{address.removeprefix('https://').rstrip('/')}{path}"
            said = asked("node", str(package / "src/scan.js"), place, NODE_EXTRA_CA_CERTS=trusted)
            print(f"  {kind}: {said['scan']['grade']} ({said['scan']['score']})", flush=True)
            for name, test in said["tests"].items():
                if not test["pass"]:
                    yield f"  {kind}: {name}: {test['result']}"


def lighthouse() -> Iterator[str]:
    """What cost a page a mark, but for speed, which depends on the machine."""
    with sync_playwright() as playwright:
        own = launch_options(playwright)["executable_path"] or playwright.chromium.executable_path
    with served(SITE) as address:
        for page in pages(SITE):
            path = page.relative_to(SITE).as_posix().removesuffix("index.html")
            result = lighthouse_result(f"{address}{path}", own)
            for name in CATEGORIES:
                if failed := costs(result, name):
                    yield f"  /{path} {name}: {', '.join(failed)}"


def lighthouse_result(url: str, chromium: str) -> Any:
    flags = " ".join(["--headless=new", "--no-sandbox", *QUIET])
    command = [str(PROGRAMS / ".bin/lighthouse"), url, "--quiet", "--output=json"]
    command += [f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={flags}"]
    return asked(*command, tries=3, CHROME_PATH=chromium)


def costs(result: Any, category: str) -> list[str]:
    """The audits of a category that cost points."""
    weighed = [it["id"] for it in result["categories"][category]["auditRefs"] if it["weight"]]
    return [name for name in weighed if result["audits"][name]["score"] not in {1, None}]


def asked(*command: str, tries: int = 1, **environment: object) -> Any:
    """What a tool says in JSON. On a busy machine Lighthouse says: run again."""
    added = {name: str(value) for name, value in environment.items()}
    for _ in range(tries):
        done = subprocess.run(
            command, env=os.environ | added, capture_output=True, text=True, check=False
        )
        if done.returncode == 0:
            return json.loads(done.stdout)
    sys.exit(f"{command[0]} failed: {done.stderr or done.stdout}")


if __name__ == "__main__":
    main()
