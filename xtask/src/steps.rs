//! Named steps one after the other, each with the time it took, and the table of them at the end.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::process::Interrupted;

/// The steps of one run so far.
#[derive(Default)]
pub struct Steps {
    done: Vec<Step>,
}

struct Step {
    name: &'static str,
    took: Duration,
    good: bool,
}

impl Steps {
    /// Does one step under its heading; its failure ends the run.
    ///
    /// # Errors
    /// The error of the work, with the name of the step before it.
    pub fn need<T>(&mut self, name: &'static str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        println!("\n== {name}");
        let begun = Instant::now();
        let outcome = work();
        self.done.push(Step { name, took: begun.elapsed(), good: outcome.is_ok() });
        outcome.context(name)
    }

    /// Does one step under its heading; its failure is printed and remembered, and the run goes on.
    ///
    /// # Errors
    /// [`Interrupted`] only.
    pub fn check(&mut self, name: &'static str, work: impl FnOnce() -> Result<()>) -> Result<()> {
        match self.need(name, work) {
            Err(error) if error.downcast_ref::<Interrupted>().is_some() => Err(error),
            Err(error) => {
                println!("FAILED {error:#}");
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    /// Prints the table: one line a step, minutes and seconds, and the sum.
    pub fn print(&self) {
        println!("\n{:<44} {:>7}", "step", "min:s");
        for step in &self.done {
            println!("{:<44} {:>7}{}", step.name, clock(step.took), if step.good { "" } else { "  FAILED" });
        }
        println!("{:<44} {:>7}", "together", clock(self.done.iter().map(|step| step.took).sum()));
    }

    /// Answers an error when a step failed.
    ///
    /// # Errors
    /// Names the failed steps.
    pub fn all_good(&self) -> Result<()> {
        let failed: Vec<&str> = self.done.iter().filter(|step| !step.good).map(|step| step.name).collect();
        if !failed.is_empty() {
            bail!("failed: {}", failed.join(", "));
        }
        Ok(())
    }
}

/// Two builds of which neither needs the other, side by side: where one leaves a processor idle, the other has it.
///
/// # Errors
/// The error of the first, else that of the second.
pub fn both(first: impl FnOnce() -> Result<()>, second: impl FnOnce() -> Result<()> + Send) -> Result<()> {
    std::thread::scope(|scope| {
        let second = scope.spawn(second);
        let first = first();
        let second = second.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        first.and(second)
    })
}

/// A length of time as minutes and seconds.
fn clock(time: Duration) -> String {
    let seconds = (time.as_millis() + 500) / 1000;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::{Steps, clock};
    use std::time::Duration;

    #[test]
    fn time_is_rounded_to_seconds() {
        assert_eq!(clock(Duration::from_millis(61_499)), "1:01");
        assert_eq!(clock(Duration::from_millis(119_500)), "2:00");
    }

    #[test]
    fn a_failed_check_lets_the_run_go_on_and_is_named_at_its_end() {
        let mut steps = Steps::default();
        steps.check("first", || anyhow::bail!("broken")).unwrap();
        assert_eq!(steps.need("second", || Ok(7)).unwrap(), 7);
        assert_eq!(steps.all_good().unwrap_err().to_string(), "failed: first");
    }
}
