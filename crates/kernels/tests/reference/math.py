"""Writes math.txt: values of elementary functions at points of f64, by mpmath in 60 digits: name, x, f(x), as bits in hexadecimal.

    pip install mpmath==1.3.0
    python3 math.py > math.txt
"""
import random
import struct

import mpmath as m

m.mp.dps = 60
random.seed(7)


def bits(x):
    return "%016x" % struct.unpack("<Q", struct.pack("<d", x))[0]


def rounded(y):
    """To nearest, denormals as well: mpmath rounds only to a number of digits."""
    if y == 0 or abs(y) >= m.mpf(2) ** -1022:
        return float(y)
    return float(m.nint(y * m.mpf(2) ** 1074)) * 5e-324


def beside(x):
    """x and the floats around it"""
    word = struct.unpack("<q", struct.pack("<d", x))[0]
    return [struct.unpack("<d", struct.pack("<q", word + step))[0] for step in (-2, -1, 0, 1, 2)]


def both(points):
    return [sign * x for x in points for sign in (1.0, -1.0)]


tiny = [5e-324, 1e-320, 2.2250738585072014e-308, 1e-300, 1e-100, 1e-20, 1e-17, 1.1e-16, 2.3e-16, 1e-12, 1e-8, 1e-5, 1e-3]
line = both(tiny + [random.uniform(0, 1) for _ in range(60)] + [random.uniform(0, 40) for _ in range(60)]
            + [2.0**-k * random.uniform(1, 2) for k in range(1, 30)])
# where the reduction of an exponential changes its mind, and multiples of ln 2
halves = [float((k + m.mpf(1) / 2) * m.log(2)) for k in range(-8, 9)]
wholes = [float(k * m.log(2)) for k in range(-8, 9) if k]
turns = [y for x in halves + wholes for y in beside(x)]
far = [random.uniform(-745, 709) for _ in range(120)] + beside(-708.3964185322641) + beside(709.782712893384) + [-744.4, -745.1, -740.0]
positive = tiny + [random.uniform(0.5, 2) for _ in range(120)] + beside(2**0.5) + beside(0.5**0.5) + [1e5, 1e300, 1.7976931348623157e308]
positive += [2.0**random.uniform(-1070, 1023) for _ in range(80)] + [1 + s * 2.0**-k for k in range(3, 53) for s in (1, -1)]
above = [x for x in line + turns if x > -1] + [x - 1 for x in positive if x - 1 > -1] + [2.0**random.uniform(0, 1023) for _ in range(80)]
wide = both([random.uniform(0, 700) for _ in range(80)])
edge = both(beside(0.17) + beside(1.0) + beside(0.83) + beside(0.5) + beside(18.0) + beside(22.0))

functions = {
    "exp": (m.exp, line + turns + far),
    "exp2": (lambda x: m.mpf(2) ** x, line + both(beside(0.5)) + [random.uniform(-1074, 1023) for _ in range(120)]),
    "exp_m1": (m.expm1, line + turns + far),
    "ln": (m.log, positive),
    "log2": (lambda x: m.log(x) / m.log(2), positive),
    "log10": (lambda x: m.log(x) / m.log(10), positive + [10.0**k for k in range(-20, 20)]),
    "ln_1p": (m.log1p, above),
    "tanh": (m.tanh, line + edge),
    "sinh": (m.sinh, line + edge + wide + both([710.0, 710.4])),
    "cosh": (m.cosh, line + edge + wide + both([710.0, 710.4])),
    "sigmoid": (lambda x: 1 / (1 + m.exp(-x)), line + edge + wide + [-740.0, -745.0]),
    "erf": (m.erf, line + edge + both([random.uniform(0.8, 6) for _ in range(60)])),
    "erfc": (m.erfc, line + edge + both([random.uniform(0.4, 27.2) for _ in range(150)]) + [26.5, 26.6, 27.0, 27.2]),
}
for name, (f, points) in functions.items():
    for x in points:
        print(name, bits(x), bits(rounded(f(m.mpf(x)))))
