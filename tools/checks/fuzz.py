"""Look for inputs that break the readers, guided by coverage: `make fuzz`, for FUZZ_SECONDS (60).

Rules of this room: what must hold is in tests/core/readers.py. What is found is written to
build/fuzz; once understood it is kept in tests/core/inputs, where every `make test` tries it again.
"""

import os
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["hitbtc_keycheck"]):
    from tests.core.readers import try_input

KEPT = "tests/core/inputs"
FOUND = Path("build/fuzz")
WORDS = Path("build/fuzz-words")
SECONDS = os.environ.get("FUZZ_SECONDS", "60")
DICTIONARY = (
    '{"error":{"code":', '"result":', '"id":', "1003", "20004", "HTTP/2 403", "curl: (", "<html",
    "200 https://x/", "22222222-2222-4222-9222-222222222222",
    "33333333-3333-4333-a333-333333333333", "key:", "Secret key = ",
)  # fmt: skip


def main() -> None:
    """Run libFuzzer; its exit status is ours."""
    FOUND.mkdir(parents=True, exist_ok=True)
    words = (f'"{word.replace(chr(34), chr(92) + chr(34))}"\n' for word in DICTIONARY)
    WORDS.write_text("".join(words))
    options = [
        f"-max_total_time={SECONDS}",
        f"-dict={WORDS}",
        f"-artifact_prefix={FOUND}/",
        "-max_len=4096",
        "-timeout=10",
        "-rss_limit_mb=1024",
        "-print_final_stats=1",
    ]
    atheris.Setup([sys.argv[0], *options, f"{FOUND}", KEPT], try_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
