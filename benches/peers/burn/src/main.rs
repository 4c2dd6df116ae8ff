//! Training steps in burn, on its CPU backend "flex": `RAYON_NUM_THREADS=N peer-burn [W1 ...]`

#![recursion_limit = "256"]

#[path = "../../turns.rs"]
mod turns;

use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::loss::CrossEntropyLossConfig;
use burn::nn::pool::{MaxPool2d, MaxPool2dConfig};
use burn::nn::{Dropout, DropoutConfig, Linear, LinearConfig};
use burn::optim::{AdamConfig, GradientsParams, ModuleOptimizer, SgdConfig};
use burn::prelude::*;
use burn::tensor::activation::{relu, sigmoid, softmax};
use burn::tensor::{DType, Distribution, Int};

const ALL: [&str; 7] = ["W1", "W2", "W3", "W4", "W5", "W6", "W7"];
const UNIFORM: Distribution = Distribution::Uniform(0.0, 1.0);

#[derive(Module, Debug)]
struct Dense {
    a: Linear,
    b: Linear,
}

#[derive(Module, Debug)]
struct Dropped {
    a: Linear,
    b: Linear,
    c: Linear,
    dropout: Dropout,
}

#[derive(Module, Debug)]
struct Images {
    first: Conv2d,
    second: Conv2d,
    pool: MaxPool2d,
    a: Linear,
    b: Linear,
}

fn linear(inputs: usize, outputs: usize, on: &Device) -> Linear {
    LinearConfig::new(inputs, outputs).init(on)
}

fn labels(rows: i64, classes: i64, on: &Device) -> Tensor<1, Int> {
    Tensor::arange(0..rows, on).remainder_scalar(classes)
}

fn time<M: Module + Clone>(
    workload: &str,
    model: M,
    mut optimizer: ModuleOptimizer,
    rate: f64,
    loss: impl Fn(&M) -> Tensor<1>,
) {
    let mut model = Some(model);
    let step = || {
        let current = model.take().expect("put back by the step before");
        let loss = loss(&current);
        let gradients = GradientsParams::from_grads(loss.backward(), &current);
        model = Some(optimizer.step(rate, current, gradients));
        loss
    };
    let number = |loss: Tensor<1>| loss.into_data().iter::<f64>().next().expect("a single number");
    turns::measure("burn", workload, step, number);
}

fn worked(on: &Device) {
    let model = Dense { a: linear(2, 2, on), b: linear(2, 2, on) };
    let (x, y) = (Tensor::<2>::from_floats([[0.05, 0.1]], on), Tensor::<2>::from_floats([[0.01, 0.99]], on));
    time("W1", model, SgdConfig::new().init(), 0.5, |model| {
        let output = sigmoid(model.b.forward(sigmoid(model.a.forward(x.clone()))));
        (output - y.clone()).powi_scalar(2).sum() * 0.5
    });
}

fn classifier(on: &Device) {
    let model = Dense { a: linear(784, 128, on), b: linear(128, 10, on) };
    let (x, y) = (Tensor::<2>::random([32, 784], UNIFORM, on), labels(32, 10, on));
    let entropy = CrossEntropyLossConfig::new().init(on);
    time("W2", model, SgdConfig::new().init(), 0.01, |model| {
        entropy.forward(model.b.forward(relu(model.a.forward(x.clone()))), y.clone())
    });
}

fn dropped(workload: &str, inputs: usize, hidden: usize, classes: usize, on: &Device) {
    let (a, b, c) = (linear(inputs, hidden, on), linear(hidden, hidden, on), linear(hidden, classes, on));
    let model = Dropped { a, b, c, dropout: DropoutConfig::new(0.5).init() };
    let (x, y) = (Tensor::<2>::random([128, inputs], UNIFORM, on), labels(128, classes as i64, on));
    let entropy = CrossEntropyLossConfig::new().init(on);
    time(workload, model, AdamConfig::new().init(), 1e-3, |model| {
        let first = model.dropout.forward(relu(model.a.forward(x.clone())));
        let second = model.dropout.forward(relu(model.b.forward(first)));
        entropy.forward(model.c.forward(second), y.clone())
    });
}

fn images(on: &Device) {
    let model = Images {
        first: Conv2dConfig::new([1, 32], [3, 3]).init(on),
        second: Conv2dConfig::new([32, 64], [3, 3]).init(on),
        pool: MaxPool2dConfig::new([2, 2]).with_strides([2, 2]).init(),
        a: linear(1600, 128, on),
        b: linear(128, 10, on),
    };
    let (x, y) = (Tensor::<4>::random([64, 1, 28, 28], UNIFORM, on), labels(64, 10, on));
    let entropy = CrossEntropyLossConfig::new().init(on);
    time("W5", model, AdamConfig::new().init(), 1e-3, |model| {
        let small = model.pool.forward(relu(model.first.forward(x.clone())));
        let smaller: Tensor<2> = model.pool.forward(relu(model.second.forward(small))).flatten(1, 3);
        entropy.forward(model.b.forward(relu(model.a.forward(smaller))), y.clone())
    });
}

fn regression(on: &Device) {
    let mut model = linear(30, 1, on);
    model.weight = model.weight.map(|w| w.cast(DType::F64).detach().require_grad());
    model.bias = model.bias.map(|b| b.map(|b| b.cast(DType::F64).detach().require_grad()));
    let x = Tensor::<2>::random([569, 30], UNIFORM, on).cast(DType::F64);
    let y = labels(569, 2, on).float().reshape([569, 1]).cast(DType::F64);
    time("W6", model, SgdConfig::new().init(), 0.1, |model| {
        let z = model.forward(x.clone());
        (relu(z.clone()) - z.clone() * y.clone() + z.abs().neg().exp().log1p()).mean()
    });
}

fn attention(on: &Device) {
    let model = Dense { a: linear(64, 1, on), b: linear(64, 5, on) };
    let (x, y) = (Tensor::<3>::random([32, 50, 64], UNIFORM, on), labels(32, 5, on));
    let entropy = CrossEntropyLossConfig::new().init(on);
    time("W7", model, AdamConfig::new().init(), 1e-3, |model| {
        let shares = softmax(model.a.forward(x.clone()).tanh(), 1);
        let pooled: Tensor<2> = (x.clone() * shares).sum_dim(1).squeeze_dim(1);
        entropy.forward(model.b.forward(pooled), y.clone())
    });
}

fn main() {
    let on = &Device::flex().autodiff();
    for workload in turns::wanted(&ALL) {
        match workload.as_str() {
            "W1" => worked(on),
            "W2" => classifier(on),
            "W3" => dropped("W3", 784, 512, 10, on),
            "W4" => dropped("W4", 800, 256, 5, on),
            "W5" => images(on),
            "W6" => regression(on),
            "W7" => attention(on),
            _ => eprintln!("no workload {workload}"),
        }
    }
}
