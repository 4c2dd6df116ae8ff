//! The houses: made up, from a formula that neither network has.

use chainrule::prelude::*;

use crate::random::Random;

/// What is known of a house, each in a unit that makes it about 1: living area in 100 square metres,
/// bedrooms by 3, kilometres to the centre by 10, income of the neighbourhood (its rank, 0 to 1).
pub(super) const INPUTS: usize = 4;
pub(super) const INPUT_NAMES: [&str; INPUTS] = ["area", "bedrooms", "distance", "income"];

/// Houses and their prices in 100,000.
pub(super) struct Market {
    /// One row for each house.
    pub(super) x: Tensor<f64>,
    /// One price in each row.
    pub(super) price: Tensor<f64>,
}

impl Market {
    /// As many houses, drawn from `seed`: the price of a square metre rises with the income and falls with
    /// the distance, a bedroom more is worth something as long as there is room for it, and the rest is chance.
    pub(super) fn drawn(houses: usize, seed: u64) -> Self {
        let mut random = Random::seeded(seed);
        let (mut inputs, mut prices) = (Vec::with_capacity(houses * INPUTS), Vec::with_capacity(houses));
        for _ in 0..houses {
            let area = random.uniform(0.4..2.2);
            let bedrooms = (2.0 * area + random.uniform(0.0..1.5)).floor().max(1.0) / 3.0;
            let distance = random.uniform(0.0..2.0);
            let income = random.uniform(0.0..1.0);
            let metre = 1.2 + 1.4 * income * income + 1.5 * (-2.0 * distance).exp();
            let rooms = 0.5 * (2.0 * bedrooms).min(1.4 * area);
            inputs.extend([area, bedrooms, distance, income]);
            prices.push(metre * area + rooms + 0.15 * random.normal());
        }
        Self { x: Tensor::new([houses, INPUTS], inputs), price: Tensor::new([houses, 1], prices) }
    }
}
