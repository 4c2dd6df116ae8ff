//! `ht`: hand tracking, the fit of a skinned model of a hand to points in space, as a dense Jacobian.
//!
//! There are few parameters and many residuals, so derivatives go forwards.

mod matrix;
mod model;

use super::input::require;
use super::{Module, prepare, prepare_with};
use chainrule::DualVector;
use matrix::Factor;
use model::{Model, PARAMETERS};
use num_traits::Float;
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) const MODULE: Module = Module {
    name: "ht",
    functions: &[
        ("objective", |input| {
            prepare(input, |input: &Input, errors: &mut Vec<f64>| input.errors(&input.theta, &input.us, errors))
        }),
        ("jacobian", |input| prepare_with(input, Jacobian::compute, Jacobian::output)),
    ],
};

#[derive(Deserialize)]
#[serde(try_from = "Message")]
struct Input {
    theta: Vec<f64>,
    model: Model,
    correspondences: Vec<usize>,
    points: Vec<[f64; 3]>,
    /// Where in its triangle each point lies, if points are fitted to triangles; otherwise there are none.
    us: Vec<[f64; 2]>,
}

#[derive(Deserialize)]
struct Message {
    theta: Vec<f64>,
    data: Data,
    #[serde(default)]
    us: Vec<[f64; 2]>,
}

#[derive(Deserialize)]
struct Data {
    model: Model,
    correspondences: Vec<usize>,
    points: Vec<[f64; 3]>,
}

impl TryFrom<Message> for Input {
    type Error = String;

    fn try_from(Message { theta, data: Data { model, correspondences, points }, us }: Message) -> Result<Self, String> {
        require(theta.len() == PARAMETERS, || format!("`theta` holds {} numbers, not {PARAMETERS}", theta.len()))?;
        let count = correspondences.len();
        require(points.len() == count, || {
            format!("there are {} `points` for {count} `correspondences`", points.len())
        })?;
        require(us.is_empty() || us.len() == count, || format!("there are {} `us` for {count} `points`", us.len()))?;
        let (corresponding, known) =
            if us.is_empty() { ("vertex", model.vertices()) } else { ("triangle", model.triangles().len()) };
        if let Some(foreign) = correspondences.iter().find(|&&at| at >= known) {
            return Err(format!("a point corresponds to {corresponding} {foreign}, but there are {known}"));
        }
        Ok(Self { theta, model, correspondences, points, us })
    }
}

impl Input {
    /// From each vertex, or place in a triangle, of the posed hand to the point that it corresponds to.
    fn errors<T: Float + Factor>(&self, theta: &[T], us: &[[T; 2]], errors: &mut Vec<T>) {
        let positions = self.model.pose(theta);
        errors.clear();
        if us.is_empty() {
            for (point, &vertex) in self.points.iter().zip(&self.correspondences) {
                let vertex = positions.column(vertex);
                errors.extend([0, 1, 2].map(|i| T::constant(point[i]) - vertex[i]));
            }
            return;
        }
        for ((point, &triangle), &[u, v]) in self.points.iter().zip(&self.correspondences).zip(us) {
            let [a, b, c] = self.model.triangles()[triangle].map(|vertex| positions.column(vertex));
            errors.extend([0, 1, 2].map(|i| {
                let place = u * a[i] + v * b[i] + (T::one() - u - v) * c[i];
                T::constant(point[i]) - place
            }));
        }
    }
}

/// How many columns of the Jacobian one evaluation gives.
const LANES: usize = 4;

/// The derivatives of all errors: by the first and by the second of all `us`, if there are any, and by the parameters.
#[derive(Default)]
struct Jacobian {
    errors: Vec<DualVector<f64, LANES>>,
    /// For each `LANES` columns, their elements row by row.
    columns: Vec<[f64; LANES]>,
}

impl Jacobian {
    fn compute(input: &Input, result: &mut Self) {
        let mut theta: Vec<_> = input.theta.iter().map(|&x| DualVector::constant(x)).collect();
        let mut us: Vec<_> = input.us.iter().map(|u| u.map(DualVector::constant)).collect();
        result.columns.clear();
        for first in (0..input.width()).step_by(LANES) {
            let moving = first..input.width().min(first + LANES);
            for column in moving.clone() {
                input.set_rate(column, &mut theta, &mut us, column - first, 1.0);
            }
            input.errors(&theta, &us, &mut result.errors);
            result.columns.extend(result.errors.iter().map(|error| error.epsilons));
            for column in moving {
                input.set_rate(column, &mut theta, &mut us, column - first, 0.0);
            }
        }
    }

    fn output(input: &Input, result: &Self) -> Value {
        let height = 3 * input.points.len();
        let element = |row: usize, column: usize| result.columns[column / LANES * height + row][column % LANES];
        let row = |row| -> Vec<f64> { (0..input.width()).map(|column| element(row, column)).collect() };
        json!((0..height).map(row).collect::<Vec<_>>())
    }
}

impl Input {
    /// How many columns the Jacobian has.
    fn width(&self) -> usize {
        if self.us.is_empty() { PARAMETERS } else { 2 + PARAMETERS }
    }

    /// Lets what this column of the Jacobian belongs to move at this rate, in one lane. An error depends on its own pair of `us`
    /// alone, so the first of all pairs move at once, and so do the second.
    fn set_rate(
        &self,
        column: usize,
        theta: &mut [DualVector<f64, LANES>],
        us: &mut [[DualVector<f64, LANES>; 2]],
        lane: usize,
        rate: f64,
    ) {
        let pairs = self.width() - PARAMETERS;
        if column < pairs {
            for u in us {
                u[column].epsilons[lane] = rate;
            }
        } else {
            theta[column - pairs].epsilons[lane] = rate;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::evaluate;
    use super::MODULE;
    use super::model::straight_hand;
    use serde_json::{Value, json};

    /// The hand of [`straight_hand`], moved by (10, 20, 30), and points that correspond to its first two vertices.
    fn moved() -> Value {
        let mut theta = vec![0.0; 26];
        theta[3..6].copy_from_slice(&[10.0, 20.0, 30.0]);
        json!({
            "theta": theta, "us": [],
            "data": {
                "model": straight_hand(), "correspondences": [0, 1], "points": [[11.0, 20.0, 30.5], [10.0, 22.0, 31.0]],
            },
        })
    }

    #[test]
    fn a_hand_that_is_moved() {
        // the vertices are at (11, 20, 30) and (10, 21, 30)
        let expected = json!([0.0, 0.0, 0.5, 0.0, 1.0, 1.0]);
        assert_eq!(evaluate(MODULE, "objective", moved()), Ok(expected));
    }

    #[test]
    fn its_jacobian() {
        // An error falls as the hand moves. There is no axis to turn about, so no slope by the rotation. The second vertex turns
        // with its bone: about x from y to z, about z from y to -x.
        let mut expected = [[0.0; 26]; 6];
        for (at, row) in expected.iter_mut().enumerate() {
            row[3 + at % 3] = -1.0;
        }
        expected[5][6] = -1.0;
        expected[3][7] = 1.0;
        let jacobian = evaluate(MODULE, "jacobian", moved()).unwrap();
        let jacobian: Vec<Vec<f64>> = serde_json::from_value(jacobian).unwrap();
        assert_eq!(jacobian, expected);
    }

    #[test]
    fn a_hand_that_is_turned() {
        // a quarter turn about z: (1, 0, 0) to (0, 1, 0), and (0, 1, 0) to (-1, 0, 0)
        let mut input = moved();
        input["theta"][2] = json!(std::f64::consts::FRAC_PI_2);
        let errors: Vec<f64> = serde_json::from_value(evaluate(MODULE, "objective", input).unwrap()).unwrap();
        for (error, expected) in errors.iter().zip([1.0, -1.0, 0.5, 1.0, 2.0, 1.0]) {
            assert!((error - expected).abs() < 1e-14, "{errors:?}");
        }
    }

    #[test]
    fn places_in_triangles() {
        // the places (1/2, 1/4, 1/4) and (0, 0, 1) in the triangle abc of all vertices: a place moves from c to a with u, from c to b with v
        let mut input = moved();
        input["us"] = json!([[0.5, 0.25], [0.0, 0.0]]);
        input["data"]["correspondences"] = json!([0, 0]);
        let errors = evaluate(MODULE, "objective", input.clone()).unwrap();
        assert_eq!(errors, json!([0.5, -0.25, 0.25, 0.0, 2.0, 0.0]));
        let jacobian = evaluate(MODULE, "jacobian", input).unwrap();
        let by_us: Vec<_> = jacobian.as_array().unwrap().iter().map(|row| [row[0].clone(), row[1].clone()]).collect();
        let each = [[-1.0, 0.0], [0.0, -1.0], [1.0, 1.0]];
        assert_eq!(json!(by_us), json!([each, each].concat()));
        assert_eq!(jacobian[0].as_array().map(Vec::len), Some(28));
    }

    #[test]
    fn what_is_no_input_is_refused() {
        let refused = |field: &str, value: Value| {
            let mut input = moved();
            *input.pointer_mut(field).unwrap() = value;
            evaluate(MODULE, "jacobian", input).unwrap_err()
        };
        assert_eq!(refused("/theta", json!([0.0])), "`theta` holds 1 numbers, not 26");
        assert_eq!(refused("/data/points", json!([])), "there are 0 `points` for 2 `correspondences`");
        assert_eq!(refused("/us", json!([[0.0, 0.0]])), "there are 1 `us` for 2 `points`");
        assert_eq!(refused("/data/correspondences", json!([0, 3])), "a point corresponds to vertex 3, but there are 3");
        assert!(refused("/data/model", json!({})).contains("missing field"));
    }
}
