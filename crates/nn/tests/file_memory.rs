//! Reading a file allocates no more than it holds, whatever it announces. One test, since the allocator counts for all threads.

use chainrule_nn::prelude::*;
use chainrule_nn::{load_tensors, save_tensors};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;
use std::fs;
use std::path::PathBuf;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// What errors, headers and the notes of a network take beside the tensors.
const SMALL: usize = 64 << 10;

/// A file that is gone at the end.
struct File(PathBuf);

impl File {
    fn new(bytes: &[u8]) -> Self {
        let path = std::env::temp_dir().join(format!("chainrule-memory-{}.safetensors", std::process::id()));
        fs::write(&path, bytes).unwrap();
        Self(path)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// A file with this header, and so many bytes behind it.
fn with_header(header: &str, behind: usize) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes(), header.as_bytes(), &vec![0; behind]].concat()
}

/// How many bytes `act` allocates altogether, which is no less than it holds at any time.
fn allocated(act: impl FnOnce()) -> usize {
    let region = Region::new(ALLOCATOR);
    act();
    region.change().bytes_allocated
}

fn no_more_is_allocated_than_a_file_holds() {
    let hostile = |architecture: &str, tensor: &str, behind: usize| {
        let notes = serde_json::json!({ "network": serde_json::from_str::<serde_json::Value>(architecture).unwrap() });
        let header = serde_json::json!({
            "__metadata__": { "chainrule": notes.to_string() },
            "dense.weights": { "dtype": "F32", "shape": serde_json::from_str::<serde_json::Value>(tensor).unwrap(),
                               "data_offsets": [0, behind] },
        });
        with_header(&header.to_string(), behind)
    };
    let text = Sequential::<f32>::new().add(Dense::<f32>::new(1_000_000).input(50_000)).to_json().unwrap();
    for bytes in [
        [&u64::MAX.to_le_bytes()[..], &[b'{'; 100]].concat(),
        [&(1_u64 << 40).to_le_bytes()[..], &[b'{'; 100]].concat(),
        with_header(r#"{"x":{"dtype":"F32","shape":[1099511627776],"data_offsets":[0,4398046511104]}}"#, 16),
        // layers of 50 milliard numbers, of which the file has four
        hostile(&text, "[4]", 16),
        hostile(&text, "[50000, 1000000]", 16),
    ] {
        let file = File::new(&bytes);
        let mut error = String::new();
        let used = allocated(|| error = Sequential::<f32>::load(&file.0).unwrap_err().to_string());
        assert!(used < SMALL, "{used} bytes for a file of {}: {error}", bytes.len());
    }
}

fn reading_takes_the_memory_of_the_tensors() {
    let file = File::new(&[]);
    save_tensors(&file.0, &[("x".to_owned(), Tensor::<f32>::zeros([1 << 20]))]).unwrap();
    let length = usize::try_from(fs::metadata(&file.0).unwrap().len()).unwrap();
    let used = allocated(|| assert_eq!(load_tensors::<f32>(&file.0).unwrap().len(), 1));
    assert!((4 << 20..length + SMALL).contains(&used), "{used} bytes for {length}");
}

#[test]
fn files_are_read_into_no_more_than_their_size() {
    no_more_is_allocated_than_a_file_holds();
    reading_takes_the_memory_of_the_tensors();
}
