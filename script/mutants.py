"""Faults planted one at a time in dispatch, permissions and notices; which of them no test notices.

Each is a line of the code as it is and what it becomes; the tests named with it must fail. Works on a copy of the
tree, so nothing of it can stay behind. Ends with 1 when one survives.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]


class Mutant(NamedTuple):
    """One of script/mutants.toml."""

    path: str
    was: str
    becomes: str
    tests: str


def plant(tree: Path, mutant: Mutant) -> str:
    """Put the fault into the tree; the file as it was. Raises when the line is not there any more."""
    path = tree / mutant.path
    before = path.read_text()
    if before.count(mutant.was) != 1:
        sys.exit(f"✗ stands {before.count(mutant.was)} times in {mutant.path}, not once: {mutant.was!r}")
    path.write_text(before.replace(mutant.was, mutant.becomes))
    return before


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("only", nargs="?", default="", help="a part of a path, such as notices")
    only, told = parser.parse_args().only, tomllib.loads((ROOT / "script" / "mutants.toml").read_text())
    wanted = [one for one in (Mutant(**each) for each in told["mutant"]) if only in one.path]
    survivors = []
    with tempfile.TemporaryDirectory(prefix="mutants-") as name:
        tree = Path(name) / "tree"
        shutil.copytree(
            ROOT, tree, symlinks=True, ignore=shutil.ignore_patterns(".git", "var", "node_modules", ".venv")
        )
        for mutant in wanted:
            before = plant(tree, mutant)
            command = [str(ROOT / ".venv/bin/python"), "-m", "pytest", "-x", "-q", "-n", "2", *mutant.tests.split()]
            asked = os.environ | {"PYTHONPATH": f"{tree}:{tree / 'script'}", "LIVES": "4"}
            ended = subprocess.run(command, cwd=tree, env=asked, capture_output=True, text=True)
            (tree / mutant.path).write_text(before)
            killed = ended.returncode != 0 and " failed" in ended.stdout
            print(f"{'killed  ' if killed else 'SURVIVES'}  {mutant.path}: {mutant.was.strip()[:70]!r}", flush=True)
            if not killed:
                survivors.append(mutant)
                print(ended.stdout[-400:] if ended.returncode else "", end="")
    print(f"{len(wanted) - len(survivors)} of {len(wanted)} are noticed")
    sys.exit(1 if survivors else 0)


if __name__ == "__main__":
    main()
