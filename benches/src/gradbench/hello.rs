//! `hello`: x² and its derivative.

use super::{Module, prepare};
use chainrule::Dual;
use num_traits::Float;

pub(super) const MODULE: Module = Module {
    name: "hello",
    functions: &[
        ("square", |input| prepare(input, |&x: &f64, y: &mut f64| *y = square(x))),
        ("double", |input| prepare(input, |&x: &f64, slope: &mut f64| *slope = square(Dual::variable(x)).epsilon)),
    ],
};

fn square<T: Float>(x: T) -> T {
    x * x
}

#[cfg(test)]
mod tests {
    use super::super::evaluate;
    use super::MODULE;
    use serde_json::json;

    #[test]
    fn three() {
        assert_eq!(evaluate(MODULE, "square", json!(3.0)), Ok(json!(9.0)));
        assert_eq!(evaluate(MODULE, "double", json!(3.0)), Ok(json!(6.0)));
        assert!(evaluate(MODULE, "square", json!("3")).unwrap_err().contains("invalid type: string"));
    }
}
