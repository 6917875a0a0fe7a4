"""What the site asks browsers to enforce: the policies of its two kinds of page, other headers.

Rules that hold here:
- `_headers` is for the hosts that read it (Netlify, Cloudflare Pages). They join the values of all
  rules that match, and two joined policies would both hold; so no two rules give one path the same
  header.
- A <meta> carries the same policy for hosts that send no headers, less what a <meta> cannot carry.
- Every file is the checker's page, another page, or no page; each kind has its headers below.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from tools.build.output import Refused, homes, pages, replaced_once, source_hash

type Policy = Mapping[str, str]
type Headers = Mapping[str, str]

CHECKER = "checker/index.html"
CHARSET = '<meta charset="utf-8">'

_COMMON: Policy = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self' data:",  # The theme's icons are masks with data: addresses.
    "font-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "require-trusted-types-for": "'script'",
}


def guide_policy(inline_scripts: Iterable[str]) -> Policy:
    """The policy of every page but the checker; `inline_scripts` are the theme's, as CSP hashes."""
    return {
        **_COMMON,
        "script-src": " ".join(["'self'", *(f"'{digest}'" for digest in inline_scripts)]),
        "connect-src": "'self'",
        "worker-src": "'self'",
        "trusted-types": "default",
    }


# What holds until the checker's page seals itself; validator/page/seal.js then narrows it.
CHECKER_POLICY: Policy = {
    **_COMMON,
    "script-src": "'self' 'wasm-unsafe-eval'",
    "connect-src": "'self' https://api.hitbtc.com wss://api.hitbtc.com",
    "worker-src": "blob:",
    "trusted-types": "keycheck",
}

_UNUSED_FEATURES = [
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "hid",
    "identity-credentials-get",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "storage-access",
    "usb",
    "xr-spatial-tracking",
]

HEADERS: Headers = {
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Origin-Agent-Cluster": "?1",  # Of all pages: the first that is opened decides for the others.
    "Permissions-Policy": ", ".join(
        [
            *(f"{feature}=()" for feature in _UNUSED_FEATURES),
            "clipboard-read=()",
            "clipboard-write=(self)",
        ]
    ),
}

FOREVER = {
    "Cache-Control": "public, max-age=31536000, immutable"
}  # The name has the content's hash in it.
FRESH = {"Cache-Control": "no-cache"}  # Kept, and asked about each time.
FINGERPRINTED = re.compile(r"(\w+/)?assets/|checker/runtime/")

GUIDE: Headers = {
    # A link may open a window from here; with the checker's own value below, neither of the two
    # then has a handle on the other.
    "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
    **FRESH,
}

CHECKERS: Headers = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    # What no policy governs: navigations, popups, WebRTC. https://wicg.github.io/connection-allowlists/
    # Chrome 152 and later know it, and where it cannot be read they let nothing out at all.
    "Connection-Allowlist": '(response-origin "https://api.hitbtc.com")',
    "Integrity-Policy": "blocked-destinations=(script)",
    **FRESH,
}

# Opened as a document, such a file would otherwise be one of our origin without any policy, which
# may fetch what it likes. No opener policy beside it: a browser refuses a sandboxed document that
# has one, and people do read robots.txt.
NO_PAGE: Headers = {"Content-Security-Policy": "default-src 'none'; sandbox"}

# The search's worker asks this site for the stems of a language other than English. In a sandbox it
# would be of no site.
SEARCHER: Headers = {"Content-Security-Policy": "default-src 'none'; script-src 'self'"}

OFFLINE_FILE: Headers = {"Content-Disposition": "attachment", **NO_PAGE, **FRESH}


# --- Reading a page ---


@dataclass(kw_only=True)
class Findings:
    """What a page has in it that a policy is about."""

    inline_scripts: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found = Findings()
        self._script: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "script" and "src" not in given and "json" not in given.get("type", ""):
            self._script = []
        self.found.refused += [name for name in given if name == "style" or name.startswith("on")]
        self.found.refused += ["<style>"] if tag == "style" else []
        self.found.refused += [v for v in given.values() if v.startswith("javascript:")]

    def handle_data(self, data: str) -> None:
        if self._script is not None:
            self._script.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script" and self._script is not None:
            self.found.inline_scripts.append("".join(self._script))
            self._script = None


def read(page: Path) -> Findings:
    reader = Reader()
    reader.feed(page.read_text())
    if reader.found.refused:
        raise Refused(f"{page}: the policy refuses {', '.join(sorted(set(reader.found.refused)))}")
    return reader.found


# --- Writing the policies ---


def set_policies(site: Path) -> Mapping[Path, Policy]:
    """Writes each page's policy into its head; returns them."""
    found = {page: read(page) for page in pages(site)}
    checkers = [home / CHECKER for home in homes(site)]
    scripts = {page: allowing(import_map(page, found.pop(page))) for page in checkers}
    guide = guide_policy(source_hash("sha256", text.encode()) for text in themes_scripts(found))
    policies = {
        **dict.fromkeys(found, guide),
        **{page: {**CHECKER_POLICY, "script-src": script} for page, script in scripts.items()},
    }
    for page, policy in policies.items():
        write_policy(page, policy)
    return policies


def import_map(checker: Path, findings: Findings) -> str:
    """The one inline script of the checker's page: it says the other scripts' hashes."""
    match findings.inline_scripts:
        case [text] if text.startswith('{"integrity":'):
            return text
        case _:
            raise Refused(f"{checker}: its policy allows one inline script, the import map")


def allowing(inline_script: str) -> str:
    return f"{CHECKER_POLICY['script-src']} '{source_hash('sha256', inline_script.encode())}'"


def themes_scripts(found: Mapping[Path, Findings]) -> list[str]:
    """The inline scripts that all pages share; one that only some have is not the theme's."""
    scripts = {page: set(findings.inline_scripts) for page, findings in found.items()}
    shared = set.intersection(*scripts.values())
    for page, its in scripts.items():
        if its - shared:
            raise Refused(f"{page}: an inline script that is not the theme's")
    return sorted(shared)


def write_policy(page: Path, policy: Policy) -> None:
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy_text(policy)}">'
    page.write_text(replaced_once(page.read_text(), CHARSET, CHARSET + meta, page))


# --- Writing the headers ---


def write_headers(site: Path, policies: Mapping[Path, Policy]) -> None:
    """Writes `_headers` for all files that are there now, and for the offline files."""

    def headers_of(file: Path) -> Headers:
        name = file.relative_to(site).as_posix()
        if file in policies:
            kind = CHECKERS if name.endswith(CHECKER) else GUIDE
            return {**page_policy(policies[file]), **kind}
        kept = FOREVER if FINGERPRINTED.match(name) else FRESH
        return {**(SEARCHER if languages and "/workers/" in name else NO_PAGE), **kept}

    _, *languages = homes(site)
    rules = {"/*": HEADERS, **dict(rules_below(site, site, headers_of)), "/offline/*": OFFLINE_FILE}
    rules |= {f"/{home.name}/offline/*": OFFLINE_FILE for home in languages}
    (site / "_headers").write_text(headers_text(rules))


def rules_below(
    folder: Path, site: Path, headers_of: Callable[[Path], Headers]
) -> Iterator[tuple[str, Headers]]:
    """One rule for a folder where all files in it get the same, else one for each file."""
    for path in sorted(folder.iterdir()):
        below = f"/{path.relative_to(site).as_posix()}"
        if path.is_file():
            yield from ((address, headers_of(path)) for address in addresses(below))
            continue
        first, *others = [headers_of(file) for file in path.rglob("*") if file.is_file()]
        if all(other == first for other in others):
            yield f"{below}/*", first
        else:
            yield from rules_below(path, site, headers_of)


def addresses(path: str) -> list[str]:
    """A file's addresses: that of a folder's index has a short form."""
    return [path.removesuffix("index.html"), path] if path.endswith("/index.html") else [path]


def page_policy(policy: Policy) -> Headers:
    text = policy_text({**policy, "frame-ancestors": "'none'"})
    return {"Content-Security-Policy": text}


def headers_text(rules: Mapping[str, Headers]) -> str:
    """`_headers` as its hosts read it: a path pattern, and below it the headers it gets."""
    return "\n".join(
        "".join([f"{path}\n", *(f"  {name}: {value}\n" for name, value in headers.items())])
        for path, headers in rules.items()
    )


def policy_text(policy: Policy) -> str:
    return "; ".join(f"{directive} {sources}" for directive, sources in policy.items())
