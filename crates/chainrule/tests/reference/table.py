"""The rows of the two tables, how they are checked, and the points they share; see generate.py."""

import sys

from mpmath import ceil, floor, isnan, mp, mpf, nan, nstr

mp.dps = 500
ONE, TWO = [], []


# --- rows and their checks --------------------------------------------------------------------------------------------

def differs(claimed, measured):
    return abs(claimed - measured) > abs(claimed) * mpf(10) ** -40 + mpf(10) ** -330


def central_difference(function, at, index):
    """The slope of `function` by its argument `index`, with smaller steps until two agree or the last is reached."""

    def measure(digits):
        with mp.workdps(3 * digits):
            step = (abs(at[index]) or 1) * mpf(10) ** -digits
            after, before = list(at), list(at)
            after[index] += step
            before[index] -= step
            return (function(*after) - function(*before)) / (2 * step)

    coarse = measure(60)
    for digits in (300, 800):
        fine = measure(digits)
        if not differs(fine, coarse):
            return fine
        coarse = fine
    return coarse


def check(label, at, function, slopes):
    for index, slope in enumerate(slopes):
        claimed, measured = slope(*at), central_difference(function, at, index)
        if differs(claimed, measured):
            sys.exit(f"{label} at {[float(x) for x in at]}: slope {index} is {nstr(measured)}, formula {nstr(claimed)}")


def field(number):
    if number is None:
        return ""
    if isnan(number):
        return "nan"
    return nstr(mpf(number), 50, min_fixed=-6, max_fixed=18).removeprefix("+")


def argument(x):
    return repr(float(x))


def rows(label, parameters, points, formulas, checks, promised):
    """The lines of one rule: the promised ones first, then the points, each checked."""
    lines, seen = [], {tuple(map(argument, at)) for at, _ in promised}
    for at, fields in promised:
        fields = list(fields) + [None] * (len(formulas) - len(fields))
        lines.append([label, parameters, *map(argument, at), *map(field, fields)])
    for point in points:
        at = tuple(mpf(x) for x in point)
        if tuple(map(argument, at)) in seen:
            continue
        seen.add(tuple(map(argument, at)))
        for function, slopes in checks:
            check(f"{label}({parameters})", at, function, slopes)
        lines.append([label, parameters, *map(argument, at), *(field(formula(*at)) for formula in formulas)])
    if len(lines) < 20:
        sys.exit(f"{label}({parameters}) has {len(lines)} points only")
    return lines


def one(name, value, slope, second, points, promised=(), parameters=""):
    promised = [((x,), fields) for x, *fields in promised]
    checks = [(value, [slope]), (slope, [second])]
    ONE.extend(rows(name, parameters, [(x,) for x in points], [value, slope, second], checks, promised))


def two(name, value, by_x, by_y, by_xx, by_xy, by_yy, points, promised=()):
    promised = [((x, y), fields) for x, y, *fields in promised]
    checks = [(value, [by_x, by_y]), (by_x, [by_xx, by_xy]), (by_y, [by_xy, by_yy])]
    TWO.extend(rows(name, "", points, [value, by_x, by_y, by_xx, by_xy, by_yy], checks, promised))


def constant(number):
    return lambda *_: mpf(number)


ZERO, UNIT = constant(0), constant(1)


def truncated(x):
    return floor(x) if x >= 0 else ceil(x)


# --- points at which functions are asked ------------------------------------------------------------------------------

def two_to(power):
    return 2.0**power


def both(*points):
    return [signed for x in points for signed in (x, -x)]


TINY = [two_to(-100), two_to(-40), two_to(-20)]
SMALL = [two_to(-10), 0.125, 0.25, 0.5, 0.75]
MEDIUM = [1.0, 1.25, 2.0, 3.0, 5.0]
HUGE = [two_to(20), two_to(60), two_to(100)]
POSITIVE = TINY + SMALL + MEDIUM + [10.0, 89.5] + HUGE
WHOLE_LINE = [0.0, *both(*TINY, *SMALL, *MEDIUM)]
NEAR_ONE = [1 - two_to(-10), 1 + two_to(-10), 1 - two_to(-20), 1 + two_to(-20)]
INSIDE_ONE = [0.0, *both(*TINY, *SMALL, 0.9375, 1 - two_to(-10), 1 - two_to(-20))]
IS_NAN = [(nan, nan)]


def without(points, *roots):
    """Less the points too close to a root of a derivative, where a relative error means nothing."""
    return [x for x in points if x not in roots]


def every_sign(*points):
    return [(signed_x, signed_y) for x, y in points for signed_x in (x, -x) for signed_y in (y, -y)]
