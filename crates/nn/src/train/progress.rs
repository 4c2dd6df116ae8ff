//! What is seen while a model trains, on the standard error stream: a bar, or a line for each epoch.

use super::options::Verbose;
use super::running::Running;
use chainrule::Element;
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// How long a bar stays as it is, at least.
const REFRESH: Duration = Duration::from_millis(50);

/// How many signs long a bar is.
const BAR: usize = 24;

/// The progress of one training.
pub(super) struct Progress {
    verbose: Verbose,
    epochs: usize,
    steps: usize,
    epoch: usize,
    began: Instant,
    shown: Instant,
    #[cfg(feature = "progress")]
    bar: Option<indicatif::ProgressBar>,
}

impl Progress {
    pub(super) fn new(verbose: Verbose, epochs: usize, steps: usize) -> Self {
        let terminal = cfg!(feature = "progress") && std::io::stderr().is_terminal();
        let verbose = match verbose {
            Verbose::Auto | Verbose::Bar if terminal => Verbose::Bar,
            Verbose::Auto | Verbose::Bar => Verbose::Lines,
            Verbose::Silent | Verbose::Lines => verbose,
        };
        Self {
            verbose,
            epochs,
            steps,
            epoch: 0,
            began: Instant::now(),
            shown: Instant::now(),
            #[cfg(feature = "progress")]
            bar: None,
        }
    }

    pub(super) fn epoch_begins(&mut self, epoch: usize) {
        self.epoch = epoch;
        self.began = Instant::now();
        if self.verbose == Verbose::Bar {
            say(&format!("Epoch {}/{}", epoch + 1, self.epochs));
            self.open_bar();
        }
    }

    pub(super) fn batch_ends<T: Element>(&mut self, batch: usize, running: &Running<'_, T>) {
        if self.verbose != Verbose::Bar || self.shown.elapsed() < REFRESH {
            return;
        }
        self.shown = Instant::now();
        self.move_bar(batch + 1, &line(&running.logs("")));
    }

    pub(super) fn epoch_ends(&mut self, logs: &[(String, f64)]) {
        let seconds = self.began.elapsed().as_secs_f64();
        let pace = duration(seconds / self.steps.max(1) as f64);
        match self.verbose {
            Verbose::Silent | Verbose::Auto => {}
            Verbose::Bar => {
                self.close_bar();
                let (steps, full, seconds) = (self.steps, "━".repeat(BAR), duration(seconds));
                say(&format!("{steps:>5}/{steps} {full} {seconds} {pace}/step - {}", line(logs)));
            }
            Verbose::Lines => {
                let (epoch, epochs, steps) = (self.epoch + 1, self.epochs, self.steps);
                let seconds = duration(seconds);
                say(&format!("Epoch {epoch}/{epochs} - {steps}/{steps} - {seconds} - {pace}/step - {}", line(logs)));
            }
        }
    }

    pub(super) fn stopped(&mut self, reason: &str) {
        self.close_bar();
        if self.verbose != Verbose::Silent {
            say(&format!("Epoch {}/{}: {reason}", self.epoch + 1, self.epochs));
        }
    }
}

#[cfg(feature = "progress")]
impl Progress {
    fn open_bar(&mut self) {
        let bar = indicatif::ProgressBar::new(self.steps as u64);
        let style =
            indicatif::ProgressStyle::with_template(&format!("{{pos:>5}}/{{len}} {{bar:{BAR}}} {{elapsed}} {{msg}}"));
        if let Ok(style) = style {
            bar.set_style(style.progress_chars("━╸─"));
        }
        self.bar = Some(bar);
    }

    fn move_bar(&mut self, batch: usize, message: &str) {
        if let Some(bar) = &self.bar {
            bar.set_position(batch as u64);
            bar.set_message(format!("- {message}"));
        }
    }

    fn close_bar(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

#[cfg(not(feature = "progress"))]
#[expect(clippy::unused_self, reason = "without the feature there is no bar, and `Lines` is chosen instead")]
impl Progress {
    fn open_bar(&mut self) {}
    fn move_bar(&mut self, _: usize, _: &str) {}
    fn close_bar(&mut self) {}
}

/// `loss: 0.3521 - accuracy: 0.9012`
fn line(logs: &[(String, f64)]) -> String {
    let values: Vec<String> = logs.iter().map(|(name, value)| format!("{name}: {}", digits(*value))).collect();
    values.join(" - ")
}

/// Four digits behind the point; where these would be zeros, an exponent.
fn digits(value: f64) -> String {
    if value == 0.0 || !value.is_finite() || (1e-3..1e6).contains(&value.abs()) {
        format!("{value:.4}")
    } else {
        format!("{value:.4e}")
    }
}

fn duration(seconds: f64) -> String {
    match seconds {
        short if short < 1e-3 => format!("{:.0}us", short * 1e6),
        short if short < 1.0 => format!("{:.0}ms", short * 1e3),
        long => format!("{long:.0}s"),
    }
}

/// On standard error; where nobody listens, nothing is lost.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!([0.0, 0.25, 1.0, 1234.5].map(digits), ["0.0000", "0.2500", "1.0000", "1234.5000"]);
        assert_eq!([1e-5, 2e9, f64::NAN].map(digits), ["1.0000e-5", "2.0000e9", "NaN"]);
        assert_eq!([2e-5, 0.004, 61.2].map(duration), ["20us", "4ms", "61s"]);
    }
}
