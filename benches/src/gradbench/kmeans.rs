//! `kmeans`: the direction of Newton's method for the sum of squared distances to the nearest centroid.
//!
//! No distance mixes two coordinates, so the Hessian is a diagonal, and its product with the vector of ones is that diagonal. One
//! reverse sweep over a tape of dual numbers that all move at rate 1 gives the gradient and, as its tangent, the diagonal.

use super::input::{flatten, require, rows};
use super::reverse::Reverse;
use super::{Module, prepare, prepare_with};
use crate::program::literal;
use chainrule::Dual;
use num_traits::Float;
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) const MODULE: Module = Module {
    name: "kmeans",
    functions: &[
        ("cost", |input| prepare(input, |input: &Input, y: &mut f64| *y = input.cost(&input.centroids))),
        ("dir", |input| prepare_with(input, Direction::compute, Direction::output)),
    ],
};

#[derive(Deserialize)]
#[serde(try_from = "Message")]
struct Input {
    dimension: usize,
    points: Vec<f64>,
    centroids: Vec<f64>,
}

#[derive(Deserialize)]
struct Message {
    points: Vec<Vec<f64>>,
    centroids: Vec<Vec<f64>>,
}

impl TryFrom<Message> for Input {
    type Error = String;

    fn try_from(Message { points, centroids }: Message) -> Result<Self, String> {
        let dimension = centroids.first().map_or(0, Vec::len);
        require(dimension > 0, || "there must be one of `centroids`, of one dimension at least".to_owned())?;
        Ok(Self {
            dimension,
            points: flatten("points", &points, points.len(), dimension)?,
            centroids: flatten("centroids", &centroids, centroids.len(), dimension)?,
        })
    }
}

impl Input {
    /// `Σᵢ minⱼ ‖pᵢ - cⱼ‖²`
    fn cost<T: Float>(&self, centroids: &[T]) -> T {
        let mut cost = T::zero();
        for point in self.points.chunks(self.dimension) {
            let mut nearest = T::infinity();
            for centroid in centroids.chunks(self.dimension) {
                let distance = squared_distance(point, centroid);
                if distance < nearest {
                    nearest = distance;
                }
            }
            cost = cost + nearest;
        }
        cost
    }
}

fn squared_distance<T: Float>(point: &[f64], centroid: &[T]) -> T {
    point.iter().zip(centroid).fold(T::zero(), |total, (&p, &c)| {
        let difference = literal::<T>(p) - c;
        total + difference * difference
    })
}

#[derive(Default)]
struct Direction {
    reverse: Reverse<Dual<f64>>,
    /// The gradient over the diagonal of the Hessian.
    direction: Vec<f64>,
}

impl Direction {
    fn compute(input: &Input, result: &mut Self) {
        let moving = input.centroids.iter().map(|&c| Dual::variable(c));
        result.reverse.differentiate(|centroids| input.cost(centroids), moving);
        result.direction.clear();
        result.direction.extend(result.reverse.gradient().iter().map(|slope| slope.value / slope.epsilon));
    }

    fn output(input: &Input, result: &Self) -> Value {
        json!(rows(&result.direction, input.centroids.len() / input.dimension, input.dimension))
    }
}

#[cfg(test)]
mod tests {
    use super::super::evaluate;
    use super::MODULE;
    use serde_json::json;

    #[test]
    fn newton_leads_to_the_mean() {
        // the first two points belong to the first centroid: the cost is quadratic in it, and centroid - direction is their mean
        let input = json!({
            "points": [[1.0, 0.0], [3.0, 2.0], [10.0, 11.0]],
            "centroids": [[1.0, 1.0], [12.0, 10.0]],
        });
        // 0 + 1, 4 + 1, 4 + 1
        assert_eq!(evaluate(MODULE, "cost", input.clone()), Ok(json!(11.0)));
        assert_eq!(evaluate(MODULE, "dir", input), Ok(json!([[-1.0, 0.0], [2.0, -1.0]])));
    }

    #[test]
    fn what_is_no_input_is_refused() {
        let refused = |points, centroids| {
            evaluate(MODULE, "dir", json!({ "points": points, "centroids": centroids })).unwrap_err()
        };
        assert_eq!(refused(json!([[1.0]]), json!([[1.0, 2.0]])), "row 0 of `points` holds 1 numbers, not 2");
        assert!(refused(json!([[1.0]]), json!([])).contains("one of `centroids`"));
        assert!(refused(json!([[1.0]]), json!(null)).contains("invalid type: null"));
    }
}
