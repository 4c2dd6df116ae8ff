//! Training steps in candle: `RAYON_NUM_THREADS=N peer-candle [W1 ...]`

#[path = "../../turns.rs"]
mod turns;

use candle_core::{D, DType, Device, Result, Tensor};
use candle_nn::optim::{AdamW, Optimizer, ParamsAdamW, SGD};
use candle_nn::{Linear, Module, VarBuilder, VarMap, conv2d, linear, loss, ops};

const ALL: [&str; 7] = ["W1", "W2", "W3", "W4", "W5", "W6", "W7"];
const CPU: &Device = &Device::Cpu;

fn labels(rows: u32, classes: u32) -> Result<Tensor> {
    Tensor::from_iter((0..rows).map(|row| row % classes), CPU)
}

fn noise(shape: &[usize]) -> Result<Tensor> {
    Tensor::rand(0_f32, 1.0, shape, CPU)
}

/// The parameters in the making.
struct Parameters {
    map: VarMap,
    builder: VarBuilder<'static>,
}

impl Parameters {
    fn new(kind: DType) -> Self {
        let map = VarMap::new();
        let builder = VarBuilder::from_varmap(&map, kind, CPU);
        Self { map, builder }
    }

    fn linear(&self, name: &str, inputs: usize, outputs: usize) -> Result<Linear> {
        linear(inputs, outputs, self.builder.pp(name))
    }

    /// Times steps of gradient descent at this rate.
    fn descend(&self, workload: &str, rate: f64, loss: impl Fn() -> Result<Tensor>) -> Result<()> {
        time(workload, SGD::new(self.map.all_vars(), rate)?, loss)
    }

    /// Times steps of Adam, which is AdamW without decay.
    fn adam(&self, workload: &str, loss: impl Fn() -> Result<Tensor>) -> Result<()> {
        let settings = ParamsAdamW { lr: 1e-3, weight_decay: 0.0, ..ParamsAdamW::default() };
        time(workload, AdamW::new(self.map.all_vars(), settings)?, loss)
    }
}

fn time(workload: &str, mut optimizer: impl Optimizer, loss: impl Fn() -> Result<Tensor>) -> Result<()> {
    let step = || {
        let loss = loss().expect("the shapes fit");
        optimizer.backward_step(&loss).expect("the shapes fit");
        loss
    };
    let number = |loss: Tensor| loss.to_dtype(DType::F64).and_then(|loss| loss.to_vec0()).expect("a single number");
    turns::measure("candle", workload, step, number);
    Ok(())
}

fn worked() -> Result<()> {
    let p = Parameters::new(DType::F32);
    let (a, b) = (p.linear("a", 2, 2)?, p.linear("b", 2, 2)?);
    let (x, y) = (Tensor::new(&[[0.05_f32, 0.1]], CPU)?, Tensor::new(&[[0.01_f32, 0.99]], CPU)?);
    p.descend("W1", 0.5, || {
        let output = ops::sigmoid(&b.forward(&ops::sigmoid(&a.forward(&x)?)?)?)?;
        (output - &y)?.sqr()?.sum_all()? * 0.5
    })
}

fn classifier() -> Result<()> {
    let p = Parameters::new(DType::F32);
    let (a, b) = (p.linear("a", 784, 128)?, p.linear("b", 128, 10)?);
    let (x, y) = (noise(&[32, 784])?, labels(32, 10)?);
    p.descend("W2", 0.01, || loss::cross_entropy(&b.forward(&a.forward(&x)?.relu()?)?, &y))
}

fn dropped(workload: &str, inputs: usize, hidden: usize, classes: usize) -> Result<()> {
    let p = Parameters::new(DType::F32);
    let (a, b, c) = (p.linear("a", inputs, hidden)?, p.linear("b", hidden, hidden)?, p.linear("c", hidden, classes)?);
    let (x, y) = (noise(&[128, inputs])?, labels(128, classes as u32)?);
    p.adam(workload, || {
        let first = ops::dropout(&a.forward(&x)?.relu()?, 0.5)?;
        let second = ops::dropout(&b.forward(&first)?.relu()?, 0.5)?;
        loss::cross_entropy(&c.forward(&second)?, &y)
    })
}

fn images() -> Result<()> {
    let p = Parameters::new(DType::F32);
    let first = conv2d(1, 32, 3, Default::default(), p.builder.pp("first"))?;
    let second = conv2d(32, 64, 3, Default::default(), p.builder.pp("second"))?;
    let (a, b) = (p.linear("a", 1600, 128)?, p.linear("b", 128, 10)?);
    let (x, y) = (noise(&[64, 1, 28, 28])?, labels(64, 10)?);
    p.adam("W5", || {
        let small = first.forward(&x)?.relu()?.max_pool2d(2)?;
        let smaller = second.forward(&small)?.relu()?.max_pool2d(2)?.flatten_from(1)?;
        loss::cross_entropy(&b.forward(&a.forward(&smaller)?.relu()?)?, &y)
    })
}

fn regression() -> Result<()> {
    let p = Parameters::new(DType::F64);
    let a = p.linear("a", 30, 1)?;
    let x = Tensor::rand(0_f64, 1.0, &[569, 30], CPU)?;
    let y = labels(569, 2)?.to_dtype(DType::F64)?.unsqueeze(1)?;
    p.descend("W6", 0.1, || loss::binary_cross_entropy_with_logit(&a.forward(&x)?, &y))
}

fn attention() -> Result<()> {
    let p = Parameters::new(DType::F32);
    let (a, b) = (p.linear("a", 64, 1)?, p.linear("b", 64, 5)?);
    let (x, y) = (noise(&[32, 50, 64])?, labels(32, 5)?);
    p.adam("W7", || {
        let scores = a.forward(&x)?.tanh()?.squeeze(D::Minus1)?;
        let shares = ops::softmax(&scores, 1)?.unsqueeze(2)?;
        loss::cross_entropy(&b.forward(&x.broadcast_mul(&shares)?.sum(1)?)?, &y)
    })
}

fn main() -> Result<()> {
    for workload in turns::wanted(&ALL) {
        match workload.as_str() {
            "W1" => worked()?,
            "W2" => classifier()?,
            "W3" => dropped("W3", 784, 512, 10)?,
            "W4" => dropped("W4", 800, 256, 5)?,
            "W5" => images()?,
            "W6" => regression()?,
            "W7" => attention()?,
            _ => eprintln!("no workload {workload}"),
        }
    }
    Ok(())
}
