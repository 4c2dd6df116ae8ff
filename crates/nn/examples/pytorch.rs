//! Writes networks into a folder as `PyTorch` reads them and as they are, beside a batch for each and what it makes of it:
//! `tests/reference/pytorch_exchange.py` runs this and reads the files in Python.

#[path = "../tests/reference/pytorch_networks.rs"]
mod pytorch_networks;

use chainrule_nn::prelude::*;
use chainrule_nn::{Layout, save_tensors};
use pytorch_networks::{NAMES, network};
use std::fmt::Write;
use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("say the folder that the files are to be put into")?;
    for name in NAMES {
        let path = |ending| Path::new(&folder).join(format!("{name}{ending}"));
        let mut network = network::<f32>(name).seed(3);
        network.build()?;
        // biases of 0, gains and variances of 1 would hide mistakes
        let mut weights = network.weights();
        for (place, (_, value)) in weights.iter_mut().enumerate() {
            *value = &*value + &Tensor::uniform(value.shape(), 0.1, 0.5, place as u64);
        }
        network.set_weights(&weights)?;
        let row = network.input_row().ok_or("its input is not known")?;
        let x = Tensor::uniform([&[3], &row[..]].concat(), -1.0, 1.0, 4);
        let x = if name == "words" { x.map(|x: f32| (3.5 * x + 3.5).floor()) } else { x };
        let y = network.predict(&x)?;

        network.save_weights_as(path(".safetensors"), Layout::PyTorch)?;
        save_tensors(path(".numbers.safetensors"), &[("input".to_owned(), x), ("output".to_owned(), y)])?;
        network.save_weights(path(".plain.safetensors"))?;
        let mut listed = String::new();
        for (name, value) in &weights {
            let sizes: Vec<_> = value.shape().iter().map(usize::to_string).collect();
            let numbers: Vec<_> = value.iter().map(f32::to_string).collect();
            writeln!(listed, "{name};{};{}", sizes.join(" "), numbers.join(" "))?;
        }
        std::fs::write(path(".txt"), listed)?;
    }
    Ok(())
}
