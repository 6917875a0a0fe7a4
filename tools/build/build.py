"""Build the site: `make site`.

Rules of this room: one line for each step; every step works in a folder of its own under build/,
and site/ is put in place by a rename when all is done, so that nothing half made is ever served
and a failure leaves the former site as it was; the same commit gives the same bytes.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tools.build import languages
from tools.build.finish import finish
from tools.build.output import Refused
from tools.build.steps import step

BUILD = Path("build")
SITE = Path("site")

WHEEL_DATE = "315532800"
"""1980-01-01, the first date a zip can hold. A fixed one, so that the wheel and its address change
only when its contents do."""


def main() -> None:
    """Build site/, or end with one sentence."""
    try:
        _look_at_address()
        BUILD.mkdir(exist_ok=True)
        build(BUILD / "site", BUILD / "runtime")
        replace(SITE, BUILD / "site")
    except (OSError, Refused) as error:
        sys.exit(f"The site was not built: {error}.")
    except KeyboardInterrupt:
        sys.exit("\nThe site was not built: it was interrupted.")


def _look_at_address() -> None:
    """MkDocs takes some addresses that no site can have, and breaks on others in its own words."""
    url = os.environ.get("SITE_URL", "https://example.org/")
    if not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", url):
        raise Refused(f"SITE_URL is not an address as in https://example.org/folder/: {url!r}")


def build(pages: Path, runtime: Path) -> None:
    """Make the site in `pages`, from the package, Pyodide and the texts."""
    os.environ["SOURCE_DATE_EPOCH"] = _last_commit()
    runtime_program = [
        "node",
        "tools/build/runtime.mjs",
        str(_wheel(BUILD / "wheel")),
        str(runtime),
    ]
    _run("Preparing Python for the browser", *runtime_program)
    for command in languages.commands(Path(), pages):
        _run("Rendering the pages", *command)
    print("Finishing them: policies, hashes, compression ...", flush=True)
    finish(pages, runtime)


def _last_commit() -> str:
    """When the sources were last changed; a copy without its history has no such date."""
    command = ["git", "log", "-1", "--format=%ct"]
    asked = subprocess.run(command, capture_output=True, text=True, check=False)
    return asked.stdout.strip() or WHEEL_DATE


def _wheel(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    _run("Building the wheel", "env", f"SOURCE_DATE_EPOCH={WHEEL_DATE}", *command)
    return next(folder.glob("*.whl"))


def _run(title: str, *command: str) -> None:
    if not step(title, *command):
        sys.exit("The site was not built: the step above failed.")


def replace(old: Path, new: Path) -> None:
    """Put `new` in the place of `old`, which is never there by half."""
    aside = BUILD / "former-site"
    shutil.rmtree(aside, ignore_errors=True)
    if old.exists():
        old.rename(aside)
    new.rename(old)
    shutil.rmtree(aside, ignore_errors=True)


if __name__ == "__main__":
    main()
