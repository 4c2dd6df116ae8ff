"""Reads `chainrule-examples --json --book FOLDER` from standard input: every entry agrees, docs/lectures.md has a row for each, and the
book's pages are what has been written to FOLDER."""

import json
import pathlib
import re
import sys

DOCS = pathlib.Path(__file__).resolve().parent.parent / "docs"

entries = [json.loads(line) for line in sys.stdin]
wrong = [entry["id"] for entry in entries if "skipped" not in entry and entry["ok"] is not True]
rows = set(re.findall(r"^\| \[(\w+)\]\(", (DOCS / "lectures.md").read_text(), re.MULTILINE))
missing = [entry["id"] for entry in entries if entry["id"] not in rows]
skipped = [entry["id"] for entry in entries if "skipped" in entry]
checks = sum(len(entry.get("checks", [])) for entry in entries)
print(f"{len(entries)} entries, {checks} numbers; skipped: {skipped or 'none'}")
if not entries or wrong or missing:
    sys.exit(f"do not agree: {wrong}; without a row in docs/lectures.md: {missing}")


def pages(folder):
    """The text of each page, without what the engine computed: another machine's last digits may differ, and a training's more."""
    computed = re.compile(r"^(\| .* \| (?:slide|calc|picture) \| .* \|) .* \|$", re.MULTILINE)
    return {page.name: computed.sub(r"\1", page.read_text()) for page in folder.glob("*.md")}


def pictures(folder):
    return {picture.name for picture in folder.glob("pictures/*.svg")}


committed, written = DOCS / "lectures", pathlib.Path(sys.argv[1])
if not pages(written) or pages(committed) != pages(written) or pictures(committed) != pictures(written):
    sys.exit("docs/lectures is not what the entries say: write it with `chainrule-examples --book docs/lectures`")
