//! What pooling layers share.

/// The methods of a layer with a field of `Windows`, and that it is a layer: it is made by one method of tensors, and one operator of
/// ONNX with its settings.
macro_rules! pool2d_layer {
    ($Layer:ident, $method:ident, $operator:literal $(, $setting:expr)*) => {
        impl $Layer {
            /// Windows of this size, a number or `[height, width]`, side by side; what is left of the image at its end is not seen.
            pub fn new(size: impl Into<chainrule::HeightWidth>) -> Self {
                Self(Windows::side_by_side(size))
            }

            /// How many pixels lie from one window to the next: a number, or `[height, width]`.
            #[must_use]
            #[doc(alias = "strides")]
            pub fn stride(self, stride: impl Into<chainrule::HeightWidth>) -> Self {
                Self(Windows { stride: stride.into(), ..self.0 })
            }

            /// So much padding around each image: a number for all sides, `[height, width]`, or `[[top, bottom], [left, right]]`.
            /// On each side it is less than a window.
            #[must_use]
            pub fn padding(self, padding: impl Into<chainrule::Padding>) -> Self {
                Self(Windows { padding: padding.into(), ..self.0 })
            }

            /// With so much padding that each stride has a window: the result has the image's size divided by the stride,
            /// rounded up. Of an odd number, the larger half lies at the bottom and the right.
            #[must_use]
            pub fn same(self) -> Self {
                self.padding(chainrule::Padding::Same)
            }
        }

        impl<T: chainrule::Element> $crate::layer::Layer<T> for $Layer {
            fn build(
                &mut self,
                input: &chainrule::Shape,
                _: &mut $crate::random::Seeds,
            ) -> Result<chainrule::Shape, String> {
                self.0.pooled(input)
            }

            fn forward<'t>(
                &self,
                x: chainrule::Var<'t, chainrule::Tensor<T>>,
                _: &$crate::pass::Pass<'t, T>,
            ) -> chainrule::Var<'t, chainrule::Tensor<T>> {
                x.$method(self.0.pooling())
            }

            fn settings(&self) -> Option<$crate::settings::Settings> {
                Some(self.0.settings($crate::settings::Settings::new()))
            }

            #[cfg(feature = "onnx")]
            fn onnx(
                &self,
                graph: &mut $crate::onnx::Graph,
                x: &$crate::onnx::Value,
                row: &chainrule::Shape,
            ) -> Result<$crate::onnx::Value, String> {
                self.0.onnx(graph, x, row, $operator, &[], [$($setting),*])
            }
        }

        pub(super) fn restore<T: chainrule::Element>(
            stored: &mut super::Stored<'_, T>,
        ) -> Result<Box<dyn super::Layer<T>>, String> {
            Ok(Box::new($Layer(Windows::restored(stored)?)))
        }

        #[cfg(test)]
        pub(super) fn samples() -> Vec<super::Sample> {
            vec![
                super::Sample::new($Layer::new(2), [2, 4, 5, 2]),
                super::Sample::new($Layer::new([3, 2]).stride([2, 1]).same(), [2, 4, 3, 2]),
                super::Sample::new($Layer::new(3).stride(2).padding([[1, 2], [0, 1]]), [1, 4, 3, 2]),
            ]
        }
    };
}
pub(super) use pool2d_layer;

/// That something is a layer which makes each image a row of channels: by one method of tensors along height and width, and one
/// operator of ONNX.
macro_rules! global_pool2d_layer {
    ($Layer:ident, $method:ident, $operator:literal) => {
        impl<T: chainrule::Element> $crate::layer::Layer<T> for $Layer {
            fn build(
                &mut self,
                input: &chainrule::Shape,
                _: &mut $crate::random::Seeds,
            ) -> Result<chainrule::Shape, String> {
                super::windows::image(input).map(|[_, _, channels]| [channels].into())
            }

            fn forward<'t>(
                &self,
                x: chainrule::Var<'t, chainrule::Tensor<T>>,
                _: &$crate::pass::Pass<'t, T>,
            ) -> chainrule::Var<'t, chainrule::Tensor<T>> {
                x.$method([1, 2])
            }

            fn settings(&self) -> Option<$crate::settings::Settings> {
                Some($crate::settings::Settings::new())
            }

            #[cfg(feature = "onnx")]
            fn onnx(
                &self,
                graph: &mut $crate::onnx::Graph,
                x: &$crate::onnx::Value,
                _: &chainrule::Shape,
            ) -> Result<$crate::onnx::Value, String> {
                Ok(graph.node($operator, &[x], &[("axes", [1, 2].into()), ("keepdims", 0.into())]))
            }
        }

        pub(super) fn restore<T: chainrule::Element>(
            _: &mut super::Stored<'_, T>,
        ) -> Result<Box<dyn super::Layer<T>>, String> {
            Ok(Box::new($Layer))
        }

        #[cfg(test)]
        pub(super) fn samples() -> Vec<super::Sample> {
            vec![super::Sample::new($Layer, [2, 3, 2, 4])]
        }
    };
}
pub(super) use global_pool2d_layer;
