//! Settings by key, and the page's address.

use chainrule_playground::data::{DataSet, Pattern};
use chainrule_playground::playground::Playground;
use chainrule_playground::settings::{Activation, Problem, Settings};
use proptest::prelude::*;

/// The address that TensorFlow Playground has when it is opened (seed chosen by it).
const OPENED: &str = "#activation=tanh&batchSize=10&dataset=circle&regDataset=reg-plane&learningRate=0.03&regularizationRate=0&noise=0\
    &networkShape=4,2&seed=0.78216&showTestData=false&discretize=false&percTrainData=50&x=true&y=true&xTimesY=false&xSquared=false\
    &ySquared=false&cosX=false&sinX=false&cosY=false&sinY=false&collectStats=false&problem=classification&initZero=false&hideText=false";

#[test]
fn links_of_tensorflow_playground_are_understood() {
    let (settings, problems) = Settings::from_address(OPENED);
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(settings, Settings { seed: "0.78216".into(), ..Settings::default() });
    let other = "#activation=relu&regularization=L2&batchSize=30&dataset=spiral&learningRate=0.003&regularizationRate=0.001&noise=35\
        &networkShape=8,8,2&percTrainData=80&x=false&y=false&sinX=true&sinY=true&problem=classification&showTestData=true\
        &playButton_hide=true&tutorial=one";
    let (settings, problems) = Settings::from_address(other);
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(settings.data, DataSet::Pattern(Pattern::Spiral));
    assert_eq!(settings.features, [false, false, false, false, false, true, true]);
    assert_eq!(settings.hidden.iter().map(|layer| layer.neurons).collect::<Vec<_>>(), [8, 8, 2]);
    assert!(settings.hidden.iter().all(|layer| layer.activation == Activation::Relu));
    assert!(settings.shows_test);
    assert_eq!((settings.noise, settings.share, settings.batch), (35, 80, 30));
    let (settings, problems) = Settings::from_address("#problem=regression&regDataset=reg-gauss&networkShape=4%2C3");
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!((settings.problem, settings.hidden.len()), (Problem::Regression, 2));
}

#[test]
fn an_address_tells_all_settings() {
    let text = "dataset=arms&activations=relu,sigmoid,linear&networkShape=3,1,8&optimizer=nadam&schedule=cosine&dropout=0.2&seed=abc&\
        initZero=true&discretize=true&xTimesY=true&regularization=L1&regularizationRate=0.03";
    let (settings, problems) = Settings::from_address(text);
    assert!(problems.is_empty(), "{problems:?}");
    let (again, problems) = Settings::from_address(&settings.address());
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(again, settings);
    assert_eq!(Settings::from_address(&Settings::default().address()).0, Settings::default());
}

#[test]
fn hostile_addresses_get_a_message_and_the_default() {
    let long = format!("#networkShape={}", "8,".repeat(3000));
    for (address, told) in [
        ("#learningRate=banana", "learningRate is `banana`, and must be one of 0.00001, "),
        ("#learningRate=NaN", "learningRate is `NaN`"),
        ("#learningRate=1e999", "learningRate is `1e999`"),
        ("#networkShape=9", "networkShape is `9`"),
        ("#networkShape=1,2,3,4,5,6,7", "at most 6 numbers from 1 to 8"),
        ("#networkShape=-1", "networkShape is `-1`"),
        ("#networkShape=4,,2", "networkShape is `4,,2`"),
        ("#batchSize=0", "batchSize is `0`, and must be a whole number from 1 to 30"),
        ("#batchSize=99999999999999999999", "batchSize is"),
        ("#noise=51", "from 0 to 50"),
        ("#percTrainData=100", "from 10 to 90"),
        ("#dataset=<script>alert(1)</script>", "dataset is `<script>alert(1)</script…`"),
        ("#dataset=own", "drop the file again"),
        ("#activations=relu", "there are 2 hidden layers"),
        ("#x=false&y=false", "at least one feature"),
        ("#seed=%3Cb%3E", "seed is `<b>`"),
        ("#unheard=1", "there is no setting called `unheard`"),
        ("#%ff%fe=%", "there is no setting called"),
        ("#showTestData=maybe", "true or false"),
        (&long, "characters"),
    ] {
        let (settings, problems) = Settings::from_address(address);
        assert!(problems.iter().any(|problem| problem.contains(told)), "{address}: {problems:?}");
        assert!(problems.iter().all(|problem| problem.len() < 300), "{problems:?}");
        let expected = Settings { features: settings.features, ..Settings::default() };
        assert_eq!(settings, expected, "{address}");
        assert!(!settings.chosen_features().is_empty());
    }
    let many: String = (0..1000).flat_map(|number| ["k".to_owned(), number.to_string(), "=&".to_owned()]).collect();
    assert!(Settings::from_address(&many[..3900]).1.len() <= 9);
}

#[test]
fn seeds_are_numbers_or_any_text() {
    let number = |seed: &str| Settings { seed: seed.into(), ..Settings::default() }.seed_number();
    assert_eq!(number("7"), 7);
    // FNV-1a, 64 bits, of "a": the published test vector
    assert_eq!(number("a"), 0xaf63_dc4c_8601_ec8c);
    assert_ne!(number("0.78216"), number("0.78217"));
}

/// Keys of the page, with values that are near to good ones.
fn address() -> impl Strategy<Value = String> {
    let key = prop::sample::select(vec![
        "problem",
        "dataset",
        "regDataset",
        "noise",
        "percTrainData",
        "batchSize",
        "learningRate",
        "regularization",
        "regularizationRate",
        "optimizer",
        "schedule",
        "dropout",
        "networkShape",
        "activation",
        "activations",
        "seed",
        "initZero",
        "showTestData",
        "discretize",
        "x",
        "y",
        "sinX",
        "xTimesY",
        "nothing",
    ]);
    let value = prop_oneof![
        prop::sample::select(vec![
            "true",
            "false",
            "0",
            "0.03",
            "1",
            "10",
            "4,2",
            "8,8,8,8,8,8",
            "",
            "relu",
            "tanh,linear",
            "adam",
            "cosine",
            "L1",
            "spiral",
            "arms",
            "reg-gauss",
            "regression",
            "own",
            "NaN",
            "-1",
            "1e999",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,12}".prop_map(String::from),
    ];
    prop::collection::vec((key, value), 0..12)
        .prop_map(|pairs| pairs.into_iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join("&"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_address_makes_a_playground_that_trains(address in prop_oneof![address(), "\\PC{0,80}".prop_map(String::from)]) {
        let (settings, problems) = Settings::from_address(&address);
        prop_assert!(problems.len() <= 9);
        let (again, none) = Settings::from_address(&settings.address());
        prop_assert!(none.is_empty(), "{none:?}");
        prop_assert_eq!(&again, &settings);
        let mut page = Playground::new(settings);
        // a rate of 10 may grow beyond all bounds, which is told
        let _ = page.train(2);
        prop_assert!(page.training().parameters().iter().all(|x| x.is_finite()));
        prop_assert!(page.graph(0, false).is_some() && page.explain(0, 0).is_some());
    }
}
