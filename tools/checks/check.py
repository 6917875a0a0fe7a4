"""Look the sources over without running them: `make check`. One line for each tool."""

import sys
from pathlib import Path

from tools.build.steps import step

PYTHON_TOOLS = Path(sys.executable).parent
NODE_TOOLS = Path("node_modules/.bin")

PROSE: list[Path | str] = ["docs", *Path().glob("*.md"), *Path().glob(".github/ISSUE_TEMPLATE")]

TOOLS: dict[str, list[Path | str]] = {
    "Python, lint (ruff)": [PYTHON_TOOLS / "ruff", "check"],
    "Python, format (ruff)": [PYTHON_TOOLS / "ruff", "format", "--check"],
    "Python, types (mypy)": [PYTHON_TOOLS / "mypy"],
    "Python, layers (import-linter)": [PYTHON_TOOLS / "lint-imports", "--no-cache"],
    "JavaScript of the browser, types (tsc)": [NODE_TOOLS / "tsc", "--project", "tsconfig.json"],
    "JavaScript of Node, types (tsc)": [NODE_TOOLS / "tsc", "--project", "tsconfig.node.json"],
    "JavaScript, CSS and JSON, lint and format (biome)": [NODE_TOOLS / "biome", "check"],
    "Translations, in step with English": [sys.executable, "-m", "tools.checks.translations"],
    "Words that readers meet (codespell)": [PYTHON_TOOLS / "codespell", *PROSE],
}
if Path(".github").exists():
    zizmor: list[Path | str] = [PYTHON_TOOLS / "zizmor", "--offline", "--persona", "pedantic"]
    TOOLS["Workflows (zizmor)"] = [*zizmor, "--quiet", ".github"]


def main() -> None:
    """Run all of them, also after one has found something."""
    passed = [step(title, *map(str, command)) for title, command in TOOLS.items()]
    sys.exit(not all(passed))


if __name__ == "__main__":
    main()
