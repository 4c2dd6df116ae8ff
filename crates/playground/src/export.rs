//! The network for elsewhere: a program that trains it again, and its weights.

use std::fmt::Write;

use safetensors::Dtype;
use safetensors::tensor::{TensorView, serialize};

use crate::data::{Feature, Target};
use crate::network::{Layer, Network};
use crate::settings::{Activation, Penalty, Settings};
use crate::training::Example;

/// An untrained network is exported with so many epochs before it.
const EPOCHS: u32 = 200;

/// What a program is written from.
pub struct Source<'a> {
    /// All settings.
    pub settings: &'a Settings,
    /// The layers.
    pub network: &'a Network,
    /// What they see.
    pub features: &'a [Feature],
    /// The parameters before the first step.
    pub first: &'a [f64],
    /// For how long was trained.
    pub epochs: u32,
    /// Whether a weight was changed by hand since.
    pub edited: bool,
    /// The points that are trained on.
    pub trained_on: &'a [Example],
    /// The others.
    pub tested_on: &'a [Example],
}

/// The `Cargo.toml` that belongs to a [`program`].
pub const MANIFEST: &str = "[package]
name = \"playground-network\"
version = \"0.1.0\"
edition = \"2024\"

[dependencies]
chainrule-nn = \"0.1\"
";

/// A program on chainrule-nn that trains the same network in the same way, from the same first weights on the same points.
pub fn program(source: &Source<'_>) -> String {
    let epochs = if source.epochs == 0 { EPOCHS } else { source.epochs };
    let mut text = String::new();
    // Writing into a String cannot fail.
    let _ = write!(
        text,
        "//! A network of the chainrule playground: its data, its first weights, its training.\n\
         //!\n\
         //! `cargo run --release` trains it, prints its losses, and saves it.\n\
         {}{}\n\
         use chainrule_nn::prelude::*;\n\
         \n\
         const EPOCHS: usize = {epochs};\n\
         \n\
         fn main() -> chainrule_nn::Result<()> {{\n\
         {}\
         \n    \
             let mut model = network.compile({}, {}, ())?;\n    \
             let (x, y) = rows(&TRAINING);\n    \
             model.fit(&x, &y, Fit::epochs(EPOCHS).batch_size({}).shuffle(false).silent())?;\n    \
             println!(\"training loss {{:?}}\", loss(&model, &TRAINING)?);\n    \
             println!(\"test loss {{:?}}\", loss(&model, &TEST)?);\n    \
             model.network.save(\"network.safetensors\")\n\
         }}\n\n",
        if source.edited {
            "//! Weights that were changed by hand while it was trained are not told of here.\n"
        } else {
            ""
        },
        if source.settings.dropout > 0.0 { "//! Dropout draws other numbers here than on the page.\n" } else { "" },
        network(source),
        loss_name(source.network.target),
        optimizer(source),
        source.settings.batch,
    );
    text.push_str(&functions(source));
    let target = source.network.target;
    text.push_str(&table("TRAINING", "What is trained on.", target, source.trained_on));
    text.push_str(&table("TEST", "What it is tested on.", target, source.tested_on));
    text
}

fn loss_name(target: Target) -> &'static str {
    match target {
        Target::TwoClasses | Target::Number => "HalfSquaredError",
        Target::Classes(_) => "SparseCategoricalCrossEntropy.from_logits()",
    }
}

fn optimizer(source: &Source<'_>) -> String {
    let steps = source.trained_on.len().div_ceil(source.settings.batch).max(1) as u64;
    source.settings.descent.code(&source.settings.plan.code(source.settings.rate, steps))
}

fn network(source: &Source<'_>) -> String {
    let mut text =
        format!("    let network = Sequential::<f64>::default()\n        .input({})\n", source.features.len());
    let last = source.network.layers.len() - 1;
    for (number, layer) in source.network.layers.iter().enumerate() {
        let (weights, biases) = parts(layer, source.first);
        let _ = write!(
            text,
            "        .add(\n            Dense::new({}){}{}\n                .init(Init::Values(vec!{weights:?}))\n                \
             .bias_init(Init::Values(vec!{biases:?})),\n        )\n",
            layer.units,
            activation(layer.activation),
            regularizer(source.settings),
        );
        if number < last && source.settings.dropout > 0.0 {
            let _ = writeln!(text, "        .add(Dropout::new({:?}))", source.settings.dropout);
        }
    }
    let _ = writeln!(text, "        .seed({});", source.settings.seed_number());
    text
}

fn activation(activation: Activation) -> &'static str {
    match activation {
        Activation::Relu => ".activation(Relu)",
        Activation::Tanh => ".activation(Tanh)",
        Activation::Sigmoid => ".activation(Sigmoid)",
        Activation::Linear => "",
    }
}

/// chainrule-nn's L2 is that of Keras, which is not halved.
fn regularizer(settings: &Settings) -> String {
    match settings.penalty {
        Penalty::L1 if settings.penalty_rate > 0.0 => format!(".regularizer(L1({:?}))", settings.penalty_rate),
        Penalty::L2 if settings.penalty_rate > 0.0 => format!(".regularizer(L2({:?}))", settings.penalty_rate / 2.0),
        _ => String::new(),
    }
}

/// The weights of a layer as chainrule-nn has them, a row for each input, and its biases.
fn parts(layer: &Layer, parameters: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let places = (0..layer.inputs).flat_map(|input| (0..layer.units).map(move |unit| (unit, input)));
    let weights = places.map(|(unit, input)| parameters[layer.weight(unit, input)]).collect();
    (weights, parameters[layer.bias(0)..][..layer.units].to_vec())
}

fn functions(source: &Source<'_>) -> String {
    let features: Vec<&str> = source
        .features
        .iter()
        .map(|feature| match feature {
            Feature::X1 => "x1",
            Feature::X2 => "x2",
            Feature::X1Squared => "x1 * x1",
            Feature::X2Squared => "x2 * x2",
            Feature::Product => "x1 * x2",
            Feature::SinX1 => "x1.sin()",
            Feature::SinX2 => "x2.sin()",
        })
        .collect();
    let unused = |name: &str| if features.iter().any(|feature| feature.contains(name)) { "" } else { "_" };
    let (x1, x2) = (unused("x1"), unused("x2"));
    let (number, label) = match source.network.target {
        Target::Classes(_) => ("usize", "class"),
        _ => ("f64", "target"),
    };
    let loss = match source.network.target {
        Target::Classes(_) => {
            "let total: f64 = outputs.iter().map(|o| o.exp()).sum();\n        total.ln() - outputs[y]"
        }
        _ => "0.5 * (outputs[0] - y).powi(2)",
    };
    format!(
        "/// What the network sees of a point.\n\
         fn features([{x1}x1, {x2}x2]: [f64; 2]) -> [f64; {}] {{\n    [{}]\n}}\n\n\
         fn rows(points: &[([f64; 2], {number})]) -> (Tensor<f64>, Tensor<{number}>) {{\n    \
             let x: Vec<_> = points.iter().map(|&(at, _)| features(at)).collect();\n    \
             let y: Vec<_> = points.iter().map(|&(_, {label})| {label}).collect();\n    \
             (Tensor::from_rows(&x), y.into())\n\
         }}\n\n\
         /// The mean loss, without penalties on weights.\n\
         fn loss(model: &Model<f64>, points: &[([f64; 2], {number})]) -> chainrule_nn::Result<f64> {{\n    \
             let outputs = model.predict(&rows(points).0)?;\n    \
             let rows = outputs.as_slice().chunks(outputs.len() / points.len()).zip(points);\n    \
             let losses = rows.map(|(outputs, &(_, y))| {{\n        {loss}\n    }});\n    \
             Ok(losses.sum::<f64>() / points.len() as f64)\n\
         }}\n",
        features.len(),
        features.join(", "),
    )
}

/// Points as a constant: where they are, and what is known of them.
fn table(name: &str, what: &str, target: Target, examples: &[Example]) -> String {
    let number = if matches!(target, Target::Classes(_)) { "usize" } else { "f64" };
    let mut text = format!("\n/// {what}\nconst {name}: [([f64; 2], {number}); {}] = [\n", examples.len());
    for Example { point, .. } in examples {
        let _ = match target {
            Target::Classes(_) => writeln!(text, "    ({:?}, {}),", point.at, point.label),
            _ => writeln!(text, "    ({:?}, {:?}),", point.at, point.label),
        };
    }
    text.push_str("];\n");
    text
}

/// The weights under the names that chainrule-nn gives them, as a safetensors file.
pub fn weights(network: &Network, parameters: &[f64]) -> Vec<u8> {
    let bytes = |numbers: &[f64]| numbers.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
    let mut parts_of_all = Vec::new();
    for (number, layer) in network.layers.iter().enumerate() {
        let name = if number == 0 { "dense".to_owned() } else { format!("dense_{number}") };
        let (weights, biases) = parts(layer, parameters);
        parts_of_all.push((format!("{name}.weights"), vec![layer.inputs, layer.units], bytes(&weights)));
        parts_of_all.push((format!("{name}.bias"), vec![layer.units], bytes(&biases)));
    }
    let views = parts_of_all.iter().map(|(name, shape, bytes)| {
        (name, TensorView::new(Dtype::F64, shape.clone(), bytes).expect("as many bytes as the shape says"))
    });
    serialize(views, None).expect("names and shapes of a network make a header")
}
