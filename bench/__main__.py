"""All measurements of docs/performance.md, one after the other.

    python -m bench [--small]

Exit status 1 when an aim is missed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys

BENCHES = ("planning", "sending", "webhook", "page", "voice", "import_bank")


def main() -> int:
    """Run each bench in a process of its own, and the import of a ledger at the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="a first look in about a minute")
    given = parser.parse_args()
    size = ["--small"] if given.small else []
    commands = [[name, *size] for name in BENCHES]
    commands.append(["console", "--size", "small" if given.small else "full"])
    commands.append(["import_ledger", "--rows", "10000" if given.small else "100000"])
    missed = 0
    for name, *options in commands:
        done = subprocess.run([sys.executable, "-m", f"bench.{name}", *options], check=False)
        missed += done.returncode != 0
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
