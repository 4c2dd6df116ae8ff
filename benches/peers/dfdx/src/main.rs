//! Training steps in dfdx, which has no convolutions on stable Rust, no attention and no sums of this kind: W1 to W4.
//! `RAYON_NUM_THREADS=N peer-dfdx [W1 ...]`

#[path = "../../turns.rs"]
mod turns;

use dfdx::losses::cross_entropy_with_logits_loss;
use dfdx::optim::{Adam, AdamConfig, Sgd, SgdConfig};
use dfdx::prelude::*;

const ALL: [&str; 4] = ["W1", "W2", "W3", "W4"];

type Worked = ((Linear<2, 2>, Sigmoid), (Linear<2, 2>, Sigmoid));
type Classifier = (Linear<784, 128>, ReLU, Linear<128, 10>);
type Dropped<const I: usize, const H: usize, const K: usize> =
    (Linear<I, H>, ReLU, DropoutOneIn<2>, Linear<H, H>, ReLU, (DropoutOneIn<2>, Linear<H, K>));

fn one_hot<const N: usize, const K: usize>(cpu: &Cpu) -> Tensor<Rank2<N, K>, f32, Cpu> {
    let mut flat = vec![0.0; N * K];
    (0..N).for_each(|row| flat[row * K + row % K] = 1.0);
    let mut tensor: Tensor<Rank2<N, K>, f32, Cpu> = cpu.zeros();
    tensor.copy_from(&flat);
    tensor
}

fn descent(rate: f64) -> SgdConfig {
    SgdConfig { lr: rate, ..SgdConfig::default() }
}

/// Times the steps of a model of this type; a macro, as its bounds would be longer than itself.
macro_rules! classify {
    ($workload:literal, $Model:ty, [$rows:literal, $inputs:literal, $classes:literal], $cpu:ident, $optimizer:expr) => {{
        let mut model = $cpu.build_module::<$Model, f32>();
        let (mut optimizer, mut gradients) = ($optimizer(&model), model.alloc_grads());
        let x: Tensor<Rank2<$rows, $inputs>, f32, Cpu> = $cpu.sample_uniform();
        let y = one_hot::<$rows, $classes>($cpu);
        let step = || {
            let reused = std::mem::replace(&mut gradients, Gradients::leaky());
            let logits = model.forward_mut(x.clone().traced(reused));
            let loss = cross_entropy_with_logits_loss(logits, y.clone());
            let value = loss.array();
            gradients = loss.backward();
            optimizer.update(&mut model, &gradients).expect("the gradients are the model's own");
            model.zero_grads(&mut gradients);
            value
        };
        turns::measure("dfdx", $workload, step, f64::from);
    }};
}

fn worked(cpu: &Cpu) {
    let mut model = cpu.build_module::<Worked, f32>();
    let (mut optimizer, mut gradients) = (Sgd::new(&model, descent(0.5)), model.alloc_grads());
    let (x, y) = (cpu.tensor([[0.05_f32, 0.1]]), cpu.tensor([[0.01_f32, 0.99]]));
    let step = || {
        let reused = std::mem::replace(&mut gradients, Gradients::leaky());
        let output = model.forward_mut(x.clone().traced(reused));
        let loss = (output - y.clone()).square().sum::<Rank0, _>() * 0.5;
        let value = loss.array();
        gradients = loss.backward();
        optimizer.update(&mut model, &gradients).expect("the gradients are the model's own");
        model.zero_grads(&mut gradients);
        value
    };
    turns::measure("dfdx", "W1", step, f64::from);
}

fn main() {
    let cpu = &Cpu::default();
    for workload in turns::wanted(&ALL) {
        match workload.as_str() {
            "W1" => worked(cpu),
            "W2" => classify!("W2", Classifier, [32, 784, 10], cpu, |model| Sgd::new(model, descent(0.01))),
            "W3" => {
                classify!("W3", Dropped<784, 512, 10>, [128, 784, 10], cpu, |model| Adam::new(model, AdamConfig::default()))
            }
            "W4" => {
                classify!("W4", Dropped<800, 256, 5>, [128, 800, 5], cpu, |model| Adam::new(model, AdamConfig::default()))
            }
            _ => eprintln!("no workload {workload}"),
        }
    }
}
