//! Files that are whole, damaged, foreign and hostile.

use chainrule_nn::prelude::*;
use chainrule_nn::{load_tensors, save_tensors};
use proptest::prelude::*;
use std::fs;
use std::path::PathBuf;

/// A path of a test's own, with nothing there at its end.
struct File(PathBuf);

impl File {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("chainrule-files-{name}-{}.safetensors", std::process::id())))
    }

    fn holding(name: &str, bytes: &[u8]) -> Self {
        let file = Self::new(name);
        fs::write(&file.0, bytes).unwrap();
        file
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn network() -> Sequential {
    let network = Sequential::new().add(Dense::new(4).activation(Relu).input(3)).add(Dropout::new(0.5));
    let mut network = network.add_named("out", Dense::new(2).activation(Softmax).regularizer(L2(0.1))).seed(4);
    network.build().unwrap();
    network
}

fn told<T: std::fmt::Debug>(outcome: chainrule_nn::Result<T>) -> String {
    outcome.unwrap_err().to_string()
}

/// A file with this header, and so many bytes behind it.
fn with_header(header: &str, behind: usize) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes(), header.as_bytes(), &vec![0; behind]].concat()
}

#[test]
fn a_network_comes_back_from_its_file() {
    let file = File::new("whole");
    network().save(&file.0).unwrap();
    let again = Sequential::<f32>::load(&file.0).unwrap();
    assert_eq!(again.weights(), network().weights());
    assert_eq!(again.to_json().unwrap(), network().to_json().unwrap());
    // in other numbers: an f32 is an f64
    let wide = Sequential::<f64>::load(&file.0).unwrap();
    let [narrow, wide] =
        [again.weights()[0].1.to_vec().iter().map(|&w| f64::from(w)).collect(), wide.weights()[0].1.to_vec()];
    assert_eq!(narrow, wide);
    let mut other = network().seed(5);
    other.load_weights(&file.0).unwrap();
    assert_eq!(other.weights(), network().weights());
    // nothing is left beside it
    let name = file.0.file_name().unwrap().to_str().unwrap().to_owned();
    let beside = fs::read_dir(file.0.parent().unwrap()).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(beside.filter(|other| other.to_str().unwrap().contains(&name)).count(), 1);
}

#[test]
fn first_values_of_any_number_do_not_keep_a_network_from_its_file() {
    let file = File::new("values");
    let values = Init::Values((0..300_000).map(f64::from).collect());
    let mut network = Sequential::<f32>::new().add(Dense::new(1000).init(values).input(300));
    network.build().unwrap();
    network.save(&file.0).unwrap();
    assert_eq!(Sequential::<f32>::load(&file.0).unwrap().weights(), network.weights());
    let infinite = Sequential::<f32>::new().add(Dense::new(1).init(Init::Constant(f64::INFINITY)).input(1));
    assert!(told(infinite.to_json()).contains("`weights_init`: it is NaN or infinite"));
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_not_replaced() {
    let folder = std::env::temp_dir().join(format!("chainrule-files-kinds-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let (file, link, socket) = (folder.join("file"), folder.join("link"), folder.join("socket"));
    fs::write(&file, "old").unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    network().save(&link).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink(), "the link stays, and what it leads to is replaced");
    assert_eq!(Sequential::<f32>::load(&file).unwrap().weights(), network().weights());
    assert!(told(network().save(&socket)).contains("no regular file"));
    assert!(told(network().save(&folder)).contains("no regular file"));
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn the_format_is_that_of_the_specification() {
    // https://huggingface.co/docs/safetensors: the length of the header in 8 bytes, the header in JSON, the elements
    let file = File::new("format");
    save_tensors(&file.0, &[("x".to_owned(), Tensor::<f32>::from([[1.0, -2.0]]))]).unwrap();
    let bytes = fs::read(&file.0).unwrap();
    let header = br#"{"x":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}"#;
    assert_eq!(bytes[..8], (header.len() as u64).to_le_bytes());
    assert_eq!(bytes[8..8 + header.len()], *header);
    assert_eq!(bytes[8 + header.len()..], [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
    save_tensors(
        &file.0,
        &[("empty".to_owned(), Tensor::<f64>::zeros([0, 3])), ("one".to_owned(), Tensor::scalar(0.5))],
    )
    .unwrap();
    let read = load_tensors::<f64>(&file.0).unwrap();
    assert_eq!(
        read.iter().map(|(name, tensor)| (name.as_str(), tensor.shape().to_vec())).collect::<Vec<_>>(),
        [("empty", vec![0, 3]), ("one", vec![])]
    );
}

#[test]
fn every_cut_of_a_file_is_noticed_and_changes_nothing() {
    let file = File::new("cut");
    network().save(&file.0).unwrap();
    let bytes = fs::read(&file.0).unwrap();
    for length in 0..bytes.len() {
        fs::write(&file.0, &bytes[..length]).unwrap();
        let mut other = network();
        let error = told(other.load_weights(&file.0));
        assert!(error.contains("cut off"), "{length} bytes: {error}");
        assert!(Sequential::<f32>::load(&file.0).is_err());
        assert_eq!(other.weights(), network().weights());
    }
    fs::write(&file.0, [&bytes[..], &[0]].concat()).unwrap();
    assert!(told(network().load_weights(&file.0)).contains("something follows"));
}

#[test]
fn what_is_wrong_with_a_file_is_told() {
    let f32s =
        |shape: &str, bytes: usize| format!(r#"{{"x":{{"dtype":"F32","shape":{shape},"data_offsets":[0,{bytes}]}}}}"#);
    let problem = |bytes: &[u8]| told(load_tensors::<f32>(&File::holding("wrong", bytes).0));
    assert!(problem(&[]).contains("has 0 bytes"));
    assert!(problem(&[255; 40]).contains("announces a header of 18446744073709551615 bytes, but has only 32"));
    assert!(problem(&with_header("{", 0)).contains("its header cannot be read"));
    assert!(problem(&with_header(&f32s("[3]", 8), 8)).contains("its header cannot be read: invalid shape"));
    assert!(problem(&with_header(&f32s("[4294967296,4294967296]", 8), 8)).contains("overflow"));
    assert!(
        problem(&with_header(&f32s("[2]", 8).replace("F32", "BF16").replace(",8]", ",4]"), 4)).contains("of type BF16")
    );
    let twice = r#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#;
    assert!(problem(&with_header(twice, 8)).contains("its header cannot be read"));
    let long = format!("{}{}", f32s("[1]", 4), " ".repeat(1 << 20));
    assert!(problem(&with_header(&long, 4)).contains("too large for a file"));
    assert!(told(load_tensors::<f32>("no/such/file")).contains("no/such/file"));
    let mut other = network();
    let foreign = File::holding("foreign", &with_header(&f32s("[1]", 4), 4));
    assert!(told(other.load_weights(&foreign.0)).contains("has no tensor `dense.weights`; the first that it has: x"));
    assert!(told(Sequential::<f32>::load(&foreign.0)).contains("tells of no layers"));
    let name = ("a".to_owned(), Tensor::<f32>::scalar(1.0));
    assert!(told(save_tensors(&foreign.0, &[name.clone(), name])).contains("`a` cannot be the name"));
    assert_eq!(load_tensors::<f32>(&foreign.0).unwrap()[0].0, "x", "the old file is still there");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn changed_bytes_are_refused_or_read(places in prop::collection::vec((0..2000_usize, any::<u8>()), 1..4)) {
        let file = File::new("changed");
        network().save(&file.0).unwrap();
        let mut bytes = fs::read(&file.0).unwrap();
        for (place, byte) in places {
            let length = bytes.len();
            bytes[place % length] = byte;
        }
        match Sequential::<f32>::from_bytes(&bytes) {
            Ok(mut read) => {
                prop_assert_eq!(read.weights().len(), 4);
                let text = read.to_json().unwrap();
                prop_assert!(read.build().is_ok(), "{}", text);
            }
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }
}
