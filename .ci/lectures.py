"""Reads `chainrule-examples --json` from standard input: every entry agrees, and docs/lectures.md has a row for each."""

import json
import pathlib
import re
import sys

PAGE = pathlib.Path(__file__).resolve().parent.parent / "docs" / "lectures.md"

entries = [json.loads(line) for line in sys.stdin]
wrong = [entry["id"] for entry in entries if "skipped" not in entry and entry["ok"] is not True]
rows = set(re.findall(r"^\| (\w+) \|", PAGE.read_text(), re.MULTILINE))
missing = [entry["id"] for entry in entries if entry["id"] not in rows]
skipped = [entry["id"] for entry in entries if "skipped" in entry]
checks = sum(len(entry.get("checks", [])) for entry in entries)
print(f"{len(entries)} entries, {checks} numbers; skipped: {skipped or 'none'}")
if not entries or wrong or missing:
    sys.exit(f"do not agree: {wrong}; without a row in docs/lectures.md: {missing}")
