//! Training steps on tensors, and the operations that they spend their time in.

use chainrule::{Tape, Tensor};
use chainrule_benches::network::Workload;
use criterion::{Criterion, criterion_group, criterion_main};
use std::time::Duration;

fn steps(criterion: &mut Criterion) {
    for name in ["W2", "W3", "W6", "W7"] {
        let mut network = Workload::named(name).expect("one of the workloads").begin();
        criterion.bench_function(&format!("step/{name}"), |bencher| bencher.iter(|| network.step()));
    }
}

/// The three products of W2's first layer, and what stands beside them.
fn operations(criterion: &mut Criterion) {
    let x = Tensor::<f32>::uniform([32, 784], -1.0, 1.0, 1);
    let w = Tensor::<f32>::uniform([784, 128], -1.0, 1.0, 2);
    let y = Tensor::<f32>::uniform([32, 128], -1.0, 1.0, 3);
    let mut tape = Tape::<Tensor<f32>>::new();
    let mut record = |name: &str, run: &dyn Fn(&Tape<Tensor<f32>>)| {
        criterion.bench_function(name, |bencher| {
            bencher.iter(|| {
                tape.clear();
                run(&tape);
            });
        });
    };
    record("32x784 times 784x128", &|tape| _ = tape.constant(x.clone()).matmul(tape.constant(w.clone())));
    record("its two pullbacks", &|tape| {
        drop(tape.var(x.clone()).matmul(tape.var(w.clone())).backward_seeded(y.clone()));
    });
    record("relu of 32x128, both ways", &|tape| drop(tape.var(y.clone()).relu().backward_seeded(y.clone())));
    record("tanh of 32x128, both ways", &|tape| drop(tape.var(y.clone()).tanh().backward_seeded(y.clone())));
    record("y + y of 32x128, both ways", &|tape| {
        drop((tape.var(y.clone()) + tape.var(y.clone())).backward_seeded(y.clone()));
    });
    // large enough to be shared by threads
    let z = Tensor::<f32>::uniform([1024, 1024], -1.0, 1.0, 4);
    let row = Tensor::<f32>::uniform([1024], -1.0, 1.0, 5);
    record("exp of 1024x1024, both ways", &|tape| drop(tape.var(z.clone()).exp().backward_seeded(z.clone())));
    record("z times a row of 1024, both ways", &|tape| {
        drop((tape.var(z.clone()) * tape.var(row.clone())).backward_seeded(z.clone()));
    });
    record("softmax of 1024x1024, both ways", &|tape| {
        drop(tape.var(z.clone()).softmax(-1).backward_seeded(z.clone()));
    });
    record("layer norm of 1024x1024, both ways", &|tape| {
        let (z, row) = (tape.var(z.clone()), tape.var(row.clone()));
        drop(z.layer_norm(row, row, 1e-5).backward_seeded(z.value()));
    });
}

criterion_group! {
    name = tensor;
    config = Criterion::default().warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    targets = steps, operations
}
criterion_main!(tensor);
