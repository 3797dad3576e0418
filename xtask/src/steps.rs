//! Named steps with their times, and the summary at the end.
//!
//! Promises that every step that can run does run, so that one failure never hides another; a step whose
//! ground is missing is named as not run and counts as failed. The last line is `N passed, N failed`.

use crate::shell::Counted;
use anyhow::{Result, bail};
use std::time::{Duration, Instant};

enum Verdict {
    Passed(Counted),
    Failed(String, Counted),
    NotRun(String),
}

struct Step {
    name: &'static str,
    took: Duration,
    verdict: Verdict,
}

/// The steps so far.
pub(crate) struct Steps {
    began: Instant,
    done: Vec<Step>,
}

impl Steps {
    /// Nothing done yet; the clock runs from here.
    pub(crate) fn begin() -> Self {
        let (began, done) = (Instant::now(), Vec::new());
        Self { began, done }
    }

    /// Runs a step, unless one that it stands on did not pass.
    pub(crate) fn step(
        &mut self,
        name: &'static str,
        stands_on: &[&str],
        work: impl FnOnce() -> Result<Counted>,
    ) {
        let began = Instant::now();
        println!("\n== {name}");
        let verdict = match stands_on.iter().find(|needed| !self.passed(needed)) {
            Some(missing) => Verdict::NotRun(format!("it stands on '{missing}'")),
            None => match work() {
                Ok(tests) if tests.failed > 0 => {
                    Verdict::Failed(format!("{} tests failed", tests.failed), tests)
                }
                Ok(tests) => Verdict::Passed(tests),
                Err(error) => Verdict::Failed(format!("{error:#}"), Counted::default()),
            },
        };
        if let Verdict::Failed(why, _) | Verdict::NotRun(why) = &verdict {
            println!("   {name}: {why}");
        }
        let took = began.elapsed();
        self.done.push(Step {
            name,
            took,
            verdict,
        });
    }

    fn passed(&self, name: &str) -> bool {
        let step = self.done.iter().find(|step| step.name == name);
        step.is_some_and(|step| matches!(step.verdict, Verdict::Passed(_)))
    }

    /// Prints what happened; an error unless everything passed.
    pub(crate) fn finish(self) -> Result<()> {
        println!("\n== summary");
        let mut sum = Counted::default();
        for step in &self.done {
            let (mark, note) = match &step.verdict {
                Verdict::Passed(tests) if tests.passed == 0 => ("ok     ", String::new()),
                Verdict::Passed(tests) => ("ok     ", format!("{} tests", tests.passed)),
                Verdict::Failed(why, _) => ("FAILED ", first_line(why)),
                Verdict::NotRun(why) => ("NOT RUN", first_line(why)),
            };
            println!("{mark} {:>11}  {:<24} {note}", clock(step.took), step.name);
            sum += weight(&step.verdict);
        }
        println!(
            "\n{} steps in {}",
            self.done.len(),
            clock(self.began.elapsed())
        );
        println!("{} passed, {} failed", sum.passed, sum.failed);
        if sum.failed > 0 {
            bail!("not everything passed; the steps above say what");
        }
        Ok(())
    }
}

/// A step that reports tests counts as them; any other counts as one check.
fn weight(verdict: &Verdict) -> Counted {
    match verdict {
        Verdict::Passed(tests) => Counted {
            passed: tests.passed.max(1),
            failed: 0,
        },
        Verdict::Failed(_, tests) => Counted {
            passed: tests.passed,
            failed: tests.failed.max(1),
        },
        Verdict::NotRun(_) => Counted {
            passed: 0,
            failed: 1,
        },
    }
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

/// A duration as people say it: `4.2 s`, `3 min 07 s`.
pub(crate) fn clock(took: Duration) -> String {
    let seconds = took.as_secs();
    if seconds < 60 {
        return format!("{seconds}.{} s", took.subsec_millis() / 100);
    }
    format!("{} min {:02} s", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(passed: u64, failed: u64) -> Counted {
        Counted { passed, failed }
    }

    #[test]
    fn one_failure_hides_no_other_step() {
        let mut steps = Steps::begin();
        let mut ran = Vec::new();
        steps.step("ground", &[], || bail!("broken"));
        steps.step("house", &["ground"], || {
            ran.push("house");
            Ok(counted(1, 0))
        });
        steps.step("garden", &[], || {
            ran.push("garden");
            Ok(counted(2, 0))
        });
        assert_eq!(ran, ["garden"], "what stands on nothing broken still runs");
        assert!(steps.finish().is_err(), "and the whole has failed");
    }

    #[test]
    fn failed_tests_fail_the_step_even_when_the_program_says_nothing() {
        let mut steps = Steps::begin();
        steps.step("tests", &[], || Ok(counted(40, 2)));
        assert!(!steps.passed("tests"), "two failures are a failure");
    }

    #[test]
    fn a_time_is_written_as_people_say_it() {
        assert_eq!(clock(Duration::from_millis(4_260)), "4.2 s", "short");
        assert_eq!(clock(Duration::from_secs(187)), "3 min 07 s", "long");
    }
}
