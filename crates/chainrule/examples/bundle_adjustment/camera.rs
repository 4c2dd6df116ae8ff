//! A camera, and where it sees a point.

use chainrule::parameters;
use num_traits::Float;

/// A camera with the parameters of the data sets "Bundle Adjustment in the Large" (Agarwal, Snavely, Seitz, Szeliski 2010).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Camera<T> {
    /// The axis of the rotation from the world into the camera's frame, as long as its angle.
    pub(crate) rotation: [T; 3],
    pub(crate) translation: [T; 3],
    /// Focal length, in pixels.
    pub(crate) focal: T,
    /// The coefficients of r² and r⁴ of the radial distortion.
    pub(crate) distortion: [T; 2],
}
parameters!(Camera { rotation: [_; 3], translation: [_; 3], focal, distortion: [_; 2] });

/// A camera and a point that it sees: what one observation depends on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<T> {
    pub(crate) camera: Camera<T>,
    pub(crate) point: [T; 3],
}
parameters!(View { camera: Camera<_>, point: [_; 3] });

/// The pixel at which the camera sees the point, from the middle of the picture. The camera looks along its third axis.
pub(crate) fn project<T: Float>(View { camera, point }: View<T>) -> [T; 2] {
    let [x, y, z] = rotate(camera.rotation, point);
    let [tx, ty, tz] = camera.translation;
    let (x, y) = ((x + tx) / (z + tz), (y + ty) / (z + tz));
    let radius_squared = x * x + y * y;
    let [first, second] = camera.distortion;
    let scale = camera.focal * (T::one() + radius_squared * (first + second * radius_squared));
    [scale * x, scale * y]
}

/// Rodrigues' formula `p cos θ + (k × p) sin θ + k (k · p)(1 - cos θ)` for the axis `θ k`; near θ = 0, where the axis has no direction, its
/// first terms `p + θ k × p`, which have the right derivatives there.
fn rotate<T: Float>(axis: [T; 3], point: [T; 3]) -> [T; 3] {
    let angle_squared = dot(axis, axis);
    let across = cross(axis, point);
    if angle_squared <= T::epsilon() {
        return std::array::from_fn(|i| point[i] + across[i]);
    }
    let angle = angle_squared.sqrt();
    let (sin, cos) = angle.sin_cos();
    let along = dot(axis, point) * (T::one() - cos) / angle_squared;
    std::array::from_fn(|i| point[i] * cos + across[i] * sin / angle + axis[i] * along)
}

fn dot<T: Float>([a, b, c]: [T; 3], [x, y, z]: [T; 3]) -> T {
    a * x + b * y + c * z
}

fn cross<T: Float>([a, b, c]: [T; 3], [x, y, z]: [T; 3]) -> [T; 3] {
    [b * z - c * y, c * x - a * z, a * y - b * x]
}

#[cfg(test)]
mod tests {
    use super::*;
    use chainrule::derivative::Parameters;
    use chainrule::jacobian;

    /// Central differences are good to about 1e-9 of the largest slope here, some hundred pixels.
    #[test]
    fn blocks_are_what_differences_say() {
        for rotation in [[0.0; 3], [1e-9, -1e-9, 0.0], [0.1, -0.3, 0.2], [2.0, 1.0, -1.5]] {
            let camera = Camera { rotation, translation: [0.1, -0.2, 4.0], focal: 500.0, distortion: [-0.1, 0.02] };
            let view = View { camera, point: [0.7, -0.5, 0.9] };
            let rows = jacobian(|view| project(view), &view).map(|row| row.flatten());
            for i in 0..12 {
                let moved = |step: f64| {
                    let mut flat = view.flatten();
                    flat[i] += step;
                    project(view.rebuild(flat))
                };
                let (ahead, behind) = (moved(1e-5), moved(-1e-5));
                for (row, (ahead, behind)) in rows.iter().zip(ahead.into_iter().zip(behind)) {
                    let difference = (ahead - behind) / 2e-5;
                    assert!((row[i] - difference).abs() < 1e-5, "{rotation:?}, {i}: {} is not {difference}", row[i]);
                }
            }
        }
    }

    /// A quarter turn about the third axis takes x to y.
    #[test]
    fn a_quarter_turn() {
        let [x, y, z] = rotate([0.0, 0.0, std::f64::consts::FRAC_PI_2], [1.0, 0.0, 2.0]);
        assert!(x.abs() < 1e-15 && (y - 1.0).abs() < 1e-15 && z == 2.0);
    }
}
