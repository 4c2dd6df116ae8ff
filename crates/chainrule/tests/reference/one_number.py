"""The rules of one number; see generate.py."""

from mpmath import *
from table import *

# --- arithmetic, powers, exponentials, logarithms ------------------------------------------------------

one("neg", lambda x: -x, constant(-1), ZERO, [0.0, *both(*POSITIVE)], IS_NAN + [(inf, -inf, -1), (-inf, inf, -1)])
one("recip", lambda x: 1 / x, lambda x: -1 / x**2, lambda x: 2 / x**3,
    both(*POSITIVE, two_to(-300), two_to(300)),
    IS_NAN + [(0.0, inf, -inf), (-0.0, -inf, -inf), (inf, 0, 0), (-inf, 0, 0)])
one("sqrt", sqrt, lambda x: 1 / (2 * sqrt(x)), lambda x: -1 / (4 * sqrt(x) ** 3),
    POSITIVE + NEAR_ONE + [two_to(-600), two_to(600)], IS_NAN + [(0.0, 0, inf), (-1.0, nan), (inf, inf, 0)])
one("cbrt", lambda x: sign(x) * cbrt(abs(x)), lambda x: 1 / (3 * cbrt(abs(x)) ** 2),
    lambda x: -2 * sign(x) / (9 * cbrt(abs(x)) ** 5),
    both(*POSITIVE, two_to(-600), two_to(600)), IS_NAN + [(0.0, 0, inf), (inf, inf, 0), (-inf, -inf, 0)])

one("exp", exp, exp, exp, WHOLE_LINE + both(20.0, 80.0, 100.0, 700.0),
    IS_NAN + [(-inf, 0, 0, 0), (inf, inf, inf)])
one("exp2", lambda x: 2**x, lambda x: 2**x * ln(2), lambda x: 2**x * ln(2) ** 2,
    WHOLE_LINE + both(20.5, 100.5, 1000.0, 1000.5), IS_NAN + [(-inf, 0, 0, 0), (inf, inf, inf)])
one("exp_m1", expm1, exp, exp, WHOLE_LINE + both(two_to(-30), 20.0, 40.0, 80.0, 700.0),
    IS_NAN + [(-inf, -1, 0, 0), (inf, inf, inf)])
LOGARITHM_PROMISES = IS_NAN + [(0.0, -inf, inf), (-0.0, -inf), (-1.0, nan), (inf, inf, 0)]
LOGARITHM_POINTS = POSITIVE + NEAR_ONE + [two_to(-900), two_to(900)]
one("ln", ln, lambda x: 1 / x, lambda x: -1 / x**2, LOGARITHM_POINTS, LOGARITHM_PROMISES)
for name, base in (("log2", 2), ("log10", 10)):
    one(name, lambda x: ln(x) / ln(base), lambda x: 1 / (x * ln(base)), lambda x: -1 / (x**2 * ln(base)),
        LOGARITHM_POINTS, LOGARITHM_PROMISES)
one("ln_1p", log1p, lambda x: 1 / (1 + x), lambda x: -1 / (1 + x) ** 2,
    [0.0, *both(*TINY, *SMALL, two_to(-30)), *MEDIUM, *HUGE, two_to(400), *(-x for x in NEAR_ONE if x < 1)],
    IS_NAN + [(-1.0, -inf, inf), (-2.0, nan), (inf, inf, 0)])
one("entropy", lambda x: -x * ln(x), lambda x: -ln(x) - 1, lambda x: -1 / x, POSITIVE + NEAR_ONE + [two_to(-900)],
    IS_NAN + [(0.0, 0, inf)])

for n in (-3, -1, 0, 1, 2, 3, 4):
    at_zero = [(0.0, inf, -inf)] if n < 0 else [(0.0, 1 if n == 0 else 0, 1 if n == 1 else 0, 2 if n == 2 else 0)]
    one("powi", lambda x: x**n, lambda x: n * x ** (n - 1) if n else mpf(0),
        lambda x: n * (n - 1) * x ** (n - 2) if n * (n - 1) else mpf(0),
        both(*POSITIVE, 1.5, two_to(-200), two_to(200)), at_zero, str(n))
for c in ("-1.5", "-1", "0", "0.5", "1", "2", "2.5", "3"):
    exponent = mpf(c)
    whole = exponent == int(exponent)
    if exponent < 0:
        at_zero = [(0.0, inf, -inf)]
    elif whole:
        at_zero = [(0.0, 0**int(c), 1 if c == "1" else 0, 2 if c == "2" else 0)]
    else:
        at_zero = [(0.0, 0, inf if exponent < 1 else 0), (-1.0, nan), (-2.25, nan)]
    one("powf", lambda x: x**exponent, lambda x: exponent * x ** (exponent - 1) if exponent else mpf(0),
        lambda x: exponent * (exponent - 1) * x ** (exponent - 2) if exponent * (exponent - 1) else mpf(0),
        POSITIVE + NEAR_ONE + [1.5, two_to(-200), two_to(200)] + ([-0.5, -2.0, -5.0, -two_to(20)] if whole else []),
        at_zero, c)


# --- trigonometric and hyperbolic functions ---------------------------------------------------------------------------

TURNS = WHOLE_LINE + both(1.5, 10.0, 100.0, two_to(20), two_to(60))
one("sin", sin, cos, lambda x: -sin(x), TURNS, IS_NAN + [(inf, nan)])
one("cos", cos, lambda x: -sin(x), lambda x: -cos(x), TURNS, IS_NAN + [(inf, nan)])
one("tan", tan, lambda x: sec(x) ** 2, lambda x: 2 * tan(x) * sec(x) ** 2, TURNS + both(1.5703125),
    IS_NAN + [(inf, nan)])
one("asin", asin, lambda x: 1 / sqrt(1 - x**2), lambda x: x / sqrt(1 - x**2) ** 3, INSIDE_ONE,
    IS_NAN + [(1.0, pi / 2, inf), (-1.0, -pi / 2, inf), (1.5, nan)])
one("acos", acos, lambda x: -1 / sqrt(1 - x**2), lambda x: -x / sqrt(1 - x**2) ** 3, INSIDE_ONE,
    IS_NAN + [(1.0, 0, -inf), (-1.0, pi, -inf), (1.5, nan)])
one("atan", atan, lambda x: 1 / (1 + x**2), lambda x: -2 * x / (1 + x**2) ** 2,
    WHOLE_LINE + both(10.0, *HUGE, two_to(332)), IS_NAN + [(inf, pi / 2, 0), (-inf, -pi / 2, 0)])
one("sinc", lambda x: sinpi(x) / (pi * x) if x else mpf(1),
    lambda x: (cospi(x) - sinpi(x) / (pi * x)) / x if x else mpf(0),
    lambda x: -pi * sinpi(x) / x - 2 * (cospi(x) - sinpi(x) / (pi * x)) / x**2 if x else -(pi**2) / 3,
    WHOLE_LINE + both(1.5, 4.0, 10.25, 100.125, 1000.5, two_to(20) + 0.25), IS_NAN + [(inf, 0, 0), (-inf, 0, 0)])
one("sinh", sinh, cosh, sinh, WHOLE_LINE + both(20.0, 89.0, 100.0, 700.0),
    IS_NAN + [(inf, inf, inf), (-inf, -inf, inf)])
one("cosh", cosh, sinh, cosh, WHOLE_LINE + both(20.0, 89.0, 100.0, 700.0),
    IS_NAN + [(inf, inf, inf), (-inf, inf, -inf)])
SATURATING = WHOLE_LINE + both(10.0, 20.0, 40.0, 100.0, 300.0)
one("tanh", tanh, lambda x: sech(x) ** 2, lambda x: -2 * tanh(x) * sech(x) ** 2, SATURATING + both(1000.0),
    IS_NAN + [(inf, 1, 0), (-inf, -1, 0)])
one("sech_squared", lambda x: sech(x) ** 2, lambda x: -2 * tanh(x) * sech(x) ** 2,
    lambda x: sech(x) ** 2 * (4 - 6 * sech(x) ** 2), SATURATING, IS_NAN + [(inf, 0, 0), (-inf, 0, 0)])
one("asinh", asinh, lambda x: 1 / sqrt(1 + x**2), lambda x: -x / sqrt(1 + x**2) ** 3,
    WHOLE_LINE + both(10.0, *HUGE, two_to(300)), IS_NAN + [(inf, inf, 0), (-inf, -inf, 0)])
one("acosh", acosh, lambda x: 1 / (sqrt(x - 1) * sqrt(x + 1)), lambda x: -x / (sqrt(x - 1) * sqrt(x + 1)) ** 3,
    [1 + two_to(-k) for k in (52, 30, 23, 20, 15, 10, 5, 3, 2, 1)]
    + [2.0, 2.5, 3.0, 5.0, 10.0, 1000.0, *HUGE, two_to(300)],
    IS_NAN + [(1.0, 0, inf), (0.5, nan), (inf, inf, 0)])
one("atanh", atanh, lambda x: 1 / (1 - x**2), lambda x: 2 * x / (1 - x**2) ** 2, INSIDE_ONE,
    IS_NAN + [(1.0, inf, inf), (-1.0, -inf, inf), (1.5, nan)])


# --- steps and kinks --------------------------------------------------------------------------------------------------

FLAT = both(*TINY, 0.25, 0.75, 1.25, 2.25, 10.75, 1000.125, two_to(20) + 0.25)
BENT = both(*TINY, 0.25, 0.75, 1.25, 2.25, 10.75, 1000.125, *HUGE)


def rounded(x):
    return floor(x + mpf(1) / 2) if x >= 0 else ceil(x - mpf(1) / 2)


def jumps(function, *points):
    return IS_NAN + [(x, function(mpf(x)), 0) for x in points]


one("abs", abs, sign, ZERO, BENT, IS_NAN + [(0.0, 0, 0), (-0.0, 0, 0), (inf, inf, 1), (-inf, inf, -1)])
one("sign", sign, ZERO, ZERO, BENT, IS_NAN + [(0.0, 0, 0), (-0.0, 0, 0), (inf, 1, 0), (-inf, -1, 0)])
one("signum", sign, ZERO, ZERO, BENT, IS_NAN + [(0.0, 1, 0), (-0.0, -1, 0), (inf, 1, 0), (-inf, -1, 0)])
one("step", lambda x: mpf(x >= 0), ZERO, ZERO, BENT, IS_NAN + [(0.0, 1, 0), (-0.0, 1, 0), (inf, 1, 0), (-inf, 0, 0)])
WHOLES = both(1.0, 2.0, 7.0, two_to(20), two_to(60))
one("floor", floor, ZERO, ZERO, FLAT + both(0.5, 2.5), jumps(floor, 0.0, *WHOLES))
one("ceil", ceil, ZERO, ZERO, FLAT + both(0.5, 2.5), jumps(ceil, 0.0, *WHOLES))
one("trunc", truncated, ZERO, ZERO, [0.0, *FLAT, *both(0.5, 2.5)], jumps(truncated, *WHOLES))
one("round", rounded, ZERO, ZERO, [0.0, *FLAT, *both(0.5 - two_to(-25), 1.0, 2.0, 1000.0)],
    jumps(rounded, *both(0.5, 1.5, 2.5, 3.5)))
one("fract", lambda x: x - truncated(x), UNIT, ZERO, [0.0, *FLAT, *both(0.5, 2.5)], IS_NAN + [(x, 0) for x in WHOLES])

one("relu", lambda x: max(x, mpf(0)), lambda x: mpf(x > 0), ZERO, BENT,
    IS_NAN + [(0.0, 0, 0), (-0.0, 0, 0), (inf, inf, 1), (-inf, 0, 0)])


def held(x, low, high):
    return min(max(x, mpf(low)), mpf(high))


def inside(x, low, high):
    return mpf(low < x < high)


one("relu6", lambda x: held(x, 0, 6), lambda x: inside(x, 0, 6), ZERO, BENT + [6 - two_to(-20), 6 + two_to(-20)],
    IS_NAN + [(0.0, 0, 0), (-0.0, 0, 0), (6.0, 6, 0), (inf, 6, 0), (-inf, 0, 0)])
one("clamp", lambda x: held(x, -1, 2), lambda x: inside(x, -1, 2), ZERO, [0.0, *BENT],
    IS_NAN + [(-1.0, -1, 0), (2.0, 2, 0), (inf, 2, 0), (-inf, -1, 0)], "-1:2")
for a in ("0.1", "0.01"):
    one("leaky_relu", lambda x: x if x > 0 else mpf(a) * x, lambda x: mpf(1) if x > 0 else mpf(a), ZERO, BENT,
        IS_NAN + [(0.0, 0, mpf(a)), (-0.0, 0, mpf(a)), (inf, inf, 1), (-inf, -inf, mpf(a))], a)


def elu(scale, alpha):
    def exponential(x):
        return scale * alpha * exp(x)

    value = lambda x: scale * x if x > 0 else scale * alpha * expm1(x)
    slope = lambda x: scale if x > 0 else exponential(x)
    second = lambda x: mpf(0) if x > 0 else exponential(x)
    at_zero = scale * min(mpf(1), alpha)
    promised = [(0.0, 0, at_zero), (-0.0, 0, at_zero), (inf, inf, scale), (-inf, -scale * alpha, 0)]
    return value, slope, second, BENT + [-5.0, -20.0, -50.0, -80.0, -700.0], IS_NAN + promised


for alpha in ("1", "0.5", "2"):
    one("elu", *elu(mpf(1), mpf(alpha)), alpha)
one("selu", *elu(mpf("1.0507009873554804934193349852946"), mpf("1.6732632423543772848170429916717")))

one("hard_sigmoid", lambda x: held(x + 3, 0, 6) / 6, lambda x: inside(x, -3, 3) / 6, ZERO,
    [0.0, *BENT, *both(2.5, 3 - two_to(-20), 3 + two_to(-20))],
    IS_NAN + [(-3.0, 0, 0), (3.0, 1, 0), (inf, 1, 0), (-inf, 0, 0)])
one("piecewise_sigmoid", lambda x: held(x + mpf(0.5), 0, 1), lambda x: inside(x, -0.5, 0.5), ZERO,
    [0.0, *BENT, *both(0.5 - two_to(-20), 0.5 + two_to(-20))],
    IS_NAN + [(-0.5, 0, 0), (0.5, 1, 0), (inf, 1, 0), (-inf, 0, 0)])
one("hard_swish", lambda x: x * held(x + 3, 0, 6) / 6,
    lambda x: (2 * x + 3) / 6 if abs(x) < 3 else mpf(x > 0), lambda x: inside(x, -3, 3) / 3,
    [0.0, -1.5, *BENT, *both(2.5, 3 - two_to(-20), 3 + two_to(-20))],
    IS_NAN + [(-3.0, 0, 0), (3.0, 3, 1), (inf, inf, 1), (-inf, 0, 0)])


# --- special functions ------------------------------------------------------------------------------------------------

def bell(x, factor):
    return exp(-factor * x**2)


def density(x):
    return bell(x, mpf(0.5)) / sqrt(2 * pi)


def normal_cdf(x):
    return erfc(-x / sqrt(2)) / 2


TAILS = WHOLE_LINE + both(6.0, 9.0, 13.0, 20.0, 26.0)
one("erf", erf, lambda x: 2 / sqrt(pi) * bell(x, 1), lambda x: -4 * x / sqrt(pi) * bell(x, 1), TAILS,
    IS_NAN + [(inf, 1, 0), (-inf, -1, 0)])
one("erfc", erfc, lambda x: -2 / sqrt(pi) * bell(x, 1), lambda x: 4 * x / sqrt(pi) * bell(x, 1), TAILS,
    IS_NAN + [(inf, 0, 0), (-inf, 2, 0)])
one("normal_cdf", normal_cdf, density, lambda x: -x * density(x), TAILS + both(37.0),
    IS_NAN + [(inf, 1, 0), (-inf, 0, 0)])
for c in ("0.5", "1"):
    factor = mpf(c)
    one("gaussian", lambda x: bell(x, factor), lambda x: -2 * factor * x * bell(x, factor),
        lambda x: (4 * factor**2 * x**2 - 2 * factor) * bell(x, factor), without(TAILS, 1.0, -1.0),
        IS_NAN + [(inf, 0, 0), (-inf, 0, 0)], c)


def log_gamma(x):
    return loggamma(x) if x > 0 else ln(abs(gamma(x)))


GAMMA_POINTS = [
    *TINY, *SMALL, *NEAR_ONE, *(1 + x for x in NEAR_ONE), 1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 7.25, 15.5, 100.5, *HUGE,
    -two_to(-100), -two_to(-20), -0.125, -0.25, -0.75, -1 - two_to(-10), -1.25, -2.875, -10.25, -20.75, -100.25,
]
one("lgamma", log_gamma, lambda x: psi(0, x), lambda x: psi(1, x), GAMMA_POINTS + [-0.5, -1.5, two_to(300)],
    IS_NAN + [(0.0, inf), (-1.0, inf), (-2.0, inf), (inf, inf, inf)])
one("digamma", lambda x: psi(0, x), lambda x: psi(1, x), lambda x: psi(2, x), GAMMA_POINTS + [1.4375, two_to(300)],
    IS_NAN + [(0.0, -inf), (-0.0, inf), (-1.0, nan), (-2.0, nan), (inf, inf, 0)])
for n in (1, 2, 3):
    poles = [(0.0, inf), (-0.0, inf), (-1.0, inf)] if n % 2 else [(0.0, -inf), (-0.0, inf), (-1.0, nan)]
    one("polygamma", lambda x: psi(n, x), lambda x: psi(n + 1, x), lambda x: psi(n + 2, x), GAMMA_POINTS,
        IS_NAN + poles + [(inf, 0, 0)], str(n))


# --- smooth activation functions --------------------------------------------------------------------------------------

def sigmoid(x):
    return 1 / (1 + exp(-x))


def sigmoid_slope(x):
    decay = exp(-abs(x))
    return decay / (1 + decay) ** 2


def sigmoid_second(x):
    return -tanh(x / 2) * sigmoid_slope(x)


def softplus(x):
    return max(x, mpf(0)) + log1p(exp(-abs(x)))


ACTIVATION = WHOLE_LINE + both(4.0, 10.0, 20.0, 40.0, 80.0, 100.0, 700.0)
one("sigmoid", sigmoid, sigmoid_slope, sigmoid_second, ACTIVATION, IS_NAN + [(inf, 1, 0), (-inf, 0, 0)])
one("softplus", softplus, sigmoid, sigmoid_slope, ACTIVATION + [89.0], IS_NAN + [(inf, inf, 1), (-inf, 0, 0)])
one("log_sigmoid", lambda x: -softplus(-x), lambda x: sigmoid(-x), lambda x: -sigmoid_slope(x), ACTIVATION,
    IS_NAN + [(inf, 0, 0), (-inf, -inf, 1)])
one("logit", lambda x: log(x / (1 - x)), lambda x: 1 / (x * (1 - x)), lambda x: (2 * x - 1) / (x * (1 - x)) ** 2,
    [*TINY, two_to(-300), 0.125, 0.25, 0.3125, 0.375, 0.4375, 0.5625, 0.625, 0.6875, 0.75, 0.9375, 0.5 - two_to(-10),
     0.5 + two_to(-10), 0.5 - two_to(-20), 0.5 + two_to(-20), 1 - two_to(-10), 1 - two_to(-20)],
    IS_NAN + [(0.5, 0, 4, 0), (0.0, -inf, inf), (1.0, inf, inf), (-1.0, nan), (2.0, nan)])
one("silu", lambda x: x * sigmoid(x), lambda x: sigmoid(x) + x * sigmoid_slope(x),
    lambda x: 2 * sigmoid_slope(x) + x * sigmoid_second(x), without(ACTIVATION, -1.25, 2.0, -2.0),
    IS_NAN + [(inf, inf, 1), (-inf, 0, 0)])
one("softsign", lambda x: x / (1 + abs(x)), lambda x: 1 / (1 + abs(x)) ** 2,
    lambda x: -2 * sign(x) / (1 + abs(x)) ** 3, [x for x in WHOLE_LINE if x] + both(10.0, *HUGE, two_to(300)),
    IS_NAN + [(0.0, 0, 1), (inf, 1, 0), (-inf, -1, 0)])


def mish_parts(x):
    """tanh(p) and its first two derivatives by x, for p = softplus(x)."""
    height, s = tanh(softplus(x)), sigmoid(x)
    curve = sech(softplus(x)) ** 2
    return height, curve * s, curve * (sigmoid_slope(x) - 2 * height * s**2)


def gelu_tanh_parts(x):
    """sigmoid(2u) and its first two derivatives by x, for u = sqrt(2/pi) (x + 0.044715 x^3)."""
    outer, cubic = 2 * sqrt(2 / pi), mpf("0.044715")
    w, first, second = outer * (x + cubic * x**3), outer * (1 + 3 * cubic * x**2), outer * 6 * cubic * x
    return sigmoid(w), sigmoid_slope(w) * first, sigmoid_second(w) * first**2 + sigmoid_slope(w) * second


for name, parts, points in (
    ("mish", mish_parts, without(ACTIVATION, -1.25)),
    # The tails of gelu_tanh magnify the rounding of u by 2|u|, more than f32 can bear: there, points that it lacks.
    ("gelu_tanh", gelu_tanh_parts,
     without(WHOLE_LINE, -0.75, 5.0, -5.0) + both(*(x + two_to(-30) for x in (5, 7, 9))) + [13 + two_to(-30), 37.0]),
):
    one(name, lambda x: x * parts(x)[0], lambda x: parts(x)[0] + x * parts(x)[1],
        lambda x: 2 * parts(x)[1] + x * parts(x)[2], points, IS_NAN + [(inf, inf, 1), (-inf, 0, 0)])
one("gelu", lambda x: x * normal_cdf(x), lambda x: normal_cdf(x) + x * density(x), lambda x: (2 - x**2) * density(x),
    without(TAILS, -0.75) + both(10.0, 37.0), IS_NAN + [(inf, inf, 1), (-inf, 0, 0)])
