"""Gathers in dist/ what a release consists of: `make release SITE_URL=…`.

    packages/   the wheel and the source archive, for the package index
    files/      the checker as one file, bills of material of what it is made of and with
                (CycloneDX), and SHA256SUMS over everything

Rules of this room: it publishes nothing; the wheel is the very one that the site was built with;
the same commit gives the same bytes.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from hitbtc_keycheck import __version__
from tools.build import build
from tools.build.output import OFFLINE, homes, only

DIST = Path("dist")
PACKAGES, FILES = DIST / "packages", DIST / "files"
PROGRAMS = Path(sys.executable).parent


def main() -> None:
    """Build the site, then gather."""
    build.main()
    shutil.rmtree(DIST, ignore_errors=True)
    PACKAGES.mkdir(parents=True)
    FILES.mkdir()
    print("Gathering dist/: packages, the offline files, bills of material, sums ...")
    shutil.copy(only(build.BUILD / "wheel", "*.whl"), PACKAGES)
    sdist = ["-m", "build", "--sdist", "--no-isolation", "--outdir", str(PACKAGES)]
    output("env", f"SOURCE_DATE_EPOCH={build.WHEEL_DATE}", sys.executable, *sdist)
    for home in homes(build.SITE):
        language = "" if home == build.SITE else f".{home.name}"
        shutil.copy(home / OFFLINE, FILES / f"hitbtc-keycheck{language}.html")
    write_bill("python", pythons_bill())
    write_bill("npm", npms_bill())
    (FILES / "SHA256SUMS").write_text("\n".join([*sums(), ""]))


def output(*command: str) -> str:
    """What a program prints; where it fails, all that it said."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"The release was not gathered:\n{done.stdout}{done.stderr}")
    return done.stdout


def pythons_bill() -> str:
    """The Python packages that the site is built with, from their lock."""
    program = str(PROGRAMS / "cyclonedx-py")
    return output(program, "requirements", "--output-reproducible", "requirements/site.txt")


def npms_bill() -> str:
    """The npm packages of which files are published. npm names the whole by its folder."""
    with TemporaryDirectory() as scratch:
        folder = Path(scratch, "hitbtc-keycheck")
        folder.mkdir()
        package = json.loads(Path("package.json").read_text()) | {"version": __version__}
        (folder / "package.json").write_text(json.dumps(package))
        shutil.copy("package-lock.json", folder)
        kind = ["--sbom-format", "cyclonedx", "--omit", "dev", "--package-lock-only"]
        return output("npm", "sbom", *kind, "--prefix", str(folder), "--loglevel", "error")


def write_bill(name: str, text: str) -> None:
    """A bill without the number and the hour that its maker gives to each copy."""
    bill = json.loads(text)
    bill.pop("serialNumber", None)
    bill["metadata"].pop("timestamp", None)
    (FILES / f"made-with-{name}.cdx.json").write_text(f"{json.dumps(bill, indent=2)}\n")


def sums() -> Iterator[str]:
    for file in sorted([*PACKAGES.iterdir(), *FILES.iterdir()]):
        yield f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}"


if __name__ == "__main__":
    main()
