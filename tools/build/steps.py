"""How the maintainer's programs run a tool: a line for each, and what it said if it failed."""

import subprocess
import sys
import time


def step(title: str, *command: str) -> bool:
    """Run `command`, print `title` with its duration, and return whether it succeeded."""
    print(f"{title} ...", end=" ", flush=True)
    start = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.monotonic() - start
    if done.returncode == 0:
        print(f"{seconds:.1f} s", flush=True)
        return True
    print(f"failed after {seconds:.1f} s:", flush=True)
    print(f"{done.stdout}{done.stderr}".rstrip(), file=sys.stderr, flush=True)
    return False
