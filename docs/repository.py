"""A preprocessor of mdBook: what pages link to outside of this folder becomes part of the book, so that its links hold wherever it is
read. Pages and sources become chapters at the end; pictures are carried by the page that shows them."""

import base64
import json
import os
import pathlib
import re
import sys

DOCS = pathlib.Path(__file__).resolve().parent
ROOT = DOCS.parent
LINK = re.compile(r"(\]\()([^)\s#]+)((?:#[^)\s]*)?\))")
# what mdBook makes of it
INDEX = re.compile(r"(?<![^/])README\.md$")
# code is no prose: what looks like a link in it is none
FENCED = re.compile(r"^(```.*?^```$)", re.MULTILINE | re.DOTALL)
PICTURES = {".svg": "image/svg+xml", ".png": "image/png"}
LANGUAGES = {".rs": "rust,ignore", ".py": "python", ".toml": "toml", ".sh": "bash"}


class Repository:
    """The chapters that are made of files outside of the folder."""

    def __init__(self):
        self.chapters = {}

    def linked(self, text, source, page):
        """The text of a page of the book, written at `source`, with its links led into the book."""
        folder = pathlib.Path(page).parent

        def lead(match):
            target = match[2]
            if "://" in target or target.startswith("mailto:"):
                return match[0]
            path = (source.parent / target).resolve()
            if not path.is_file():
                sys.exit(f"{source} links to {target}, which is no file")
            if path.suffix in PICTURES and not path.is_relative_to(DOCS):
                data = base64.b64encode(path.read_bytes()).decode()
                return f"{match[1]}data:{PICTURES[path.suffix]};base64,{data}{match[3]}"
            to = path.relative_to(DOCS).as_posix() if path.is_relative_to(DOCS) else self.chapter(path)
            to = INDEX.sub("index.md", to)
            return match[1] + os.path.relpath(to, folder) + match[3]

        parts = FENCED.split(text)
        return "".join(part if part.startswith("```") else LINK.sub(lead, part) for part in parts)

    def chapter(self, path):
        """The page that a file becomes."""
        name = path.relative_to(ROOT).as_posix()
        page = f"repository/{name}" if path.suffix == ".md" else f"repository/{name}.md"
        page = INDEX.sub("index.md", page)
        if page not in self.chapters:
            self.chapters[page] = None  # it may link to itself
            text = path.read_text()
            if path.suffix == ".md":
                content = self.linked(text, path, page)
            else:
                content = f"# {name}\n\n````{LANGUAGES.get(path.suffix, 'text')}\n{text}````\n"
            self.chapters[page] = chapter(name, content, page)
        return page


def chapter(name, content, page, number=None, within=()):
    return {"Chapter": {"name": name, "content": content, "number": number, "sub_items": list(within), "path": page,
                        "source_path": None, "parent_names": []}}


def each(items):
    for item in items:
        if isinstance(item, dict) and "Chapter" in item:
            yield item["Chapter"]
            yield from each(item["Chapter"]["sub_items"])


if sys.argv[1:2] == ["supports"]:
    sys.exit(0)
_, book = json.load(sys.stdin)
items = book["items" if "items" in book else "sections"]
repository = Repository()
for page in each(items):
    if page["path"]:
        page["content"] = repository.linked(page["content"], DOCS / page["source_path"], page["path"])
# the list at the side folds by numbers
last = max(page["number"][0] for page in each(items) if page["number"])
files = [repository.chapters[page] for page in sorted(repository.chapters)]
for at, file in enumerate(files):
    file["Chapter"]["number"] = [last + 1, at + 1]
introduction = "# Files of the repository\n\nThose that the pages link to.\n"
items.append(chapter("Files of the repository", introduction, "repository.md", [last + 1], files))
json.dump(book, sys.stdout)
