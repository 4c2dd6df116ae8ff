//! The learning rate follows a value that is watched.

use super::{Callback, Control, Epoch, Flow, cannot_resume, check_monitor, check_rate_is_free};
use crate::error::{Error, Result};
use crate::files::State;
use crate::schedule::ReduceOnPlateau;
use chainrule::Element;

/// Given to [`Fit::callback`](crate::Fit::callback), it looks at its value after each epoch: Keras's `ReduceLROnPlateau`.
impl<T: Element> Callback<T> for ReduceOnPlateau {
    fn on_train_begin(&mut self, control: &mut Control<'_, T>) -> Result<()> {
        check_rate_is_free("ReduceOnPlateau", control)?;
        self.monitor().check()?;
        self.reset();
        self.check().map_err(|problem| Error::Option { call: "fit", problem })
    }

    fn on_train_resume(&mut self, state: &State<T>, control: &mut Control<'_, T>) -> Result<()> {
        self.on_train_begin(control)?;
        let observed = check_monitor(state, self.monitor())
            .and_then(|()| Ok((state.number("best")?, state.count("waited")?, state.count("cooling")?)));
        let observed = observed.map_err(|problem| cannot_resume("ReduceOnPlateau", &problem))?;
        self.go_on(observed);
        Ok(())
    }

    fn state(&self) -> State<T> {
        let (best, waited, cooling) = self.observed();
        let state = State::new().with("monitor", self.monitor().described());
        state.with_number("best", best).with("waited", waited).with("cooling", cooling)
    }

    fn watches(&self) -> Option<&str> {
        Some(self.monitor().name())
    }

    fn on_epoch_end(&mut self, epoch: &Epoch<'_>, control: &mut Control<'_, T>) -> Result<Flow> {
        let value = epoch.get(self.monitor().name())?;
        if let Some(rate) = self.observe(value, control.optimizer.rate()) {
            control.optimizer.set_rate(rate);
        }
        Ok(Flow::Continue)
    }
}
