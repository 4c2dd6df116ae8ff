//! Panics that tests expect: what they say, and the line that they blame.

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    /// The calls of [`panic_of`] that this thread is in, and where the panic of each was blamed: a file and a line.
    static PLACES: RefCell<Vec<(String, u32)>> = const { RefCell::new(Vec::new()) };
}

/// The message of the panic that `action` ends in, and the line of `file` that it blames, or 0 where that is none of this file.
///
/// The hook is set once and for all: other tests run at the same time, and one that fails has to be told as ever. It notes the
/// panics of threads that wait for one here.
pub(crate) fn panic_of<R>(file: &str, action: impl FnOnce() -> R) -> (String, u32) {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let noted = PLACES.with_borrow_mut(|places| {
                let place = places.last_mut()?;
                *place = info.location().map(|at| (at.file().to_owned(), at.line())).unwrap_or_default();
                Some(())
            });
            if noted.is_none() {
                before(info);
            }
        }));
    });
    PLACES.with_borrow_mut(|places| places.push((String::new(), 0)));
    let outcome = panic::catch_unwind(AssertUnwindSafe(action));
    let (blamed, line) = PLACES.with_borrow_mut(Vec::pop).expect("it was pushed above");
    let payload = outcome.err().expect("a panic was expected");
    let message = payload.downcast_ref::<String>().cloned();
    let message = message.or_else(|| payload.downcast_ref::<&str>().map(ToString::to_string)).unwrap_or_default();
    (message, if blamed == file { line } else { 0 })
}
