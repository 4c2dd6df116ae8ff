//! The model of a hand: bones that hang on one another, and vertices that hang on the bones.

use super::matrix::{Factor, Matrix};
use crate::gradbench::input::{flatten, require};
use num_traits::Float;
use serde::Deserialize;

/// The parameters of a pose: a rotation, a translation, and four angles for each of five fingers.
pub(super) const PARAMETERS: usize = 26;

/// The columns of a pose before those of the bones: rotation, scale and translation of all.
const WHOLE_HAND: usize = 3;
/// The first bone that a finger bends, counted in columns of a pose; each finger has four bones, of which three bend.
const FIRST_BENT: usize = 5;
const FINGERS: usize = 5;

#[derive(Debug, Deserialize)]
#[serde(try_from = "Message")]
pub(super) struct Model {
    /// On which earlier bone each bone hangs, if on any.
    parents: Vec<Option<usize>>,
    /// How each bone lies by its parent in the hand at rest.
    relatives: Vec<Matrix<f64>>,
    /// From the hand at rest to each bone.
    inverses: Vec<Matrix<f64>>,
    /// The vertices of the hand at rest, in homogeneous coordinates.
    positions: Matrix<f64>,
    /// How much of each vertex hangs on each bone, a column for each vertex.
    weights: Matrix<f64>,
    triangles: Vec<[usize; 3]>,
    mirrored: bool,
}

#[derive(Deserialize)]
struct Message {
    bone_names: Vec<String>,
    parents: Vec<i64>,
    base_relatives: Vec<[[f64; 4]; 4]>,
    inverse_base_absolutes: Vec<[[f64; 4]; 4]>,
    base_positions: Vec<[f64; 4]>,
    weights: Vec<Vec<f64>>,
    triangles: Vec<[usize; 3]>,
    is_mirrored: bool,
}

impl TryFrom<Message> for Model {
    type Error = String;

    fn try_from(message: Message) -> Result<Self, String> {
        let (bones, vertices) = (message.bone_names.len(), message.base_positions.len());
        let fewest = FIRST_BENT + 4 * FINGERS - 1 - WHOLE_HAND;
        require(bones >= fewest, || format!("a hand has {fewest} bones at least, not {bones}"))?;
        for (name, count) in [
            ("parents", message.parents.len()),
            ("base_relatives", message.base_relatives.len()),
            ("inverse_base_absolutes", message.inverse_base_absolutes.len()),
        ] {
            require(count == bones, || format!("there are {count} `{name}` for {bones} bones"))?;
        }
        if let Some(foreign) = message.triangles.iter().flatten().find(|&&vertex| vertex >= vertices) {
            return Err(format!("a triangle has vertex {foreign}, but there are {vertices}"));
        }
        let weights = flatten("weights", &message.weights, vertices, bones)?;
        Ok(Self {
            parents: (message.parents.iter().enumerate().map(|(bone, &parent)| parent_of(bone, parent)))
                .collect::<Result<_, _>>()?,
            relatives: message.base_relatives.iter().map(matrix_of_rows).collect(),
            inverses: message.inverse_base_absolutes.iter().map(matrix_of_rows).collect(),
            positions: Matrix::new(4, message.base_positions.concat()),
            weights: Matrix::new(bones, weights),
            triangles: message.triangles,
            mirrored: message.is_mirrored,
        })
    }
}

/// -1 stands for none.
fn parent_of(bone: usize, parent: i64) -> Result<Option<usize>, String> {
    match usize::try_from(parent) {
        Ok(parent) if parent < bone => Ok(Some(parent)),
        Err(_) if parent == -1 => Ok(None),
        _ => Err(format!("bone {bone} hangs on bone {parent}, which does not come before it")),
    }
}

fn matrix_of_rows(rows: &[[f64; 4]; 4]) -> Matrix<f64> {
    Matrix::new(4, (0..4).flat_map(|column| rows.map(|row| row[column])).collect())
}

impl Model {
    pub(super) fn vertices(&self) -> usize {
        self.positions.columns()
    }

    pub(super) fn triangles(&self) -> &[[usize; 3]] {
        &self.triangles
    }

    /// Where the vertices are in this pose. Source: `ADBench`, objective "hand"; Taylor and others, "User-specific hand modeling
    /// from monocular depth sequences", 2014.
    pub(super) fn pose<T: Float + Factor>(&self, theta: &[T]) -> Matrix<T> {
        let pose = columns_of_pose(theta, WHOLE_HAND + self.parents.len());
        let mut positions = self.skin(&self.transforms(&pose[WHOLE_HAND..]));
        if self.mirrored {
            positions.columns_mut().for_each(|position| position[0] = -position[0]);
        }
        move_all(&pose, &positions)
    }

    /// From each bone at rest to that bone bent.
    fn transforms<T: Float + Factor>(&self, angles: &[[T; 3]]) -> Vec<Matrix<T>> {
        let mut absolutes: Vec<Matrix<T>> = Vec::with_capacity(angles.len());
        for ((relative, &parent), &angles) in self.relatives.iter().zip(&self.parents).zip(angles) {
            let bent = lift(relative).times(&homogeneous(&bend(angles)));
            absolutes.push(match parent {
                Some(parent) => absolutes[parent].times(&bent),
                None => bent,
            });
        }
        absolutes.iter().zip(&self.inverses).map(|(absolute, inverse)| absolute.times(inverse)).collect()
    }

    /// Each vertex follows the bones that it hangs on, by its weights.
    fn skin<T: Float + Factor>(&self, transforms: &[Matrix<T>]) -> Matrix<T> {
        let mut positions = Matrix::new(3, vec![T::zero(); 3 * self.vertices()]);
        for (bone, transform) in transforms.iter().enumerate() {
            let moved = transform.times(&self.positions);
            for (vertex, position) in positions.columns_mut().enumerate() {
                let weight = self.weights.column(vertex)[bone];
                for (position, &moved) in position.iter_mut().zip(moved.column(vertex)) {
                    *position = *position + moved * weight;
                }
            }
        }
        positions
    }
}

/// The parameters as columns: rotation, scale and translation of the whole hand, then the angles of each bone.
fn columns_of_pose<T: Float>(theta: &[T], count: usize) -> Vec<[T; 3]> {
    let mut pose = vec![[T::zero(); 3]; count];
    pose[0].copy_from_slice(&theta[..3]);
    pose[1] = [T::one(); 3];
    pose[2].copy_from_slice(&theta[3..6]);
    for (finger, angles) in theta[6..PARAMETERS].chunks(4).enumerate() {
        let first = FIRST_BENT + 4 * finger;
        pose[first][..2].copy_from_slice(&angles[..2]);
        pose[first + 1][0] = angles[2];
        pose[first + 2][0] = angles[3];
    }
    pose
}

/// A matrix of constants.
fn lift<T: Factor>(matrix: &Matrix<f64>) -> Matrix<T> {
    Matrix::new(4, (0..4).flat_map(|at| matrix.column(at)).map(|&x| T::constant(x)).collect())
}

/// A rotation by three angles, about the axes x, z and y.
fn bend<T: Float>([x, z, y]: [T; 3]) -> Matrix<T> {
    let (one, zero) = (T::one(), T::zero());
    let about_x = Matrix::new(3, vec![one, zero, zero, zero, x.cos(), x.sin(), zero, -x.sin(), x.cos()]);
    let about_y = Matrix::new(3, vec![y.cos(), zero, -y.sin(), zero, one, zero, y.sin(), zero, y.cos()]);
    let about_z = Matrix::new(3, vec![z.cos(), z.sin(), zero, -z.sin(), z.cos(), zero, zero, zero, one]);
    about_z.times(&about_y).times(&about_x)
}

/// A rotation as a matrix for homogeneous coordinates.
fn homogeneous<T: Float>(rotation: &Matrix<T>) -> Matrix<T> {
    let mut elements = Vec::with_capacity(16);
    for at in 0..3 {
        elements.extend_from_slice(rotation.column(at));
        elements.push(T::zero());
    }
    elements.extend([T::zero(), T::zero(), T::zero(), T::one()]);
    Matrix::new(4, elements)
}

/// Rotates, scales and moves the whole hand.
fn move_all<T: Float>(pose: &[[T; 3]], positions: &Matrix<T>) -> Matrix<T> {
    let mut rotation = rotation_about(pose[0]);
    for (column, &scale) in rotation.columns_mut().zip(&pose[1]) {
        for element in column {
            *element = *element * scale;
        }
    }
    let mut moved = rotation.times(positions);
    for position in moved.columns_mut() {
        for (coordinate, &shift) in position.iter_mut().zip(&pose[2]) {
            *coordinate = *coordinate + shift;
        }
    }
    moved
}

/// The rotation about a vector, by its length; none at all for a short one.
fn rotation_about<T: Float>([x, y, z]: [T; 3]) -> Matrix<T> {
    let (one, zero) = (T::one(), T::zero());
    let angle = (x * x + y * y + z * z).sqrt();
    if angle.to_f64().is_some_and(|angle| angle < 1e-4) {
        return Matrix::new(3, vec![one, zero, zero, zero, one, zero, zero, zero, one]);
    }
    let (x, y, z) = (x / angle, y / angle, z / angle);
    let (s, c) = (angle.sin(), angle.cos());
    Matrix::new(
        3,
        vec![
            x * x + (one - x * x) * c,
            x * y * (one - c) + z * s,
            x * z * (one - c) - y * s,
            x * y * (one - c) - z * s,
            y * y + (one - y * y) * c,
            z * y * (one - c) + x * s,
            x * z * (one - c) + y * s,
            y * z * (one - c) - x * s,
            z * z + (one - z * z) * c,
        ],
    )
}

/// A hand for tests: bones at the origin, all at rest along the axes; vertices at (1, 0, 0), (0, 1, 0) and (0, 0, 1), in one
/// triangle. They hang on the first bone, which never bends, but for the second vertex, which hangs on the first bone that bends.
#[cfg(test)]
pub(super) fn straight_hand() -> serde_json::Value {
    const BONES: usize = 22;
    let unit = [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]];
    let hanging_on = |bone: usize| (0..BONES).map(|at| f64::from(u8::from(at == bone))).collect::<Vec<_>>();
    serde_json::json!({
        "bone_count": BONES,
        "bone_names": vec!["bone"; BONES],
        "parents": (-1..21).map(|bone| bone.min(0)).collect::<Vec<_>>(),
        "base_relatives": vec![unit; BONES],
        "inverse_base_absolutes": vec![unit; BONES],
        "base_positions": [[1.0, 0.0, 0.0, 1.0], [0.0, 1.0, 0.0, 1.0], [0.0, 0.0, 1.0, 1.0]],
        "weights": [hanging_on(0), hanging_on(FIRST_BENT - WHOLE_HAND), hanging_on(0)],
        "triangles": [[0, 1, 2]],
        "is_mirrored": false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(hand: Value) -> Result<Model, String> {
        serde_json::from_value(hand).map_err(|error| error.to_string())
    }

    #[test]
    fn a_bent_finger() {
        // a quarter turn about x takes (0, 1, 0) to (0, 0, 1), one about z to (-1, 0, 0)
        let hand = read(straight_hand()).unwrap();
        for (angle, expected) in [(6, [0.0, 0.0, 1.0]), (7, [-1.0, 0.0, 0.0])] {
            let mut theta = [0.0; PARAMETERS];
            theta[angle] = std::f64::consts::FRAC_PI_2;
            let posed = hand.pose(&theta);
            assert!(
                posed.column(1).iter().zip(expected).all(|(x, expected)| (x - expected).abs() < 1e-15),
                "{posed:?}"
            );
            assert_eq!(posed.column(2), [0.0, 0.0, 1.0]);
        }
    }

    #[test]
    fn a_mirrored_hand() {
        let mut hand = straight_hand();
        hand["is_mirrored"] = json!(true);
        assert_eq!(read(hand).unwrap().pose(&[0.0; PARAMETERS]).column(0), [-1.0, 0.0, 0.0]);
    }

    #[test]
    fn a_hand_that_does_not_hold_together_is_refused() {
        let refused = |field: &str, value: Value| {
            let mut hand = straight_hand();
            *hand.pointer_mut(field).unwrap() = value;
            read(hand).unwrap_err()
        };
        assert_eq!(refused("/parents/4", json!(4)), "bone 4 hangs on bone 4, which does not come before it");
        assert_eq!(refused("/parents/4", json!(-2)), "bone 4 hangs on bone -2, which does not come before it");
        assert_eq!(refused("/parents", json!([])), "there are 0 `parents` for 22 bones");
        assert_eq!(refused("/triangles/0/1", json!(3)), "a triangle has vertex 3, but there are 3");
        assert_eq!(refused("/weights/1", json!([])), "row 1 of `weights` holds 0 numbers, not 22");
        assert_eq!(refused("/bone_names", json!(["wrist"])), "a hand has 21 bones at least, not 1");
    }
}
