//! What `fit` costs beside the training steps that it makes.

use chainrule_benches::network::Classified;
use std::time::Instant;

/// The machine is in another mood every second: the ways take turns, and the best of each is compared.
const TURNS: usize = 12;

/// Goes through the data.
type Way = fn(&mut Classified) -> chainrule_nn::Result<()>;

const WAYS: [(&str, Way); 3] = [
    ("train_on_batch", Classified::by_batches),
    ("fit in order", |data| data.by_fit(false)),
    ("fit shuffled", |data| data.by_fit(true)),
];

/// A line for each way to train W2 on the same rows.
pub(crate) fn print(threads: usize) -> Result<(), String> {
    let mut data = Classified::new();
    let mut least = [f64::INFINITY; WAYS.len()];
    for _ in 0..TURNS {
        for ((_, way), least) in WAYS.iter().zip(&mut least) {
            let start = Instant::now();
            way(&mut data).map_err(|problem| problem.to_string())?;
            *least = least.min(start.elapsed().as_secs_f64());
        }
    }
    for ((name, _), seconds) in WAYS.iter().zip(least) {
        let (each, more) = (seconds / Classified::STEPS as f64 * 1e6, (seconds / least[0] - 1.0) * 100.0);
        println!("chainrule\tth{threads}\tW2, {name}\tmin {each:.1} us/step\t{more:+.1} %");
    }
    Ok(())
}
