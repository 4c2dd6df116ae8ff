"""The rule of three numbers, mul_add = x a + b rounded once; see generate.py, which runs this too."""

import csv
import pathlib

from mpmath import mp, mpf

mp.dps = 80
POINTS = [(x, a, b) for x in (1.0, -2.5, 2.0**-20, 2.0**20) for a in (3.0, -0.125, 2.0**-30) for b in (0.5, -7.0)]
# where two roundings would leave nothing, or overflow on the way
POINTS += [(1 + 2.0**-12, 1 - 2.0**-12, -1.0), (2.0**100, 2.0**26, -(2.0**125)), (0.0, 5.0, 2.0), (0.0, 0.0, 0.0)]


def number(x):
    return mp.nstr(mpf(x), 50)


with open(pathlib.Path(__file__).parent / "rules3.csv", "w", newline="") as out:
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow("name,parameters,x,a,b,value,slope_x,slope_a,slope_b,second_xx,second_xa,second_xb".split(","))
    for x, a, b in POINTS:
        quantities = [mpf(x) * mpf(a) + mpf(b), a, x, 1, 0, 1, 0]
        lines.writerow(["mul_add", "", *map(number, (x, a, b)), *map(number, quantities)])
print(f"rules3.csv: {len(POINTS)} lines, 1 rule")
