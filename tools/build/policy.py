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
from pathlib import Path

from bs4 import BeautifulSoup

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


def guide_policy(hashes: Iterable[str]) -> Policy:
    """The policy of every page but the checker; `hashes` are of the theme's inline scripts."""
    return {
        **_COMMON,
        "script-src": " ".join(["'self'", *(f"'{digest}'" for digest in hashes)]),
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

_UNUSED_FEATURES = """
    accelerometer autoplay camera clipboard-read display-capture encrypted-media fullscreen
    geolocation gyroscope hid identity-credentials-get idle-detection local-fonts magnetometer
    microphone midi payment picture-in-picture publickey-credentials-get screen-wake-lock serial
    storage-access usb xr-spatial-tracking
""".split()

HEADERS: Headers = {
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Origin-Agent-Cluster": "?1",  # Of all pages: the first that is opened decides for the others.
    "Permissions-Policy": ", ".join(
        [*(f"{feature}=()" for feature in _UNUSED_FEATURES), "clipboard-write=(self)"]
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


def inline_scripts(page: Path) -> list[str]:
    """The scripts within a page, which has nothing in it that its policy refuses."""
    found = BeautifulSoup(page.read_text(), "html.parser")
    attributes = [pair for tag in found.find_all(True) for pair in tag.attrs.items()]
    refused = {name for name, _ in attributes if name == "style" or name.startswith("on")}
    refused |= {str(value) for _, value in attributes if str(value).startswith("javascript:")}
    refused |= {"<style>" for _ in found.find_all("style")}
    if refused:
        raise Refused(f"{page}: the policy refuses {', '.join(sorted(refused))}")
    scripts = found.find_all("script", src=False)
    return [it.get_text() for it in scripts if "json" not in str(it.get("type"))]


# --- Writing the policies ---


def set_policies(site: Path) -> Mapping[Path, Policy]:
    """Writes each page's policy into its head; returns them."""
    found = {page: inline_scripts(page) for page in pages(site)}
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


def import_map(checker: Path, scripts: list[str]) -> str:
    """The one inline script of the checker's page: it says the other scripts' hashes."""
    match scripts:
        case [text] if text.startswith('{"integrity":'):
            return text
        case _:
            raise Refused(f"{checker}: its policy allows one inline script, the import map")


def allowing(inline_script: str) -> str:
    return f"{CHECKER_POLICY['script-src']} '{source_hash('sha256', inline_script.encode())}'"


def themes_scripts(found: Mapping[Path, list[str]]) -> list[str]:
    """The inline scripts that all pages share; one that only some have is not the theme's."""
    shared = set.intersection(*map(set, found.values()))
    for page, its in found.items():
        if set(its) - shared:
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
