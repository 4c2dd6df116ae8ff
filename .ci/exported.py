"""Holds the losses that a program exported by the playground prints to those that the page had: `exported.py FOLDER`."""

import json
import pathlib
import re
import sys

folder = pathlib.Path(sys.argv[1])
told = json.loads((folder / "losses.json").read_text())
printed = dict(re.findall(r"^(training|test) loss (\S+)$", (folder / "printed.txt").read_text(), re.MULTILINE))
apart = {part: abs(told[part] - float(printed[part])) for part in ("training", "test")}
print(f"{folder.name}: the page has {told}, its program {printed}")
# Dropout draws other numbers in each.
sys.exit(folder.name != "dropout" and any(not gap <= 1e-9 for gap in apart.values()))
