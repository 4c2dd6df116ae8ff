"""Checks the book as it was built, in the folder given: every relative link of a page leads to a file and, where it names a place, to
that place; every picture is there."""

import html.parser
import pathlib
import sys
import urllib.parse

BOOK = pathlib.Path(sys.argv[1]).resolve()


class Page(html.parser.HTMLParser):
    """The links of a page, and the places that can be linked to."""

    def __init__(self, path):
        super().__init__()
        self.links, self.places = [], set()
        self.feed(path.read_text())

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.places |= {attributes.get("id"), attributes.get("name")}
        self.links += [link for link in (attributes.get("href"), attributes.get("src")) if link]


def complaints(pages):
    for path, page in pages.items():
        for link in page.links:
            url = urllib.parse.urlsplit(link)
            if url.scheme or url.netloc:
                continue
            target = (path.parent / urllib.parse.unquote(url.path)).resolve() if url.path else path
            place = urllib.parse.unquote(url.fragment)
            if target.is_dir():
                target /= "index.html"
            if not target.is_file():
                yield f"{path.relative_to(BOOK)} links to {link}, which is not there"
            elif place and target in pages and place not in pages[target].places:
                yield f"{path.relative_to(BOOK)} links to {link}, but {target.name} has no such place"


# 404.html is shown under any address, so that its links begin with the site's root
pages = {path: Page(path) for path in BOOK.rglob("*.html") if path.name != "404.html"}
found = sorted(set(complaints(pages)))
print(f"{len(pages)} pages, {sum(len(page.links) for page in pages.values())} links")
sys.exit("\n".join(found) if found or not pages else 0)
