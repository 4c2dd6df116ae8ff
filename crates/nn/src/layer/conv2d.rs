//! A convolution of images.

#[cfg(test)]
use super::Sample;
use super::affine::affine_options;
use super::{Layer, Stored};
use super::windows::Windows;
use crate::activation::{Activate, Linear};
use crate::init::Init;
#[cfg(feature = "onnx")]
use crate::onnx;
use crate::param::{Param, elements};
use crate::pass::Pass;
use crate::pytorch::StateDict;
use crate::random::Seeds;
use crate::regularizer::{Regularizer, describe};
use crate::settings::Settings;
use chainrule::{Element, HeightWidth, Padding, Shape, Tensor, Var};
use std::sync::Arc;

/// `y = activation(x * W + b)`: each filter weighs the pixels of a window that slides over the image. Rows
/// `[height, width, channels]` to `[height', width', filters]`; weights `[size, size, channels / groups, filters]`, one bias for
/// each filter. With windows that reach over `r = (size - 1) · dilation + 1` pixels, `height' = (height - r) / stride + 1` rounded
/// down, where `height` counts [`padding`](Self::padding) too, or, with [`same`](Self::same), `height / stride` rounded up.
///
/// As in all of deep learning, the kernel is not mirrored. Keras's `Conv2D`, `PyTorch`'s `Conv2d` (whose images are
/// `[channels, height, width]`, and whose weights lie as `[filters, channels, height, width]`). Weights begin Glorot-uniform,
/// biases 0.
///
/// ```
/// use chainrule_nn::prelude::*;
/// let mut network = Sequential::new()
///     .add(Conv2d::new(32, 3).activation(Relu).input([28, 28, 1]))
///     .add(MaxPool2d::new(2))
///     .add(Flatten)
///     .add(Dense::new(10));
/// network.build()?;
/// assert_eq!(network.weights()[0].1.shape(), [3, 3, 1, 32]);
/// assert_eq!(network.predict(&Tensor::ones([2, 28, 28, 1]))?.shape(), [2, 10]);
/// # Ok::<(), chainrule_nn::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Conv2d<T: Element = f32> {
    filters: usize,
    windows: Windows,
    groups: usize,
    input: Option<Shape>,
    activation: Box<dyn Activate<T>>,
    weights: Param<T>,
    bias: Option<Param<T>>,
    weights_init: Init,
    bias_init: Init,
    weights_penalty: Option<Arc<dyn Regularizer<T>>>,
    bias_penalty: Option<Arc<dyn Regularizer<T>>>,
}

impl<T: Element> Conv2d<T> {
    /// This many filters, with windows of this size: a number, or `[height, width]`. Stride 1, no padding, no activation.
    pub fn new(filters: usize, size: impl Into<HeightWidth>) -> Self {
        Self {
            filters,
            windows: Windows::new(size),
            groups: 1,
            input: None,
            activation: Box::new(Linear),
            weights: Param::unbuilt(),
            bias: Some(Param::unbuilt()),
            weights_init: Init::GlorotUniform,
            bias_init: Init::Zeros,
            weights_penalty: None,
            bias_penalty: None,
        }
    }

    /// How many pixels lie from one window to the next: a number, or `[height, width]`.
    #[must_use]
    #[doc(alias = "strides")]
    pub fn stride(self, stride: impl Into<HeightWidth>) -> Self {
        Self { windows: Windows { stride: stride.into(), ..self.windows }, ..self }
    }

    /// So many zeros around each image: a number for all sides, `[height, width]`, or `[[top, bottom], [left, right]]`.
    #[must_use]
    pub fn padding(self, padding: impl Into<Padding>) -> Self {
        Self { windows: Windows { padding: padding.into(), ..self.windows }, ..self }
    }

    /// With so many zeros around each image that the result has its size divided by the stride, rounded up. Of an odd number, the
    /// larger half lies at the bottom and the right, as in Keras (`padding="same"`).
    #[must_use]
    pub fn same(self) -> Self {
        self.padding(Padding::Same)
    }

    /// Without padding, as it is unless something else is said.
    #[must_use]
    pub fn valid(self) -> Self {
        self.padding(0)
    }

    /// From one pixel of a window to the next: a number, or `[height, width]`.
    #[must_use]
    #[doc(alias = "dilation_rate")]
    pub fn dilation(self, dilation: impl Into<HeightWidth>) -> Self {
        Self { windows: Windows { dilation: dilation.into(), ..self.windows }, ..self }
    }

    /// Cuts channels and filters into so many groups: each group of filters sees its group of channels alone. With as many as
    /// there are channels, each channel has filters of its own.
    #[must_use]
    pub fn groups(self, groups: usize) -> Self {
        Self { groups, ..self }
    }

    /// `[height, width, channels]` of the images: the first layer of a network says it.
    #[must_use]
    pub fn input(self, image: [usize; 3]) -> Self {
        Self { input: Some(image.into()), ..self }
    }
}

affine_options!(Conv2d);

impl<T: Element> Layer<T> for Conv2d<T> {
    fn input_shape(&self) -> Option<Shape> {
        self.input.clone()
    }

    fn build(&mut self, input: &Shape, seeds: &mut Seeds) -> Result<Shape, String> {
        let Self { filters, groups, windows, .. } = *self;
        let ([height, width], channels) = windows.over(input)?;
        if filters == 0 {
            return Err("it has 0 filters, and nothing would come out of it; give at least 1".into());
        }
        if groups == 0 || !channels.is_multiple_of(groups) || !filters.is_multiple_of(groups) {
            return Err(format!(
                "{channels} channels and {filters} filters cannot be cut into {groups} groups; the number of groups must divide \
                 both"
            ));
        }
        for penalty in [&self.weights_penalty, &self.bias_penalty].into_iter().flatten() {
            penalty.check()?;
        }
        let HeightWidth([rows, columns]) = windows.size;
        let weights = [rows, columns, channels / groups, filters];
        let output = [height, width, filters];
        elements(&output)?;
        self.weights.build(weights, &self.weights_init, seeds)?;
        if let Some(bias) = &mut self.bias {
            bias.build([filters], &self.bias_init, seeds)?;
        }
        Ok(output.into())
    }

    fn forward<'t>(&self, x: Var<'t, Tensor<T>>, pass: &Pass<'t, T>) -> Var<'t, Tensor<T>> {
        let options = self.windows.convolution().groups(self.groups);
        let weights = pass.param(&self.weights);
        if pass.is_inference() {
            let (x, weights) = (x.value(), weights.value());
            let y = match &self.bias {
                None => x.conv2d(weights, options),
                Some(bias) => x.conv2d_bias(weights, pass.param(bias).value(), options),
            };
            return pass.tape().constant(self.activation.apply_in_place(y));
        }
        if let Some(penalty) = &self.weights_penalty {
            pass.penalize(&self.weights, &**penalty);
        }
        match &self.bias {
            None => self.activation.apply(x.conv2d(weights, options)),
            Some(bias) => {
                if let Some(penalty) = &self.bias_penalty {
                    pass.penalize(bias, &**penalty);
                }
                self.activation.after_conv2d([x, weights, pass.param(bias)], options)
            }
        }
    }

    fn visit(&mut self, visit: &mut dyn FnMut(&str, &mut Param<T>)) {
        visit("weights", &mut self.weights);
        if let Some(bias) = &mut self.bias {
            visit("bias", bias);
        }
    }

    fn settings(&self) -> Option<Settings> {
        let settings = Settings::new().with("filters", self.filters);
        let settings = self
            .windows
            .settings(settings)
            .with("dilation", self.windows.dilation.0)
            .with("groups", self.groups)
            .with("input", self.input.as_deref())
            .with("activation", self.activation.name())
            .with("bias", self.bias.is_some())
            .with("weights_init", &self.weights_init)
            .with("bias_init", &self.bias_init);
        let settings = describe(settings, "weights_penalty", self.weights_penalty.as_ref());
        Some(describe(settings, "bias_penalty", self.bias_penalty.as_ref()))
    }

    fn pytorch(&mut self, _: &Shape, state: &mut StateDict<T>) {
        state.kernel("weight", &mut self.weights);
        if let Some(bias) = &mut self.bias {
            state.param("bias", bias);
        }
    }

    #[cfg(feature = "onnx")]
    fn onnx(&self, graph: &mut onnx::Graph, x: &onnx::Value, row: &Shape) -> Result<onnx::Value, String> {
        let weights = graph.param_as(&self.weights, "oihw", |weights| weights.permute([3, 2, 0, 1]))?;
        let bias = self.bias.as_ref().map(|bias| graph.param(bias)).transpose()?;
        let inputs: Vec<_> = [&weights].into_iter().chain(&bias).collect();
        let groups = ("group", onnx::integer(self.groups).into());
        let y = self.windows.onnx(graph, x, row, "Conv", &inputs, [groups, self.windows.dilations()])?;
        self.activation.onnx(graph, &y)
    }
}

pub(super) fn restore<T: Element>(stored: &mut Stored<'_, T>) -> Result<Box<dyn Layer<T>>, String> {
    let filters = stored.size("filters")?;
    let windows = Windows { dilation: stored.sizes("dilation")?.into(), ..Windows::restored(stored)? };
    let conv = Conv2d::new(filters, windows.size);
    Ok(Box::new(Conv2d {
        windows,
        groups: stored.size("groups")?,
        input: stored.shape("input")?,
        activation: stored.activation("activation")?,
        bias: stored.get::<bool>("bias")?.then(Param::unbuilt),
        weights_init: stored.get("weights_init")?,
        bias_init: stored.get("bias_init")?,
        weights_penalty: stored.regularizer("weights_penalty")?,
        bias_penalty: stored.regularizer("bias_penalty")?,
        ..conv
    }))
}

#[cfg(test)]
pub(super) fn samples() -> Vec<Sample> {
    use crate::regularizer::{L1, L2};
    use chainrule::rule::Tanh;
    let biased = |filters, size: [usize; 2]| Conv2d::new(filters, size).bias_init(Init::Constant(0.5));
    vec![
        Sample::new(biased(2, [3, 3]), [2, 4, 5, 2]),
        Sample::new(biased(2, [2, 3]).same().stride([2, 1]).activation(Tanh), [1, 5, 4, 2]),
        Sample::new(biased(4, [2, 2]).dilation([2, 1]).groups(2).without_bias(), [2, 4, 3, 2]),
        Sample::new(biased(2, [3, 2]).same().groups(2), [2, 3, 3, 2]),
        Sample::new(biased(2, [3, 3]).padding([[1, 0], [2, 1]]).stride(2), [2, 4, 3, 2]),
        Sample::new(biased(2, [1, 1]).regularizer(L2(0.3)).bias_regularizer(L1(0.2)), [2, 2, 2, 3]),
    ]
}
