"""Holds the documentation to the code: every relative link of a Markdown file leads to a file, every test that
docs/conventions.md names exists, and docs/architecture.md has a line for each source file and no other."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
# docs/lectures.md has a line for each
ENTRY = re.compile(r"lecture/\w+/[a-z]\d\d_")
TEST = re.compile(r"`([a-z0-9]+(?:_[a-z0-9]+){2,}(?:_\.\.\.)?)`")


def pages():
    every = (page for page in ROOT.rglob("*.md") if not {"target", ".git", "node_modules"} & set(page.relative_to(ROOT).parts))
    return [page for page in every if not page.is_symlink()]


def broken_links():
    for page in pages():
        for target in LINK.findall(page.read_text()):
            path = target.split("#")[0]
            if path and "://" not in path and not (page.parent / path).exists():
                yield f"{page.relative_to(ROOT)} links to {target}, which is not there"


def table_rows(text):
    """The rows of all tables, without their heads."""
    lines = text.splitlines()
    return [line for line, below in zip(lines, [*lines[1:], ""])
            if line.startswith("|") and not line.startswith("|---") and not below.startswith("|---")]


def missing_tests():
    sources = ROOT.glob("crates/*/tests/*.rs")
    tests = set(re.findall(r"#\[test\]\s+fn (\w+)", "\n".join(source.read_text() for source in sources)))
    for row in table_rows((ROOT / "docs/conventions.md").read_text()):
        where = row.split("|")[-2]
        if not TEST.search(where) and "documentation test" not in where:
            yield f"docs/conventions.md names no test in: {row}"
        for name in TEST.findall(where):
            start = name.removesuffix("_...")
            if not (name in tests or start != name and any(test.startswith(start) for test in tests)):
                yield f"docs/conventions.md names the test {name}, which is not there"


def misnamed_files():
    listed = set()
    room = None
    for line in (ROOT / "docs/architecture.md").read_text().splitlines():
        if heading := re.match(r"### `(?:crates/)?(\w+)`", line):
            room = heading[1]
        elif file := re.match(r"\| `([\w-]+(?:/[\w-]+)*\.rs)` \|", line):
            listed.add(f"{room}/{file[1]}")
    engine = ROOT / "crates/chainrule/src"
    present = {path.relative_to(engine).as_posix() for path in engine.rglob("*.rs")} - {"lib.rs"}
    for folder in ("crates/kernels", "crates/nn", "crates/playground", "crates/playground/serve", "examples", "benches"):
        source = ROOT / folder / "src"
        files = {path.relative_to(source).as_posix() for path in source.rglob("*.rs")} - {"lib.rs"}
        present |= {f"{source.parent.name}/{file}" for file in files if not ENTRY.match(file)}
    for file in sorted(present - listed):
        yield f"docs/architecture.md has no line for {file}"
    for file in sorted(listed - present):
        yield f"docs/architecture.md has a line for {file}, which is not there"


complaints = [*broken_links(), *missing_tests(), *misnamed_files()]
print(f"{len(pages())} pages read")
sys.exit("\n".join(complaints) if complaints else 0)
