//! The data of the playground are as the playground makes them.

use chainrule_playground::data::{Feature, Pattern, Point};
use chainrule_playground::random::Random;

fn points(pattern: Pattern, noise: f64) -> Vec<Point> {
    pattern.points(500, noise, &mut Random::seeded(1))
}

fn positive(points: &[Point]) -> usize {
    points.iter().filter(|point| point.label > 0.0).count()
}

// The numbers of `dataset.ts`.
#[test]
fn the_circle_is_a_disc_in_a_ring() {
    let points = points(Pattern::Circle, 0.0);
    assert_eq!((points.len(), positive(&points)), (500, 250));
    for Point { at: [x1, x2], label } in points {
        let radius = x1.hypot(x2);
        assert!(if label > 0.0 { radius < 2.5 } else { (3.5 - 1e-12..5.0 + 1e-12).contains(&radius) }, "{radius}");
    }
}

#[test]
fn xor_has_opposite_quadrants_away_from_the_axes() {
    for Point { at: [x1, x2], label } in points(Pattern::Xor, 0.0) {
        assert!([x1, x2].iter().all(|x| (0.3..5.3 + 1e-12).contains(&x.abs())));
        assert_eq!(label > 0.0, (x1 > 0.0) == (x2 > 0.0));
    }
}

#[test]
fn gauss_is_two_clouds() {
    for (noise, variance) in [(0.0, 0.5), (0.5, 4.0)] {
        let points = points(Pattern::Gauss, noise);
        let away = points.iter().flat_map(|point| point.at.map(|x| x - 2.0 * point.label));
        let found = away.map(|gap| gap * gap).sum::<f64>() / 1000.0;
        assert_eq!(positive(&points), 250);
        assert!((found / variance - 1.0).abs() < 0.15, "{found}");
    }
}

#[test]
fn the_spiral_has_two_arms_opposite_each_other() {
    let points = points(Pattern::Spiral, 0.0);
    let (one, other) = points.split_at(250);
    assert!(one.iter().zip(other).all(|(one, other)| (0..2).all(|x| (one.at[x] + other.at[x]).abs() < 1e-12)));
    // Half the way out: 7/8 of a turn.
    let half = 2.5 * 0.5_f64.sqrt();
    assert!((one[125].at[0] + half).abs() < 1e-12 && (one[125].at[1] - half).abs() < 1e-12, "{:?}", one[125]);
}

#[test]
fn noise_moves_points_or_changes_classes() {
    let (pure, noisy) = (points(Pattern::Circle, 0.0), points(Pattern::Circle, 0.5));
    let inside = |point: &&Point| point.at[0].hypot(point.at[1]) < 2.5;
    assert!(noisy.iter().filter(inside).any(|point| point.label < 0.0));
    assert!(pure.iter().filter(inside).all(|point| point.label > 0.0));
    assert_ne!(points(Pattern::Spiral, 0.1), points(Pattern::Spiral, 0.0));
}

#[test]
fn features_are_computed_from_the_place() {
    let values = Feature::ALL.map(|feature| feature.of([2.0, -3.0]));
    assert_eq!(values, [2.0, -3.0, 4.0, 9.0, -6.0, 2.0_f64.sin(), (-3.0_f64).sin()]);
}
