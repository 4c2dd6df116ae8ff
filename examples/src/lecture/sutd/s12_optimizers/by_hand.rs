//! The five formulas in plain numbers, without the engine.

/// A method: what it does to w at step t with the gradient g, and the two numbers that it remembers.
pub(super) struct Method {
    pub(super) name: &'static str,
    pub(super) formula: &'static str,
    /// What the two numbers are at first.
    memory: [f64; 2],
    step: fn(t: f64, g: f64, memory: &mut [f64; 2]) -> Step,
}

/// By how much w falls, and in words: what is remembered, and that fall.
type Step = (f64, [String; 2]);

/// What keeps denominators from 0.
const E: f64 = 1e-7;

pub(super) const METHODS: [Method; 5] = [
    Method {
        name: "Adagrad",
        formula: "a = a + g^2, from .1;  w = w - eta g / sqrt(a + e)",
        memory: [0.1, 0.0],
        step: |_, g, [a, _]| {
            let before = *a;
            *a += g * g;
            (
                0.1 * g / (*a + E).sqrt(),
                [format!("a = {before:.6} + {g:.6}^2 = {a:.6}"), format!(".1 * {g:.6} / sqrt({a:.6})")],
            )
        },
    },
    Method {
        name: "Adadelta",
        formula: "a = .95 a + .05 g^2;  d = g sqrt(b + e) / sqrt(a + e);  b = .95 b + .05 d^2;  w = w - eta d",
        memory: [0.0; 2],
        step: |_, g, [a, b]| {
            *a = 0.95 * *a + 0.05 * g * g;
            let (d, before) = (g * (*b + E).sqrt() / (*a + E).sqrt(), *b);
            *b = 0.95 * *b + 0.05 * d * d;
            (d, [format!("a = {a:.6}"), format!("{g:.6} sqrt({before:.3e} + e) / sqrt({a:.6})")])
        },
    },
    Method {
        name: "Adam",
        formula: "m = .9 m + .1 g;  v = .999 v + .001 g^2;  w = w - eta sqrt(1 - .999^t) / (1 - .9^t) m / (sqrt(v) + e)",
        memory: [0.0; 2],
        step: |t, g, [m, v]| {
            *m = 0.9 * *m + 0.1 * g;
            *v = 0.999 * *v + 0.001 * g * g;
            let rate = 0.1 * (1.0 - 0.999_f64.powf(t)).sqrt() / (1.0 - 0.9_f64.powf(t));
            (
                rate * *m / (v.sqrt() + E),
                [format!("m = {m:.6}, v = {v:.6}"), format!("{rate:.6} * {m:.6} / sqrt({v:.6})")],
            )
        },
    },
    Method {
        name: "Nadam",
        formula: "m, v as Adam;  u_t = .9 (1 - .96^t / 2), U_t = u_1 ... u_t;\n       \
                  n = u_(t+1) m / (1 - U_(t+1)) + (1 - u_t) g / (1 - U_t);  w = w - eta n / (sqrt(v / (1 - .999^t)) + e)",
        memory: [0.0; 2],
        step: |t, g, [m, v]| {
            let u = |t: f64| 0.9 * (1.0 - 0.96_f64.powf(t) / 2.0);
            let (mut product, mut k) = (1.0, 1.0);
            while k <= t {
                product *= u(k);
                k += 1.0;
            }
            *m = 0.9 * *m + 0.1 * g;
            *v = 0.999 * *v + 0.001 * g * g;
            let n = u(t + 1.0) * *m / (1.0 - product * u(t + 1.0)) + (1.0 - u(t)) * g / (1.0 - product);
            let corrected = *v / (1.0 - 0.999_f64.powf(t));
            (
                0.1 * n / (corrected.sqrt() + E),
                [format!("m = {m:.6}, n = {n:.6}"), format!(".1 * {n:.6} / sqrt({corrected:.6})")],
            )
        },
    },
    Method {
        name: "RMSprop",
        formula: "v = .9 v + .1 g^2;  w = w - eta g / sqrt(v + e)",
        memory: [0.0; 2],
        step: |_, g, [v, _]| {
            let before = *v;
            *v = 0.9 * *v + 0.1 * g * g;
            let words =
                [format!("v = .9 * {before:.6} + .1 * {g:.6}^2 = {v:.6}"), format!(".1 * {g:.6} / sqrt({v:.6})")];
            (0.1 * g / (*v + E).sqrt(), words)
        },
    },
];

impl Method {
    /// Three steps on w^2 from w = 1: where they lead, and a line for each.
    pub(super) fn walk(&self) -> ([f64; 3], Vec<String>) {
        let (mut w, mut memory, mut lines) = (1.0, self.memory, Vec::new());
        let places = [1.0, 2.0, 3.0].map(|t| {
            let (before, g) = (w, 2.0 * w);
            let (fall, [remembered, falls]) = (self.step)(t, g, &mut memory);
            w -= fall;
            lines.push(format!("    t = {t}, g = {g:.6}:  {remembered};  w = {before:.6} - {falls} = {w:.6}"));
            w
        });
        (places, lines)
    }
}
