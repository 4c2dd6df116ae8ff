//! Numbers by chance, from a seed.

use chainrule_examples::random::Random;

#[test]
fn one_seed_gives_one_sequence() {
    let draw = |seed| {
        let mut random = Random::seeded(seed);
        [(); 4].map(|()| random.uniform(-1.0..1.0))
    };
    assert_eq!(draw(7), draw(7));
    assert_ne!(draw(7), draw(8));
}

#[test]
fn normal_numbers_have_mean_0_and_variance_1() {
    let mut random = Random::seeded(1);
    let draws: Vec<f64> = (0..20_000).map(|_| random.normal()).collect();
    let count = draws.len() as f64;
    let mean = draws.iter().sum::<f64>() / count;
    let variance = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / count;
    assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.04, "{mean} {variance}");
}

#[test]
fn shuffling_keeps_every_item() {
    let mut items: Vec<usize> = (0..100).collect();
    Random::seeded(3).shuffle(&mut items);
    assert_ne!(items, (0..100).collect::<Vec<_>>());
    items.sort_unstable();
    assert_eq!(items, (0..100).collect::<Vec<_>>());
}
