"""The built site on a server of one's own: `python -m tools.nginx` prints nginx's configuration.

With `--try` it starts an nginx on loopback instead, and compares all that it sends with what ships:
`make test-nginx`. Rule of this room: the headers come from `_headers`, which is written for hosts
that read it; nothing is said twice.
"""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from tools.serve import SITE, Rules, content_type, headers_for, parse_headers
from tools.verify import difference, published

DEBIANS_MODULES = "include /etc/nginx/modules-enabled/*.conf;"
START_SECONDS = 10


def main() -> None:
    """Print the configuration, or try it."""
    if not (SITE / "_headers").exists():
        sys.exit("There is no built site: run `make site` first.")
    if sys.argv[1:] != ["--try"]:
        print(configuration(SITE, "443 ssl http2"))
        return
    found = list(tried(SITE))
    print(*found, sep="\n")
    sys.exit(f"{len(found)} differences" if found else 0)


def configuration(site: Path, listen: str) -> str:
    """Return what belongs into nginx's `http` block: a map for each header, and the server."""
    rules = parse_headers((site / "_headers").read_text())
    names = sorted({name for headers in rules.values() for name in headers})
    maps = "\n".join(header_map(name, rules) for name in names)
    headers = "\n".join(f"    add_header {name} ${variable(name)} always;" for name in names)
    return f"""\
# Written by tools/nginx.py from _headers. Write it anew for each build: the policies name hashes.
{maps}
types {{
{types(site)}
}}
server {{
    listen {listen};
    root {site};
    index index.html;
    error_page 404 /404.html;
    absolute_redirect off;
    default_type application/octet-stream;
    charset utf-8;
    charset_types text/css text/javascript text/plain text/xml;
    gzip_static on;
    gzip_vary on;
    brotli_static on;
{headers}
    location = /_headers {{ return 404; }}
    location ~ [.](br|gz)$ {{ return 404; }}
}}
"""


def variable(name: str) -> str:
    return f"keycheck_{name.lower().replace('-', '_')}"


def header_map(name: str, rules: Rules) -> str:
    """The header's value by path; nginx leaves a header without a value out."""
    values = {path: headers[name] for path, headers in rules.items() if name in headers}
    default = values.pop("/*", "")
    lines = [f'    default "{default}";']
    lines += [f'    "{pattern(path)}" "{value}";' for path, value in values.items()]
    return "\n".join([f"map $uri ${variable(name)} {{", *lines, "}"])


def pattern(path: str) -> str:
    return f"~^{path[:-1]}" if path.endswith("*") else path


def types(site: Path) -> str:
    """The type of each suffix in the site, as our own server knows them."""
    kinds = {file.suffix[1:]: content_type(file) for file in published(site) if file.suffix}
    return "\n".join(f"    {kind.partition(';')[0]} {end};" for end, kind in sorted(kinds.items()))


# --- Trying it ---


def tried(site: Path) -> Iterator[str]:
    """Yield what an nginx with this configuration sends otherwise than it ships."""
    with TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        file = Path(folder, "nginx.conf")
        file.write_text(whole(configuration(site, f"127.0.0.1:{port}"), folder))
        held.close()
        command = ["nginx", "-e", "stderr", "-c", str(file)]
        with subprocess.Popen(command) as running:
            try:
                yield from compared(site, f"http://127.0.0.1:{port}")
            finally:
                running.terminate()


def whole(own: str, folder: str) -> str:
    """A whole configuration for a moment, in the foreground and as nobody in particular."""
    paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    temporary = "\n".join(f"    {name}_temp_path {folder}/{name};" for name in paths)
    return f"""\
{DEBIANS_MODULES}
error_log stderr crit;
daemon off;
master_process off;
pid {folder}/pid;
events {{}}
http {{
    access_log off;
{temporary}
{own}}}
"""


def compared(site: Path, url: str) -> Iterator[str]:
    rules = parse_headers((site / "_headers").read_text())
    with httpx.Client(base_url=url, trust_env=False) as client:
        wait_for(client)
        for file in published(site):
            path = f"/{file.relative_to(site).as_posix().removesuffix('index.html')}"
            came = client.get(path)
            wanted = {**dict(headers_for(path, rules)), "Content-Type": content_type(file)}
            if found := difference(came, file.read_bytes()):
                yield f"{path}: {found}"
            for name, value in wanted.items():
                if came.headers.get(name, "").casefold() != value.casefold():
                    yield f"{path}: {name} is {came.headers.get(name)!r}, not {value!r}"
        missing = client.get("/no/such/page/")
        if missing.status_code != httpx.codes.NOT_FOUND or b"<h1" not in missing.content:
            yield "a page that is not there does not get 404.html"


def wait_for(client: httpx.Client) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            client.get("/")
            return
        except httpx.ConnectError:
            time.sleep(0.1)
    sys.exit("nginx did not start.")


if __name__ == "__main__":
    main()
