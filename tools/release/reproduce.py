"""Build the site twice from the last commit and compare every byte: `make reproduce`.

Rules of this room: each build starts from a copy of the commit alone, with nothing kept from an
earlier one but what the locks have installed. The second is made as on another machine: elsewhere,
in another time zone, language, hash order and umask, and with no registry or proxy that answers.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

INSTALLED = (".venv", "node_modules")
NOBODY = "http://127.0.0.1:9/"
ELSEWHERE = {
    "TZ": "Pacific/Kiritimati",
    "LC_ALL": "C",
    "PYTHONHASHSEED": "1",
    **dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), NOBODY),
    **dict.fromkeys(("PIP_INDEX_URL", "npm_config_registry"), NOBODY),
}


def main() -> None:
    """Say whether the builds are the same; end with 1 where they are not."""
    with TemporaryDirectory() as here, TemporaryDirectory() as there:
        print("Building twice, which compresses everything twice: a minute or two ...", flush=True)
        with ThreadPoolExecutor() as both:
            sites = both.map(built, (Path(here), Path(there, "at", "a distance")), ({}, ELSEWHERE))
        found = list(differences(*sites))
    print(*found or ["Both builds are the same, to the byte."], sep="\n")
    sys.exit(bool(found))


def built(folder: Path, surroundings: Mapping[str, str]) -> Path:
    """Build the last commit in a folder of its own and return where the site is."""
    subprocess.run(["git", "clone", "--quiet", ".", str(folder)], check=True)
    for name in INSTALLED:
        (folder / name).symlink_to(Path(name).absolute())
    done = subprocess.run(
        [Path(INSTALLED[0]).absolute() / "bin/python", "tools/build/build.py"],
        cwd=folder,
        env=os.environ | surroundings,
        umask=0o077 if surroundings else 0o022,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"One of the builds failed:\n{done.stdout}{done.stderr}")
    return folder / "site"


def differences(one: Path, other: Path) -> Iterator[str]:
    """Name what is in one of two folders only, and what is in both and not the same."""
    files, others = files_in(one), files_in(other)
    yield from (f"{name}: in one of them only" for name in sorted(files.keys() ^ others.keys()))
    for name in sorted(files.keys() & others.keys()):
        if files[name] != others[name]:
            yield f"{name}: not the same"


def files_in(folder: Path) -> Mapping[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


if __name__ == "__main__":
    main()
