//! What the engine says of one example.

use chainrule_playground::playground::Playground;
use chainrule_playground::settings::Settings;

fn playground(address: &str) -> Playground {
    let (settings, problems) = Settings::from_address(address);
    assert!(problems.is_empty(), "{problems:?}");
    Playground::new(settings)
}

#[test]
fn the_graph_has_the_numbers_of_the_example() {
    let page = playground("dataset=gauss&networkShape=&initZero=false&seed=1");
    let example = page.example(0).unwrap();
    let output = page.training().outputs(&example.features)[0];
    let svg = page.graph(0, true).unwrap();
    assert!(svg.starts_with("<svg") && svg.contains(">x1<") && svg.contains(">E<"), "{svg}");
    assert!(svg.contains(&format!("{output:.3}").trim_end_matches('0')[..4]), "{output}: {svg}");
    assert!(page.graph(9999, true).is_none());
}

#[test]
fn the_gradient_of_the_chain_rule_is_that_of_a_difference() {
    let mut page = playground("dataset=spiral&networkShape=3,2&seed=1");
    let (point, parameter, h) = (7, 4, 1e-5);
    let html = page.explain(point, parameter).unwrap();
    let old = page.training().parameters()[parameter];
    let loss_at = |page: &mut Playground, value: f64| {
        page.set_parameter(parameter, value).unwrap();
        let example = page.example(point).unwrap();
        page.training().network().loss(&page.training().outputs(&example.features), &example.point)
    };
    let difference = (loss_at(&mut page, old + h) - loss_at(&mut page, old - h)) / (2.0 * h);
    assert!(html.contains(&format!("{:.6}", difference.abs())), "{difference}: {html}");
}

#[test]
fn large_networks_are_folded() {
    let page = playground("dataset=arms&networkShape=8,8,8,8,8,8&seed=1");
    let folded = page.graph(0, false).unwrap();
    assert!(folded.contains("a1_1"), "neurons are boxes by their names");
    assert!(folded.len() < 400_000, "{}", folded.len());
    assert!(page.graph(0, true).unwrap().len() < 1_000_000);
    assert!(page.explain(0, 0).unwrap().len() < 400_000);
}

#[test]
fn a_click_finds_the_point_that_is_shown() {
    let mut page = playground("seed=1");
    let [x1, x2] = page.points()[3].at;
    assert_eq!(page.nearest([x1 + 1e-3, x2]), Some(3));
    assert_eq!(page.nearest([40.0, 0.0]), None);
    // test points only where they are shown
    let hidden = page.points()[page.trained() + 5].at;
    assert_ne!(page.nearest(hidden), Some(page.trained() + 5));
    page.set("showTestData", "true").unwrap();
    assert_eq!(page.nearest(hidden), Some(page.trained() + 5));
}
