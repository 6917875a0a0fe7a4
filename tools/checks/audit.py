"""Have other people's tools look the built site over: `make audit`.

With `WRITE=1` what they say is also written to docs/en/maintainers/audit.md.

Rules of this room: the tools judge, this lays their answers into tables; what cannot be asked here
is said in a sentence; a figure that depends on the machine is information and wants nothing.
Ends with 0 when nothing is other than wanted.
"""

import json
import os
import shutil
import ssl
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import trustme
from playwright.sync_api import Browser, Page, sync_playwright

from tools.build.serve import SITE, file_for, headers_for, parse_headers, served
from tools.checks import looks, markup
from tools.checks.browser import QUIET, launch_options

AUDITORS = Path("tools/checks/auditors")
PROGRAMS = AUDITORS / "node_modules"
KEPT = Path("build/audit")
WRITTEN = Path("docs/en/maintainers/audit.md")
PROSE = ["docs/en/**/*.md", "*.md", "validator/page/form.html"]
BOTH_KINDS = {"Guide": "/", "Checker": "/checker/"}
CATEGORIES = ("accessibility", "best-practices", "seo", "performance")
FULL_MARKS = 100
SUMMARY = (
    "What axe, Lighthouse, vnu, HTTP Observatory, CSP Evaluator and cspell found on the pages of "
    "this site, on which day, and how to ask them again."
)
PREFACE = """---
title: What other tools say of this site
description: "{summary}"
search:
  exclude: true
---

# What other tools say of this site

Written by `make audit WRITE=1` on {today}, on a machine with {cores} cores. `make audit` asks the
same again, and asks no other server. Things other than wanted: **{wrong}**.
"""


@dataclass(frozen=True, kw_only=True)
class Section:
    """What one question brought: in words, in a table, and what of it is other than wanted."""

    title: str
    words: str
    head: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    wrong: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Column:
    """What one tool says of each page."""

    head: str
    cells: Mapping[str, str]
    wrong: Sequence[str] = ()


def main() -> None:
    """Ask all of them, print what they say, and keep it if that is wanted."""
    KEPT.mkdir(parents=True, exist_ok=True)
    read = markup.read_site(SITE)
    with served(SITE) as address, sync_playwright() as playwright:
        options = launch_options(playwright)
        chromium = options["executable_path"] or playwright.chromium.executable_path
        with playwright.chromium.launch(**options) as browser:
            columns = [*seen_in_browser(list(read), browser, address)]
            search = searched(browser, address)
        columns += [lighthouse(read, chromium, address), validity(read)]
    sections = [by_page(read, columns), links(read), search, observatory(), evaluated(), spelling()]
    report(sections)


# --- Page by page ---


def by_page(read: markup.Site, columns: Iterable[Column]) -> Section:
    return Section(
        title="Page by page",
        words=(
            f"**axe**: faults in two colour schemes, each at {', '.join(map(str, looks.WIDTHS))} "
            "px. **kB** and **Requests**: of a first visit; at most "
            f"{looks.MOST_BYTES // 1000} and {looks.MOST_REQUESTS} are wanted. **Lighthouse**: its "
            "marks out of 100 for accessibility, best practices, search engines and performance "
            "on a phone; the last depends on the machine, and since Lighthouse takes a loopback "
            "address for a secure one, its checks of HTTPS show nothing here. **vnu**: errors in "
            "the HTML."
        ),
        head=["Page", *(column.head for column in columns)],
        rows=[[path, *(column.cells[path] for column in columns)] for path in sorted(read)],
        wrong=[line for column in columns for line in column.wrong],
    )


def seen_in_browser(paths: list[str], browser: Browser, address: str) -> Iterator[Column]:
    say("axe")
    found = [
        (path, f"{path} {scheme} {width} px: {rule} at {place}")
        for scheme in looks.SCHEMES
        for path, width, rule, place in looks.axe_findings(paths, scheme, browser, address)
    ]
    yield counted("axe", paths, found)
    say("weights")
    loads = {path: looks.load(path, browser, address) for path in paths}
    kilobytes = {path: sum(load.sizes) / 1000 for path, load in loads.items()}
    requests = {path: len(load.asked) for path, load in loads.items()}
    yield limited("kB", kilobytes, looks.MOST_BYTES / 1000)
    yield limited("Requests", requests, looks.MOST_REQUESTS)


def counted(head: str, paths: Iterable[str], found: Sequence[tuple[str, str]]) -> Column:
    numbers = Counter(path for path, _ in found)
    cells = {path: str(numbers[path]) for path in paths}
    return Column(head=head, cells=cells, wrong=[f"{head}: {words}" for _, words in found])


def limited(head: str, values: Mapping[str, float], most: float) -> Column:
    cells = {path: f"{value:.0f}" for path, value in values.items()}
    wrong = [f"{path}: {cells[path]} {head}" for path, value in values.items() if value > most]
    return Column(head=head, cells=cells, wrong=wrong)


def lighthouse(paths: Iterable[str], chromium: str, address: str) -> Column:
    results = {path: lighthouse_result(path, chromium, address) for path in paths}
    return Column(
        head="Lighthouse",
        cells={
            path: " / ".join(str(score(result, name)) for name in CATEGORIES)
            for path, result in results.items()
        },
        wrong=[
            f"Lighthouse: {path} {name}: {', '.join(failed(result, name))}"
            for path, result in results.items()
            for name in CATEGORIES
            if score(result, name) < FULL_MARKS and name != "performance"
        ],
    )


def lighthouse_result(path: str, chromium: str, address: str) -> Any:
    say(f"Lighthouse {path}")
    flags = ["--headless=new", "--no-sandbox", *QUIET]
    return json.loads(
        run(
            str(PROGRAMS / ".bin/lighthouse"),
            f"{address.rstrip('/')}{path}",
            "--quiet",
            "--output=json",
            f"--only-categories={','.join(CATEGORIES)}",
            f"--chrome-flags={' '.join(flags)}",
            environment={"CHROME_PATH": chromium},
            tries=3,  # On a busy machine it loses its trace, and says: run again.
        )
    )


def score(result: Any, category: str) -> int:
    return round(FULL_MARKS * (result["categories"][category]["score"] or 0))


def failed(result: Any, category: str) -> list[str]:
    """The audits that cost points."""
    weighed = [it["id"] for it in result["categories"][category]["auditRefs"] if it["weight"]]
    return [name for name in weighed if result["audits"][name]["score"] not in {1, None}]


def validity(read: markup.Site) -> Column:
    """What vnu calls errors. Its warnings about policies are of files, where 'self' is nobody."""
    say("vnu")
    if not shutil.which("java"):
        print("The HTML was not looked at: vnu needs Java, install it from your system's packages.")
        return Column(head="vnu", cells=dict.fromkeys(read, "?"))
    paths = {str(file_for(SITE, path)): path for path in read}
    jar = PROGRAMS / "vnu-jar/build/dist/vnu.jar"
    options = ["--format", "json", "--stdout", "--exit-zero-always", "--errors-only"]
    said = json.loads(run("java", "-jar", str(jar), *options, *paths))
    blamed = [(paths[it["url"].removeprefix("file:")], it["message"]) for it in said["messages"]]
    found = [(path, f"{path} {message}") for path, message in blamed]
    return counted("vnu", read, found)


# --- The site as a whole ---


def links(read: markup.Site) -> Section:
    broken = [f"{path}: {value}" for path, value in markup.broken_links(read, SITE)]
    number = sum(1 for page in read.values() for _ in markup.addresses(page))
    return Section(
        title="Links and anchors",
        words=f"Of {number} links within {len(read)} pages, {len(broken)} lead nowhere. "
        "Links to other sites are not followed: nothing here asks anybody but this site.",
        wrong=broken,
    )


def searched(browser: Browser, address: str) -> Section:
    with browser.new_context(base_url=address) as context:
        page = context.new_page()
        found = {words: found_first(words, page, address) for words in looks.FOUND_FIRST}
    return Section(
        title="Search",
        words="What the search shows first.",
        head=["Words", "First found"],
        rows=[(words, f"/{path}") for words, path in found.items()],
        wrong=[
            f"{words}: {path}" for words, path in found.items() if path != looks.FOUND_FIRST[words]
        ],
    )


def found_first(words: str, page: Page, address: str) -> str:
    page.goto(f"?q={words}")
    href = page.locator(".md-search-result__link").first.get_attribute("href") or ""
    return href.removeprefix(address).partition("?")[0].partition("#")[0]


def observatory() -> Section:
    """MDN's scanner, over TLS with a certificate of our own making that it is told to trust."""
    say("HTTP Observatory")
    # Made by its installation from the network; nothing here is on the list that it would fetch.
    package = PROGRAMS / "@mdn/mdn-http-observatory"
    (package / "conf/hsts-preload.json").write_text("{}")
    authority = trustme.CA()
    trusted = KEPT / "authority.pem"
    authority.cert_pem.write_to_path(str(trusted))
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(tls)
    environment = {"NODE_EXTRA_CA_CERTS": str(trusted)}
    with served(SITE, tls=tls) as address:
        host = address.removeprefix("https://").rstrip("/")
        scan = ["node", str(package / "src/scan.js")]
        said = {
            kind: json.loads(run(*scan, f"{host}{path}", environment=environment))
            for kind, path in BOTH_KINDS.items()
        }
    tests = {kind: result["tests"] for kind, result in said.items()}
    grades = {kind: f"{it['scan']['grade']} ({it['scan']['score']})" for kind, it in said.items()}
    return Section(
        title="Headers",
        words="MDN's HTTP Observatory on the two kinds of page, under the headers that ship, over "
        "TLS on this machine. Whether plain HTTP leads to HTTPS is the host's doing.",
        head=["Test", *BOTH_KINDS],
        rows=[
            ("**Grade** (score)", *grades.values()),
            *((name, *(it[name]["result"] for it in tests.values())) for name in tests["Guide"]),
        ],
        wrong=[
            f"Observatory: {kind} {name}: {test['result']}"
            for kind, its in tests.items()
            for name, test in its.items()
            if not test["pass"]
        ],
    )


def evaluated() -> Section:
    say("CSP Evaluator")
    rules = parse_headers((SITE / "_headers").read_text())
    policies = {
        kind: dict(headers_for(path, rules))["Content-Security-Policy"]
        for kind, path in BOTH_KINDS.items()
    }
    said = json.loads(run("node", str(AUDITORS / "csp.mjs"), given=json.dumps(policies)))
    findings = [(kind, finding) for kind, its in said.items() for finding in its]
    return Section(
        title="Policies",
        words="Google's CSP Evaluator on the two policies. MEDIUM_MAYBE on `'self'` asks whether "
        "the site serves scripts that others can choose: it serves none, and takes no uploads.",
        head=["Policy", "Severity", "Directive", "What it says"],
        rows=[
            (kind, it["severity"], f"`{it['directive']} {it.get('value', '')}`", it["description"])
            for kind, it in findings
        ],
        wrong=[
            f"CSP Evaluator: {kind} {it['directive']}: {it['description']}"
            for kind, it in findings
            if it["severity"] in {"HIGH", "SYNTAX", "MEDIUM"}
        ],
    )


def spelling() -> Section:
    say("cspell")
    options = ["--no-progress", "--no-summary", "--no-exit-code", "--config"]
    config = str(AUDITORS / "cspell.json")
    unknown = run(str(PROGRAMS / ".bin/cspell"), "lint", *options, config, *PROSE).splitlines()
    return Section(
        title="Spelling",
        words=f"cspell, British English, with the project's own names: {len(unknown)} words of the "
        "prose that it does not know.",
        wrong=unknown,
    )


# --- Asking and telling ---


def say(doing: str) -> None:
    print(f"Asking: {doing} ...", file=sys.stderr, flush=True)


def run(
    *command: str, given: str = "", environment: Mapping[str, str] | None = None, tries: int = 1
) -> str:
    """What a tool says on its standard output; a tool that fails ends the audit with its words."""
    for _ in range(tries):
        done = subprocess.run(
            command,
            input=given,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, **(environment or {})},
        )
        if done.returncode == 0:
            return done.stdout
    sys.exit(f"{command[0]} failed: {done.stderr or done.stdout}")


def report(sections: Sequence[Section]) -> None:
    wrong = sum(len(section.wrong) for section in sections)
    text = "\n".join(map(as_markdown, sections))
    print(text, f"Other than wanted: {wrong}.", sep="\n")
    if os.environ.get("WRITE"):
        today = datetime.now(UTC).date()
        preface = PREFACE.format(summary=SUMMARY, today=today, cores=os.cpu_count(), wrong=wrong)
        WRITTEN.write_text(f"{preface}\n{text}")
    sys.exit(wrong > 0)


def as_markdown(section: Section) -> str:
    lines = [f"## {section.title}", "", section.words, ""]
    if section.rows:
        table = [section.head, ["---"] * len(section.head), *section.rows]
        lines += [*(f"| {' | '.join(row)} |" for row in table), ""]
    if section.wrong:
        lines += ["Other than wanted:", "", *(f"- {it}" for it in section.wrong), ""]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
