//! A value that several owners share, without locked instructions where there is but one.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::process::abort;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering, fence};

/// A shared value, as `std::sync::Arc` without weak references: so one look at the count tells whether there is another owner, and the
/// only owner may write, or drop the value, without a locked instruction. Small operations on tensors spend a good part of their time
/// in these.
pub struct Shared<T> {
    place: NonNull<Place<T>>,
    /// It owns a `T`, and may drop it.
    owns: PhantomData<Place<T>>,
}

struct Place<T> {
    owners: AtomicUsize,
    value: T,
}

// SAFETY: as for `Arc`: owners on several threads look at the value together (`T: Sync`), and the last one, on whatever thread, drops
// or moves it (`T: Send`).
unsafe impl<T: Send + Sync> Send for Shared<T> {}
// SAFETY: a `&Shared` can be cloned into a `Shared`, so the same holds.
unsafe impl<T: Send + Sync> Sync for Shared<T> {}

impl<T> Shared<T> {
    /// A value with one owner.
    pub fn new(value: T) -> Self {
        let place = Box::new(Place { owners: AtomicUsize::new(1), value });
        Self { place: NonNull::from(Box::leak(place)), owns: PhantomData }
    }

    #[inline]
    fn place(&self) -> &Place<T> {
        // SAFETY: the place came from a box, which lives as long as it has owners, and this is one. While the reference lasts, this
        // owner is borrowed; what writes to the value (`get_mut`) or ends the box needs the only owner for itself.
        unsafe { self.place.as_ref() }
    }

    /// Whether there is no other owner.
    #[inline]
    pub fn is_unique(&self) -> bool {
        // sees all that owners did who are gone: they left with `Release`
        self.place().owners.load(Ordering::Acquire) == 1
    }

    /// The value, to be written to, where there is no other owner.
    #[inline]
    pub fn get_mut(&mut self) -> Option<&mut T> {
        if !self.is_unique() {
            return None;
        }
        // SAFETY: the place is alive, as this is an owner. There is no other, nor can one come while the reference lasts: owners come
        // from owners only, and this one is borrowed mutably. What owners who are gone did with the value happened before.
        Some(unsafe { &mut self.place.as_mut().value })
    }

    /// The value itself, where there is no other owner.
    ///
    /// # Errors
    /// Gives the owner back where there is.
    pub fn try_unwrap(self) -> Result<T, Self> {
        if !self.is_unique() {
            return Err(self);
        }
        let place = self.place;
        std::mem::forget(self);
        // SAFETY: the box was leaked by `new`, and its only owner is gone without dropping it; nobody else can reach it any more.
        Ok(unsafe { Box::from_raw(place.as_ptr()) }.value)
    }
}

impl<T> Clone for Shared<T> {
    #[inline]
    fn clone(&self) -> Self {
        // As in `Arc`: a new owner comes from one that there is, so nothing need be ordered; and so many owners that the count could
        // overflow must have been forgotten, not dropped.
        if self.place().owners.fetch_add(1, Ordering::Relaxed) > isize::MAX as usize {
            abort();
        }
        Self { place: self.place, owns: PhantomData }
    }
}

impl<T> Drop for Shared<T> {
    #[inline]
    fn drop(&mut self) {
        // the only owner need not say that it leaves: nobody would read it
        if !self.is_unique() {
            if self.place().owners.fetch_sub(1, Ordering::Release) != 1 {
                return;
            }
            // others left between the two looks: what they did happened before
            fence(Ordering::Acquire);
        }
        // SAFETY: the box was leaked by `new`. Either the count was 1, this owner's, and no other can come from it while it is borrowed
        // mutably; or it has just become 0. Nobody else can reach the box any more.
        drop(unsafe { Box::from_raw(self.place.as_ptr()) });
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;
    #[inline]
    fn deref(&self) -> &T {
        &self.place().value
    }
}

impl<T: fmt::Debug> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::Shared;
    use std::sync::Arc;

    #[test]
    fn the_only_owner_may_write() {
        let mut one = Shared::new(vec![1, 2]);
        one.get_mut().unwrap().push(3);
        let mut two = one.clone();
        assert!(!one.is_unique() && one.get_mut().is_none() && two.get_mut().is_none());
        assert_eq!(*two, [1, 2, 3]);
        drop(one);
        two.get_mut().unwrap().push(4);
        assert_eq!(format!("{two:?}"), "[1, 2, 3, 4]");
    }

    #[test]
    fn the_value_is_dropped_once_or_handed_out() {
        // `Arc` counts for the test
        let value = Arc::new(());
        let one = Shared::new(Arc::clone(&value));
        let two = one.clone();
        let one = one.try_unwrap().unwrap_err();
        drop(one);
        assert_eq!(Arc::strong_count(&value), 2);
        let inner = two.try_unwrap().unwrap();
        assert_eq!(Arc::strong_count(&value), 2);
        drop(inner);
        drop(Shared::new(Arc::clone(&value)));
        assert_eq!(Arc::strong_count(&value), 1);
    }

    #[test]
    fn owners_on_several_threads() {
        let value = Arc::new(());
        let first = Shared::new((Arc::clone(&value), 7));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                let own = first.clone();
                scope.spawn(move || (0..1000).for_each(|_| assert_eq!(own.clone().1, 7)));
            }
            drop(first);
        });
        assert_eq!(Arc::strong_count(&value), 1);
    }
}
