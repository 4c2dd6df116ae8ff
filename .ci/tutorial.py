"""Follows docs/tutorial.md to the letter, in an empty folder: `.ci/tutorial.py FOLDER [cargo's arguments]`.

What is done is what the page says, from top to bottom:

- A block after a line with a path is written to that path.
- The commands of `sh` blocks are run, `cargo` and `cd` alone. Each cargo command gets the further arguments behind it, such as
  `--config patch.crates-io.chainrule.path='crates/chainrule'`. `cargo add` knows only what is on crates.io, so for a crate that is patched
  like that the line that it would write is written here.
- A program has to print, on standard output, what the `text` block behind its command shows; where there are several blocks, one of them.
  Spaces do not count, and `…` stands for the rest of a line, up to what follows it. A number with a point may differ by two units of its
  last place, since trainings differ a little from processor to processor; everything else has to be the same.
- Each .svg and .safetensors file that a program names is there when it has run.
- Each picture that the page shows was drawn, and the repository has the same one. That of a training has to have the same words.

Where the variable CHAINRULE_DATA names a folder of data sets, it stands for `data` in the crate's folder, and MNIST is trained.
"""

import os
import pathlib
import re
import shlex
import subprocess
import sys
import time
import xml.etree.ElementTree as xml

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/tutorial.md"
BLOCK = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PATH = re.compile(r"`([\w/.]+)`:\s*\Z")
PICTURE = re.compile(r"!\[[^\]]*\]\((pictures/[^)]+)\)")
PROMISED = re.compile(r'"([\w.-]+\.(?:svg|safetensors))"')
NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
# whatever the encoding of the place
TEXT = {"encoding": "utf-8"}


class Wrong(Exception):
    """What the page and the programs do not agree on."""


def blocks(page):
    """The page's blocks, as `(language, line, text, what stands before)`."""
    end = 0
    for block in BLOCK.finditer(page):
        yield block[1], page.count("\n", 0, block.start()) + 2, block[2], page[end:block.start()]
        end = block.end()


def same_line(shown, printed):
    """Whether a line of the page and one that was printed say the same."""
    before, cut, after = (" ".join(part.split()) for part in shown.partition("…"))
    printed = " ".join(printed.split())
    if cut:
        return printed.startswith(before) and printed.endswith(after)
    if NUMBER.split(before) != NUMBER.split(printed):
        return False
    pairs = zip(NUMBER.findall(before), NUMBER.findall(printed))
    return all(abs(float(one) - float(other)) <= 2.001 * unit(one) for one, other in pairs)


def unit(number):
    """The size of a number's last place."""
    digits, _, exponent = number.partition("e")
    return 10.0 ** (int(exponent or 0) - len(digits.partition(".")[2]))


def difference(shown, printed):
    """The first line in which a block of the page and what was printed differ: where, there and here."""
    ours, theirs = ([line for line in text.splitlines() if line.strip()] for text in (shown, printed))
    lines = max(len(ours), len(theirs))
    pairs = zip(*(text + ["(nothing more)"] * (lines - len(text)) for text in (ours, theirs)))
    return next((pair for pair in pairs if not same_line(*pair)), None)


class Reader:
    """Someone who does what the page says."""

    def __init__(self, folder, arguments):
        self.folder = folder
        self.arguments = arguments
        self.patched = set(re.findall(r"patch\.crates-io\.([\w-]+)\.path", " ".join(arguments)))
        self.programs = {}

    def write(self, path, text):
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, **TEXT)
        self.programs[file.stem] = text

    def command(self, words):
        """Runs a command; gives what it printed."""
        match words:
            case ["cd", folder]:
                self.folder = self.folder / folder
                if data := os.environ.get("CHAINRULE_DATA"):
                    (self.folder / "data").symlink_to(pathlib.Path(data).resolve())
                return ""
            case ["cargo", "add", crate, *options] if crate in self.patched:
                return self.add(crate, options)
            case ["cargo", "new", *_]:
                return self.run(words)
            case ["cargo", *_]:
                return self.run([*words, *self.arguments])
        raise Wrong(f"the page says `{shlex.join(words)}`, but only cargo and cd are run here")

    def add(self, crate, options):
        """What `cargo add` does, for a crate that is not on crates.io yet."""
        version = re.search(r'^version = "(\d+\.\d+)', (ROOT / "Cargo.toml").read_text(**TEXT), re.MULTILINE)[1]
        match options:
            case []:
                line = f'{crate} = "{version}"\n'
            case ["--features", names]:
                line = f'{crate} = {{ version = "{version}", features = {names.split(",")} }}\n'
            case _:
                raise Wrong(f"`cargo add {crate} {shlex.join(options)}` has options that are not known here")
        with (self.folder / "Cargo.toml").open("a", **TEXT) as manifest:
            manifest.write(line)
        return ""

    def run(self, words):
        # what only a debugger reads takes time to compile
        quick = {"CARGO_PROFILE_DEV_DEBUG": "0"} | os.environ
        done = subprocess.run(words, cwd=self.folder, env=quick, capture_output=True, **TEXT, check=False)
        if done.returncode != 0:
            raise Wrong(f"`{shlex.join(words)}` failed:\n{done.stderr[-4000:]}{done.stdout[-4000:]}")
        return done.stdout

    def check_files(self, program):
        for name in PROMISED.findall(self.programs[program]):
            file = self.folder / name
            if not file.is_file() or file.stat().st_size == 0:
                raise Wrong(f"the program {program} names {name}, but has not left it, or left it empty")

    def check_picture(self, path):
        drawn, kept = self.folder / pathlib.Path(path).name, ROOT / "docs" / path
        if not drawn.is_file():
            raise Wrong(f"the page shows {path}, but no program has drawn {drawn.name}")
        remedy = f"if the new one is right:\n  cp {drawn} {kept}"
        if not kept.is_file():
            raise Wrong(f"the page shows {path}, which is not there; {remedy}")
        if drawn.read_bytes() == kept.read_bytes():
            return "the same"
        by_training = any(".fit(" in text and f'"{drawn.name}"' in text for text in self.programs.values())
        if by_training and words_of(drawn) == words_of(kept):
            return "the same words"
        raise Wrong(f"{path} is not what the program draws; {remedy}")


def words_of(picture):
    """The words of a picture, without its numbers."""
    texts = ("".join(element.itertext()).strip() for element in xml.parse(picture).iter("{http://www.w3.org/2000/svg}text"))
    return sorted({text for text in texts if not re.fullmatch(r"[-\d.%e]*", text)})


def follow(page, reader):
    program, printed, shown = None, "", []
    for language, line, text, before in blocks(page):
        if language == "text" and program:
            shown.append((line, text))
        elif language == "rust" and (path := PATH.search(before)):
            reader.write(path[1], text)
        elif language == "sh":
            compare(program, printed, shown)
            program, shown = None, []
            for words in (shlex.split(part) for row in text.splitlines() for part in row.split("&&")):
                start = time.monotonic()
                printed = reader.command(words)
                print(f"{time.monotonic() - start:6.1f} s  {shlex.join(words)}", flush=True)
                if words[:3] == ["cargo", "run", "--bin"]:
                    program = words[3]
                    reader.check_files(program)
        else:
            raise Wrong(f"line {line}: a block of {language} that no command, and no path of a file, stands before")
    compare(program, printed, shown)


def compare(program, printed, shown):
    """Holds what was printed to the blocks that show it."""
    differences = [(line, difference(text, printed)) for line, text in shown]
    if differences and all(found for _, found in differences):
        line, (ours, theirs) = differences[0]
        raise Wrong(f"block at line {line}: the program {program} prints something else\n  the page: {ours}\n  printed:  {theirs}")


def check_pictures(page, reader):
    paths = PICTURE.findall(page)
    for path in paths:
        print(f"{path}: {reader.check_picture(path)}")
    kept = {file.name for file in (ROOT / "docs/pictures/tutorial").iterdir()}
    if unshown := kept - {pathlib.Path(path).name for path in paths}:
        raise Wrong(f"docs/pictures/tutorial has {', '.join(sorted(unshown))}, which the page does not show")


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: .ci/tutorial.py FOLDER [cargo's arguments]")
    folder = pathlib.Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        sys.exit(f"{folder} is not empty, and the tutorial begins in an empty folder")
    page, reader = PAGE.read_text(**TEXT), Reader(folder, sys.argv[2:])
    try:
        follow(page, reader)
        check_pictures(page, reader)
    except Wrong as wrong:
        sys.exit(f"{PAGE.relative_to(ROOT)}: {wrong}")
    print("the tutorial holds")


main()
