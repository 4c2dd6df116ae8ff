"""The rules of two numbers; see generate.py."""

from mpmath import *
from table import *

PAIRS = every_sign(
    (1.0, 2.0), (3.0, 0.5), (0.125, 10.0), (5.0, 5.25), (two_to(-20), 1.0), (1.0, two_to(-20)), (two_to(20), 3.0),
    (two_to(-60), two_to(-50)), (two_to(50), two_to(60)), (two_to(-100), two_to(20)),
)
FAR = every_sign((two_to(-600), 0.75 * two_to(-600)), (0.75 * two_to(600), two_to(600)))
ON_AXES = [(0.0, 2.0), (0.0, -2.0), (2.0, 0.0), (-2.0, 0.0)]

two("add", lambda x, y: x + y, UNIT, UNIT, ZERO, ZERO, ZERO, PAIRS + FAR + ON_AXES)
two("sub", lambda x, y: x - y, UNIT, constant(-1), ZERO, ZERO, ZERO, PAIRS + FAR + ON_AXES)
two("mul", lambda x, y: x * y, lambda x, y: y, lambda x, y: x, ZERO, UNIT, ZERO, PAIRS + FAR + ON_AXES)
two("div", lambda x, y: x / y, lambda x, y: 1 / y, lambda x, y: -x / y**2, ZERO, lambda x, y: -1 / y**2,
    lambda x, y: 2 * x / y**3, PAIRS + [(0.0, 2.0), (two_to(200), two_to(250)), (two_to(-250), two_to(-200))],
    [(1.0, 0.0, inf), (-1.0, 0.0, -inf), (0.0, 0.0, nan)])
two("rem", lambda x, y: x - truncated(x / y) * y, UNIT, lambda x, y: -truncated(x / y), ZERO, ZERO, ZERO,
    every_sign((1.0, 2.0), (3.5, 2.0), (7.25, 0.5), (0.125, 10.0), (1000.0, 7.0), (two_to(20) + 0.125, 0.75),
               (two_to(-20), 3.0)),
    [(6.0, 3.0, 0, 1, -2), (-6.0, 3.0, 0, 1, 2), (7.5, -2.5, 0, 1, 3)])
two("pow", lambda x, y: x**y, lambda x, y: y * x ** (y - 1), lambda x, y: x**y * ln(x),
    lambda x, y: y * (y - 1) * x ** (y - 2), lambda x, y: x ** (y - 1) * (1 + y * ln(x)),
    lambda x, y: x**y * ln(x) ** 2,
    [(x, y) for x in (two_to(-20), 0.125, 0.75, 1.0, 1.5, 10.0, two_to(20))
     for y in (-3.0, -0.5, 0.0, 0.25, 1.0, 2.0, 2.5)]
    + [(1 + two_to(-10), 700.0), (1 - two_to(-10), 700.0), (2.0, 1000.0), (2.0, -1000.0), (0.5, 100.0),
       (3.0, two_to(-60))],
    [(0.0, 0.0, 1, 0, -inf), (0.0, 1.0, 0, 1, 0), (0.0, 2.0, 0, 0, 0), (0.0, 0.5, 0, inf, 0),
     (0.0, -1.0, inf, -inf, -inf), (-2.0, 2.0, 4, -4), (-2.0, 3.0, -8, 12), (-2.0, -1.0, -0.5, -0.25),
     (-1.0, 0.5, nan)])

ROUND = PAIRS + ON_AXES + every_sign((3.0, 4.0), (0.75 * two_to(90), two_to(90)))
two("hypot", hypot, lambda x, y: x / hypot(x, y), lambda x, y: y / hypot(x, y), lambda x, y: y**2 / hypot(x, y) ** 3,
    lambda x, y: -x * y / hypot(x, y) ** 3, lambda x, y: x**2 / hypot(x, y) ** 3,
    ROUND + FAR + every_sign((2.0, 2.0), (two_to(-90), 0.75 * two_to(-90))),
    [(0.0, 0.0, 0, 0, 0)])
# The second derivatives of what follows grow as the distance to the origin to the power -2, and must stay in range.
ROUND += every_sign(*((scale, 0.75 * scale) for scale in (two_to(-60), two_to(-490), two_to(600))))

two("hypot_slope", lambda x, y: x / hypot(x, y), lambda x, y: y**2 / hypot(x, y) ** 3,
    lambda x, y: -x * y / hypot(x, y) ** 3, lambda x, y: -3 * x * y**2 / hypot(x, y) ** 5,
    lambda x, y: y * (2 * x**2 - y**2) / hypot(x, y) ** 5, lambda x, y: x * (2 * y**2 - x**2) / hypot(x, y) ** 5, ROUND,
    [(0.0, 0.0, 0, 0, 0)])
# The first argument of atan2 is the ordinate, as in y.atan2(x).
two("atan2", atan2, lambda x, y: y / (x**2 + y**2), lambda x, y: -x / (x**2 + y**2),
    lambda x, y: -2 * x * y / (x**2 + y**2) ** 2, lambda x, y: (x**2 - y**2) / (x**2 + y**2) ** 2,
    lambda x, y: 2 * x * y / (x**2 + y**2) ** 2, [(x, y) for x, y in ROUND if abs(x) != 5 and (x, y) != (0.0, -2.0)],
    [(0.0, 0.0, 0, 0, 0), (0.0, -0.0, pi, 0, 0), (0.0, -2.0, pi, -0.5, 0), (-0.0, -2.0, -pi, -0.5, 0)])
# Its second derivatives grow as that distance to the power -3.
two("atan2_slope", lambda x, y: x / (x**2 + y**2), lambda x, y: (y**2 - x**2) / (x**2 + y**2) ** 2,
    lambda x, y: -2 * x * y / (x**2 + y**2) ** 2, lambda x, y: 2 * x * (x**2 - 3 * y**2) / (x**2 + y**2) ** 3,
    lambda x, y: 2 * y * (3 * x**2 - y**2) / (x**2 + y**2) ** 3,
    lambda x, y: 2 * x * (3 * y**2 - x**2) / (x**2 + y**2) ** 3,
    [(x, y) for x, y in PAIRS if abs(x) not in (5, two_to(-60))] + ON_AXES
    + every_sign((3.0, 4.0))
    + every_sign(*((scale, 0.75 * scale) for scale in (two_to(-30), two_to(-300), two_to(90), two_to(600)))),
    [(0.0, 0.0, 0, 0, 0)])

LARGER = [(x, y, max(x, y), int(x > y), int(x < y)) for x, y in ((inf, 1.0), (-inf, 1.0), (1.0, inf), (1.0, -inf))]
SMALLER = [(x, y, min(x, y), int(x < y), int(x > y)) for x, y, *_ in LARGER]
TIES = [(x, x, x, 0.5, 0.5) for x in (1.5, -3.0, 0.0)] + [(0.0, -0.0, 0, 0.5, 0.5)]
EITHER_NAN = [(nan, 1.0, nan), (1.0, nan, nan), (nan, nan, nan)]
two("max", max, lambda x, y: mpf(x > y), lambda x, y: mpf(x < y), ZERO, ZERO, ZERO, PAIRS + ON_AXES,
    TIES + LARGER + EITHER_NAN)
two("min", min, lambda x, y: mpf(x < y), lambda x, y: mpf(x > y), ZERO, ZERO, ZERO, PAIRS + ON_AXES,
    TIES + SMALLER + EITHER_NAN)
two("xlogy", lambda x, y: x * ln(y), lambda x, y: ln(y), lambda x, y: x / y, ZERO, lambda x, y: 1 / y,
    lambda x, y: -x / y**2,
    [(x, abs(y)) for x, y in PAIRS]
    + [(x, y) for x in (0.0, -2.0, 3.0) for y in NEAR_ONE + [1.0, 2.0, two_to(-100)]],
    [(0.0, 0.0, 0, -inf, 0), (1.0, 0.0, -inf, -inf, inf), (2.0, -1.0, nan)])
