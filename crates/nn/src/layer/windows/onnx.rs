//! Operators with windows as ONNX has them: on images whose channels come before height and width.

use super::{Windows, image};
use crate::onnx::{Attribute, Graph, Value, integer};
use chainrule::{HeightWidth, Shape};

type Setting = (&'static str, Attribute);

impl Windows {
    /// An operator on images `[height, width, channels]`, between two transposes; runtimes join those of neighbours.
    pub(in crate::layer) fn onnx<const N: usize>(
        &self,
        graph: &mut Graph,
        x: &Value,
        row: &Shape,
        operator: &str,
        parameters: &[&Value],
        settings: [Setting; N],
    ) -> Result<Value, String> {
        let [height, width, _] = image(row)?;
        let sides = self.sides(0, height).zip(self.sides(1, width));
        let ([top, bottom], [left, right]) = sides.ok_or("its padding is larger than can be counted")?;
        let own = [
            ("kernel_shape", both(self.size)),
            ("strides", both(self.stride)),
            ("pads", [top, left, bottom, right].map(integer).into()),
        ];
        let settings: Vec<Setting> = own.into_iter().chain(settings).collect();
        let x = graph.transpose(x, [0, 3, 1, 2]);
        let inputs: Vec<&Value> = [&x].into_iter().chain(parameters.iter().copied()).collect();
        let y = graph.node(operator, &inputs, &settings);
        Ok(graph.transpose(&y, [0, 2, 3, 1]))
    }

    /// The setting of an operator that has dilation.
    pub(in crate::layer) fn dilations(&self) -> Setting {
        ("dilations", both(self.dilation))
    }
}

fn both(HeightWidth(sizes): HeightWidth) -> Attribute {
    sizes.map(integer).into()
}
