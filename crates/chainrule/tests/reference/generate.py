"""Writes the tables of 50-digit values that every rule is tested against: rules.csv (functions of one number) and
rules2.csv (functions of two numbers), beside this file.

    pip install mpmath==1.3.0
    python3 generate.py

A line of rules.csv is `name,parameters,x,value,slope,second`, a line of rules2.csv is
`name,parameters,x,y,value,slope_x,slope_y,second_xx,second_xy,second_yy`; the first line of either is that heading.
Parameters are empty, `a`, or `low:high`. x and y are exact floats in their shortest form; all but the few that are
meant for f64 alone are exact in f32 too. "inf", "-inf" and "nan" are words, and an empty field is promised by nobody.

Values and derivatives are closed forms, evaluated with 500 digits (so that no cancellation or saturation is felt). They
check each other: wherever a row is not a promise about a kink or a pole, the slope is compared with a central
difference of the value, and the second derivative with one of the slope, to 40 digits. Rows about kinks, poles and
infinities ("promised" in the code) hold what the conventions of the library say.

Points lie off the roots of values and derivatives (except exact ones, such as 0), where a relative error means nothing,
but close to those places where a careless formula cancels.
"""

import csv
import pathlib

import one_number  # noqa: F401  fills ONE
import three_numbers  # noqa: F401  writes its own table
import two_numbers  # noqa: F401  fills TWO
from table import ONE, TWO

HERE = pathlib.Path(__file__).parent


def write(file, header, lines):
    with open(HERE / file, "w", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows([header.split(","), *lines])
    print(f"{file}: {len(lines)} lines, {len({tuple(line[:2]) for line in lines})} rules")


write("rules.csv", "name,parameters,x,value,slope,second", ONE)
write("rules2.csv", "name,parameters,x,y,value,slope_x,slope_y,second_xx,second_xy,second_yy", TWO)
