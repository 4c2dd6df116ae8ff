//! What can be said of weights, biases and the activation behind them, the same of each layer that has them.

/// Options of a layer with the fields `activation`, `bias`, `weights_init`, `bias_init`, `weights_penalty` and `bias_penalty`.
macro_rules! affine_options {
    ($Layer:ident) => {
        impl<T: chainrule::Element> $Layer<T> {
            /// What is done to the outputs: any [`Rule`](chainrule::Rule) such as `Relu`, or `Softmax` along the last axis.
            #[must_use]
            pub fn activation(self, activation: impl $crate::activation::Activate<T> + 'static) -> Self {
                Self { activation: Box::new(activation), ..self }
            }

            /// Nothing is added to the products.
            #[must_use]
            #[doc(alias = "use_bias")]
            pub fn without_bias(self) -> Self {
                Self { bias: None, ..self }
            }

            /// How the weights begin.
            #[must_use]
            #[doc(alias = "kernel_initializer")]
            pub fn init(self, init: $crate::init::Init) -> Self {
                Self { weights_init: init, ..self }
            }

            /// How the biases begin.
            #[must_use]
            #[doc(alias = "bias_initializer")]
            pub fn bias_init(self, init: $crate::init::Init) -> Self {
                Self { bias_init: init, ..self }
            }

            /// A penalty on the weights, added to the loss: [`L1`](crate::L1), [`L2`](crate::L2).
            #[must_use]
            #[doc(alias = "kernel_regularizer")]
            pub fn regularizer(self, penalty: impl $crate::regularizer::Regularizer<T> + 'static) -> Self {
                Self { weights_penalty: Some(std::sync::Arc::new(penalty)), ..self }
            }

            /// A penalty on the biases.
            #[must_use]
            pub fn bias_regularizer(self, penalty: impl $crate::regularizer::Regularizer<T> + 'static) -> Self {
                Self { bias_penalty: Some(std::sync::Arc::new(penalty)), ..self }
            }
        }
    };
}
pub(super) use affine_options;
