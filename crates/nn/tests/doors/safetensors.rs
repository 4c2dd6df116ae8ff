//! Files of tensors and of networks: refused, or what was read is written and read again in the same bits.

use chainrule::Tensor;
use chainrule_nn::prelude::*;
use chainrule_nn::{load_tensors, save_tensors};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// In memory where the system has such a folder.
static FILES: LazyLock<[PathBuf; 2]> = LazyLock::new(|| {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { memory.to_path_buf() } else { std::env::temp_dir() };
    ["given", "written"].map(|name| folder.join(format!("chainrule-fuzz-{}-{name}", std::process::id())))
});

/// Panics where a promise is broken.
pub(crate) fn check(file: &[u8]) {
    let [given, written] = &*FILES;
    std::fs::write(given, file).expect("the folder can be written to");
    if let Ok(tensors) = load_tensors::<f64>(given) {
        save_tensors(written, &tensors).expect("what was read can be written");
        let again = load_tensors::<f64>(written).expect("what was written can be read");
        assert_eq!(bits(&again), bits(&tensors));
    }
    if let Ok(network) = Sequential::<f32>::from_bytes(file) {
        network.save(written).expect("what was read can be written");
        let again = Sequential::<f32>::load(written).expect("what was written can be read");
        assert_eq!(bits(&again.weights()), bits(&network.weights()));
    }
    let mut network = Sequential::<f32>::new().input(3).add(Dense::new(2));
    let _ = network.load_weights(given);
    assert_eq!(network.weights().len(), 2);
}

/// Names, shapes and elements, of which NaN is equal to itself.
fn bits<T: Element>(tensors: &[(String, Tensor<T>)]) -> Vec<(&str, Vec<usize>, Vec<u64>)> {
    let bits = |tensor: &Tensor<T>| tensor.iter().map(|x| x.to_f64().map_or(0, f64::to_bits)).collect();
    tensors.iter().map(|(name, tensor)| (name.as_str(), tensor.shape().to_vec(), bits(tensor))).collect()
}
