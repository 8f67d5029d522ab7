"""The licence of every package that is shipped, and whether we may ship it under the EUPL-1.2. script/audit runs it.

What a package says is taken in this order: its licence expression (PEP 639), its classifiers, its free words.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: Permissive ones, weak copyleft that stays with its own files, and what EUPL's appendix names.
FINE = re.compile(
    r"\b(MIT|MIT-CMU|BSD|0BSD|Apache|ISC|PSF|Python Software Foundation|MPL|Mozilla|LGPL|Lesser|EUPL|Zlib|HPND|"
    r"Unlicense|CC0|BlueOak|OFL|Zope Public|Historical Permission)",
    re.IGNORECASE,
)


def shipped() -> list[str]:
    """The names in the lock file of what runs in production."""
    lines = (ROOT / "requirements" / "app.txt").read_text().splitlines()
    return [found[1] for line in lines if (found := re.match(r"([A-Za-z0-9._-]+)(?:\[.*\])?==", line))]


def licence_of(package: str) -> str:
    """What the installed package says; empty when it is not installed here (another platform's)."""
    try:
        told = metadata(package)
    except PackageNotFoundError:
        return ""
    classified = [
        line.rpartition(" :: ")[2] for line in told.get_all("Classifier", []) if line.startswith("License ::")
    ]
    expression, words = ((told.get_all(field) or [""])[0] for field in ("License-Expression", "License"))
    return expression or ", ".join(classified) or next(iter(words.strip().splitlines()), "says nothing")


def of_the_web() -> dict[str, str]:
    """Licences of what the browser gets, from the lock file."""
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    return {
        path.rpartition("node_modules/")[2]: str(one.get("license", "says nothing"))
        for path, one in packages.items()
        if path and not one.get("dev") and not one.get("optional")
    }


def main() -> None:
    found = {name: licence for name in shipped() if (licence := licence_of(name))} | of_the_web()
    by_licence: defaultdict[str, list[str]] = defaultdict(list)
    for name, licence in sorted(found.items()):
        by_licence[licence].append(name)
    doubtful = {licence for licence in by_licence if not FINE.search(licence)}
    for licence, names in sorted(by_licence.items()):
        print(f"{'✗' if licence in doubtful else '✓'} {licence[:60]}: {', '.join(names)}")
    if doubtful:
        sys.exit(f"✗ Somebody has to read: {', '.join(sorted(doubtful))}.")


if __name__ == "__main__":
    main()
