//! A network as the page has it, trained on points as the page draws them.

use std::fmt;

use chainrule_nn::plot::Answers;
use chainrule_nn::prelude::*;

use crate::playground::{Feature, Pattern, Point};
use crate::random::Random;

/// How many points a set has; half of them are trained on.
const POINTS: usize = 500;
const BATCH: usize = 10;

/// What the page lets one choose.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    pub(super) features: &'static [Feature],
    pub(super) hidden: &'static [usize],
    pub(super) rate: f64,
    pub(super) epochs: usize,
}

/// `x1, x2; 4, 2 hidden`.
impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = self.features.iter().map(|feature| feature.word()).collect();
        let features = if self.features == Feature::ALL { "all seven".to_owned() } else { words.join(", ") };
        write!(f, "{features}; {}", self.layers())
    }
}

impl Setting {
    /// `4, 2 hidden`.
    pub(super) fn layers(&self) -> String {
        let widths: Vec<String> = self.hidden.iter().map(ToString::to_string).collect();
        if widths.is_empty() { "no hidden layer".to_owned() } else { format!("{} hidden", widths.join(", ")) }
    }

    /// Points and first weights follow from the seed. Weights are drawn as the page draws them; without a hidden layer they
    /// are 0, for which it has a setting too.
    pub(super) fn train(self, pattern: Pattern, seed: u64) -> chainrule_nn::Result<Trial> {
        let drawn = !self.hidden.is_empty();
        self.train_from(pattern, seed, || if drawn { Init::Uniform(-0.5, 0.5) } else { Init::Zeros })
    }

    pub(super) fn train_from(
        self,
        pattern: Pattern,
        seed: u64,
        init: impl Fn() -> Init,
    ) -> chainrule_nn::Result<Trial> {
        let mut random = Random::seeded(seed);
        let mut points = pattern.points(POINTS, 0.0, &mut random);
        random.shuffle(&mut points);
        let (training, test) = points.split_at(POINTS / 2);

        let layer = |units| Dense::new(units).activation(Tanh).init(init()).bias_init(Init::Constant(0.1));
        let network = Sequential::default().input(self.features.len());
        let network = self.hidden.iter().fold(network, |network, &units| network.add(layer(units)));
        let network = network.add(layer(1)).seed(seed);
        let mut model = network.compile(HalfSquaredError, Sgd::new(self.rate), ())?;

        let (x, y) = (self.inputs(training), targets(training));
        model.fit(&x, &y, Fit::epochs(self.epochs).batch_size(BATCH).silent())?;
        let [training, test] = [training, test].map(|points| self.part(&mut model, points));
        Ok(Trial { setting: self, training: training?, test: test?, model })
    }

    fn inputs(self, points: &[Point]) -> Tensor<f64> {
        Tensor::from_fn([points.len(), self.features.len()], |place| self.features[place[1]].of(points[place[0]].at))
    }

    fn part(self, model: &mut Model<f64>, points: &[Point]) -> chainrule_nn::Result<Part> {
        let x = self.inputs(points);
        let right = model.predict(&x)?.iter().zip(points).filter(|(o, point)| *o * point.label > 0.0).count();
        let loss = model.evaluate(&x, targets(points))?.loss;
        Ok(Part { loss, accuracy: right as f64 / points.len() as f64, points: points.to_vec() })
    }
}

fn targets(points: &[Point]) -> Tensor<f64> {
    Tensor::from_rows(&points.iter().map(|point| [point.label]).collect::<Vec<_>>())
}

/// A trained network.
pub(super) struct Trial {
    setting: Setting,
    pub(super) training: Part,
    pub(super) test: Part,
    model: Model<f64>,
}

impl Trial {
    /// All weights and biases, layer by layer.
    pub(super) fn numbers(&self) -> Vec<f64> {
        self.model.weights().into_iter().flat_map(|(_, tensor)| tensor.to_vec()).collect()
    }

    /// The outputs at places `[n, 2]`, shaded from -1 to 1.
    pub(super) fn answers(&self, places: &Tensor<f64>) -> chainrule_nn::Result<Answers> {
        let points: Vec<Point> =
            places.as_slice().chunks(2).map(|at| Point { at: [at[0], at[1]], label: 0.0 }).collect();
        let values = self.model.predict(&self.setting.inputs(&points))?.to_vec();
        Ok(Answers::Values { values, middle: 0.0, reach: 1.0 })
    }
}

/// Points, and how the network does on them.
pub(super) struct Part {
    pub(super) loss: f64,
    pub(super) accuracy: f64,
    points: Vec<Point>,
}

impl Part {
    /// Where the points lie, and their classes as 0 and 1.
    pub(super) fn places(&self) -> (Tensor<f64>, Tensor<usize>) {
        let places: Vec<[f64; 2]> = self.points.iter().map(|point| point.at).collect();
        let classes: Vec<usize> = self.points.iter().map(|point| usize::from(point.label > 0.0)).collect();
        (Tensor::from_rows(&places), classes.into())
    }
}
