//! `ba`: bundle adjustment, as a sparse Jacobian.
//!
//! Each observation is a pair of residuals that depend on 15 numbers: it is recorded on a small tape of its own, and one sweep
//! gives the derivatives of both. The residual of a weight depends on that weight alone, and has its derivative forwards.

use super::input::require;
use super::{Module, prepare_with};
use crate::program::literal;
use chainrule::{Dual, ScalarTape};
use num_traits::Float;
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) const MODULE: Module = Module {
    name: "ba",
    functions: &[
        ("objective", |input| prepare_with(input, Residuals::compute, Residuals::output)),
        ("jacobian", |input| prepare_with(input, Jacobian::compute, Jacobian::output)),
    ],
};

/// A camera: rotation vector, centre, focal length, principal point, and two coefficients of radial distortion.
const CAMERA: usize = 11;
/// What a residual depends on: a camera, a point in space, and a weight.
const VARIABLES: usize = CAMERA + 3 + 1;
/// How many of the entries that are alike for all observations are reported: those of the first observation.
const REPORTED: usize = 2 * VARIABLES;

#[derive(Deserialize)]
#[serde(try_from = "Message")]
struct Input {
    cameras: Vec<[f64; CAMERA]>,
    points: Vec<[f64; 3]>,
    weights: Vec<f64>,
    observations: Vec<Observation>,
}

/// That a camera saw a point here.
struct Observation {
    camera: usize,
    point: usize,
    seen: [f64; 2],
}

#[derive(Deserialize)]
struct Message {
    n: usize,
    m: usize,
    p: usize,
    cam: [f64; CAMERA],
    x: [f64; 3],
    w: f64,
    feat: [f64; 2],
}

impl TryFrom<Message> for Input {
    type Error = String;

    fn try_from(Message { n, m, p, cam, x, w, feat }: Message) -> Result<Self, String> {
        require(n > 0 && m > 0 && p > 0, || {
            format!("there must be a camera, a point and an observation, but `n`, `m`, `p` are {n}, {m}, {p}")
        })?;
        // columns are reported as numbers of 32 bits, and so are the places of the values in the matrix
        let columns = n.saturating_mul(CAMERA).saturating_add(m.saturating_mul(3)).saturating_add(p);
        require(i32::try_from(columns.max(p.saturating_mul(REPORTED + 1))).is_ok(), || {
            format!("{n} cameras, {m} points and {p} observations are too many")
        })?;
        Ok(Self {
            cameras: vec![cam; n],
            points: vec![x; m],
            weights: vec![w; p],
            observations: (0..p).map(|i| Observation { camera: i % n, point: i % m, seen: feat }).collect(),
        })
    }
}

/// Where the camera sees the point, less where it was seen, times the weight.
///
/// Source: Triggs, `McLauchlan`, Hartley and Fitzgibbon, "Bundle adjustment: a modern synthesis", 2000; the camera of `ADBench`.
fn reprojection_error<T: Float>(camera: &[T; CAMERA], point: [T; 3], weight: T, seen: [f64; 2]) -> [T; 2] {
    let &[r0, r1, r2, c0, c1, c2, focal, u, v, k1, k2] = camera;
    let [x, y, z] = rotate([r0, r1, r2], [point[0] - c0, point[1] - c1, point[2] - c2]);
    let (x, y) = distort([k1, k2], [x / z, y / z]);
    [weight * (x * focal + u - literal(seen[0])), weight * (y * focal + v - literal(seen[1]))]
}

/// Rotates a point about an axis, by the length of the axis. Source: the formula of Rodrigues.
fn rotate<T: Float>(axis: [T; 3], point: [T; 3]) -> [T; 3] {
    let squared_angle = dot(axis, axis);
    if squared_angle == T::zero() {
        let turn = cross(axis, point);
        return [0, 1, 2].map(|i| point[i] + turn[i]);
    }
    let angle = squared_angle.sqrt();
    let (cosine, sine) = (angle.cos(), angle.sin());
    let inverse = T::one() / angle;
    let axis = axis.map(|a| a * inverse);
    let turn = cross(axis, point);
    let along = dot(axis, point) * (T::one() - cosine);
    [0, 1, 2].map(|i| point[i] * cosine + turn[i] * sine + axis[i] * along)
}

fn distort<T: Float>([k1, k2]: [T; 2], [x, y]: [T; 2]) -> (T, T) {
    let squared_radius = x * x + y * y;
    let factor = T::one() + k1 * squared_radius + k2 * squared_radius * squared_radius;
    (x * factor, y * factor)
}

fn weight_error<T: Float>(weight: T) -> T {
    T::one() - weight * weight
}

fn dot<T: Float>(a: [T; 3], b: [T; 3]) -> T {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn cross<T: Float>(a: [T; 3], b: [T; 3]) -> [T; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

#[derive(Default)]
struct Residuals {
    reprojection: Vec<[f64; 2]>,
    weight: Vec<f64>,
}

impl Residuals {
    fn compute(input: &Input, result: &mut Self) {
        let Self { reprojection, weight } = result;
        reprojection.clear();
        reprojection.extend(input.observations.iter().zip(&input.weights).map(|(observation, &weight)| {
            let &Observation { camera, point, seen } = observation;
            reprojection_error(&input.cameras[camera], input.points[point], weight, seen)
        }));
        weight.clear();
        weight.extend(input.weights.iter().map(|&weight| weight_error(weight)));
    }

    fn output(_: &Input, result: &Self) -> Value {
        json!({
            "reproj_error": { "elements": result.reprojection[0], "repeated": result.reprojection.len() },
            "w_err": { "element": result.weight[0], "repeated": result.weight.len() },
        })
    }
}

/// A sparse matrix by rows: those of the residuals, two for each observation, then those of the weights. Its columns are all
/// cameras, all points, all weights.
#[derive(Default)]
struct Jacobian {
    tape: ScalarTape,
    /// Where each row begins among the values, and where the last one ends.
    rows: Vec<usize>,
    columns: Vec<usize>,
    values: Vec<f64>,
}

impl Jacobian {
    fn compute(input: &Input, result: &mut Self) {
        result.rows.clear();
        result.columns.clear();
        result.values.clear();
        result.rows.push(0);
        for (i, observation) in input.observations.iter().enumerate() {
            result.differentiate(input, observation, i);
        }
        let weights = CAMERA * input.cameras.len() + 3 * input.points.len();
        for (i, &weight) in input.weights.iter().enumerate() {
            result.columns.push(weights + i);
            result.values.push(weight_error(Dual::variable(weight)).epsilon);
            result.rows.push(result.values.len());
        }
    }

    /// The two rows of observation `i`.
    fn differentiate(&mut self, input: &Input, observation: &Observation, i: usize) {
        let &Observation { camera, point, seen } = observation;
        self.tape.clear();
        let camera_variables = self.tape.vars(input.cameras[camera]);
        let point_variables = self.tape.vars(input.points[point]);
        let weight = self.tape.var(input.weights[i]);
        let points = CAMERA * input.cameras.len();
        let weights = points + 3 * input.points.len();
        let residuals = reprojection_error(&camera_variables, point_variables, weight, seen);
        let gradients = self.tape.backward_lanes(residuals);
        let by_camera = gradients.of_all(camera_variables);
        let by_point = gradients.of_all(point_variables);
        let by_weight = gradients.of(weight);
        for residual in 0..2 {
            self.columns.extend((0..CAMERA).map(|j| CAMERA * camera + j));
            self.columns.extend((0..3).map(|j| points + 3 * point + j));
            self.columns.push(weights + i);
            self.values.extend(by_camera.iter().chain(&by_point).map(|slopes| slopes[residual]));
            self.values.push(by_weight[residual]);
            self.rows.push(self.values.len());
        }
    }

    fn output(_: &Input, result: &Self) -> Value {
        json!({
            "rows": reported(&result.rows),
            "cols": reported(&result.columns),
            "vals": reported(&result.values),
        })
    }
}

/// As many entries as one observation has, and the last.
fn reported<T: Copy>(all: &[T]) -> Vec<T> {
    all.iter().take(REPORTED).chain(all.last()).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::super::evaluate;
    use super::MODULE;
    use serde_json::{Value, json};

    /// A camera at (0, 0, -2) that looks along z without rotation, with focal length 3 and principal point (5, 6), and a point at
    /// the origin's right.
    fn straight() -> Value {
        json!({
            "n": 2, "m": 3, "p": 4, "x": [1.0, 0.0, 0.0], "w": 0.5, "feat": [6.0, 4.0],
            "cam": [0.0, 0.0, 0.0, 0.0, 0.0, -2.0, 3.0, 5.0, 6.0, 0.0, 0.0],
        })
    }

    #[test]
    fn a_camera_that_looks_straight_ahead() {
        // the point is at (1/2, 0) in the plane, so seen at (6.5, 6); less (6, 4), times the weight: (1/4, 1)
        let expected = json!({
            "reproj_error": { "elements": [0.25, 1.0], "repeated": 4 },
            "w_err": { "element": 0.75, "repeated": 4 },
        });
        assert_eq!(evaluate(MODULE, "objective", straight()), Ok(expected));
    }

    #[test]
    fn its_jacobian() {
        // By hand. X = (1, 0, 2) is the point from the camera, its image (X₁/X₃, X₂/X₃) = (1/2, 0), and w f = 3/2. A rotation
        // moves X by r × X = (2 r₂, r₃ - 2 r₁, -r₂), so the image by (r₂ + r₂/4, (r₃ - 2 r₁)/2). The distortion moves the
        // image by (k₁/4 + k₂/16)/2 outwards.
        let first = [0.0, 1.875, 0.0, -0.75, 0.0, 0.375, 0.25, 0.5, 0.0, 0.1875, 0.046_875, 0.75, 0.0, -0.375, 0.5];
        let second = [-1.5, 0.0, 0.75, 0.0, -0.75, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0, 0.75, 0.0, 2.0];
        let jacobian = evaluate(MODULE, "jacobian", straight()).unwrap();
        let values = [&first[..], &second, &[-1.0]].concat();
        assert_eq!(jacobian["vals"], json!(values));
        // two cameras of 11 columns, three points of 3, four weights
        let columns = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 22, 23, 24, 31];
        assert_eq!(jacobian["cols"], json!([&columns[..], &columns, &[34]].concat()));
        let rows = [0, 15, 30, 45, 60, 75, 90, 105, 120, 121, 122, 123, 124, 124];
        assert_eq!(jacobian["rows"], json!(rows));
    }

    #[test]
    fn a_quarter_turn() {
        // a rotation about z by a right angle takes (1, 0, 2) to (0, 1, 2)
        let mut input = straight();
        input["cam"][2] = json!(std::f64::consts::FRAC_PI_2);
        let error = evaluate(MODULE, "objective", input).unwrap();
        let [x, y]: [f64; 2] = serde_json::from_value(error["reproj_error"]["elements"].clone()).unwrap();
        assert!((x + 0.5).abs() < 1e-14 && (y - 1.75).abs() < 1e-14, "{x}, {y}");
    }

    #[test]
    fn what_is_no_input_is_refused() {
        let refused = |field: &str, value: Value| {
            let mut input = straight();
            input[field] = value;
            evaluate(MODULE, "jacobian", input).unwrap_err()
        };
        assert!(refused("p", json!(0)).contains("`n`, `m`, `p` are 2, 3, 0"));
        assert!(refused("p", json!(u64::MAX)).contains("too many"));
        assert!(refused("cam", json!([1.0])).contains("an array of length 11"));
    }
}
