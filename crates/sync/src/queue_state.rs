//! The word under which one op is shown in the queue.
//!
//! Derived from the cloud's head and its answers, never stored and never the reason to send, skip
//! or delete anything. A total function: every combination has its word, and a table holds them.

use protocol::outcome::{Outcome, OutcomeCode};
use serde::{Deserialize, Serialize};

/// Where one op stands on its way to the cloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueueState {
    /// Vaulted, beyond the cloud's head.
    Pending,
    /// In the request that is on the wire now.
    InFlight,
    /// Recorded, nothing left to do.
    Synced,
    /// The path or the cloud failed; it is tried again without limit.
    RetryableError,
    /// Recorded, the command was refused; settled by a new op.
    FatalError,
    /// Recorded but parked, or too large for any batch: shown at both ends.
    DeadLetter,
    /// Recorded, a person is asked to look.
    Conflict,
}

impl QueueState {
    /// Every state, for tables and tests.
    pub const ALL: [Self; 7] = [
        Self::Pending,
        Self::InFlight,
        Self::Synced,
        Self::RetryableError,
        Self::FatalError,
        Self::DeadLetter,
        Self::Conflict,
    ];

    /// The word in JSON and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::InFlight => "in_flight",
            Self::Synced => "synced",
            Self::RetryableError => "retryable_error",
            Self::FatalError => "fatal_error",
            Self::DeadLetter => "dead_letter",
            Self::Conflict => "conflict",
        }
    }

    /// Whether a person has something to do.
    pub const fn needs_person(self) -> bool {
        match self {
            Self::Pending | Self::InFlight | Self::Synced | Self::RetryableError => false,
            Self::FatalError | Self::DeadLetter | Self::Conflict => true,
        }
    }
}

/// How the way to the cloud is, as far as one op beyond the head is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PathState {
    /// Nothing is wrong, or nothing was tried yet.
    Open,
    /// The last attempt failed; another one is due.
    Failing,
    /// The cloud refused this very op, alone in its batch, as too large.
    TooLarge,
}

/// The word for an op.
///
/// `recorded`: whether the cloud's head has reached the op. `answer`: what the cloud said of it, if
/// it ever did; an answer about an op that the head has not reached is of a cloud that has since
/// been restored to an older day, and does not count.
pub const fn queue_state(
    recorded: bool,
    answer: Option<(Outcome, Option<OutcomeCode>)>,
    in_flight: bool,
    path: PathState,
) -> QueueState {
    if recorded {
        return match answer {
            // Recorded while the reply got lost: safe, and nothing is known against it.
            None => QueueState::Synced,
            Some((outcome, code)) => of_outcome(outcome, code),
        };
    }
    match (path, in_flight) {
        (PathState::TooLarge, _) => QueueState::DeadLetter,
        (PathState::Open | PathState::Failing, true) => QueueState::InFlight,
        (PathState::Failing, false) => QueueState::RetryableError,
        (PathState::Open, false) => QueueState::Pending,
    }
}

const fn of_outcome(outcome: Outcome, code: Option<OutcomeCode>) -> QueueState {
    match outcome.first(code) {
        Outcome::Accepted | Outcome::Duplicate => QueueState::Synced,
        Outcome::Conflict => QueueState::Conflict,
        Outcome::Rejected => QueueState::FatalError,
        Outcome::Parked => QueueState::DeadLetter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATHS: [PathState; 3] = [PathState::Open, PathState::Failing, PathState::TooLarge];

    #[test]
    fn every_unrecorded_op_has_its_word() {
        use PathState::{Failing, Open, TooLarge};
        use QueueState::{DeadLetter, InFlight, Pending, RetryableError};
        for (in_flight, path, expected) in [
            (false, Open, Pending),
            (true, Open, InFlight),
            (false, Failing, RetryableError),
            (true, Failing, InFlight),
            (false, TooLarge, DeadLetter),
            (true, TooLarge, DeadLetter),
        ] {
            for outcome in Outcome::ALL {
                for answer in [None, Some((outcome, None))] {
                    let found = queue_state(false, answer, in_flight, path);
                    assert_eq!(
                        found, expected,
                        "{in_flight} {path:?} {answer:?}: the head alone says what is recorded"
                    );
                }
            }
        }
    }

    #[test]
    fn every_recorded_op_has_its_word_whatever_the_path_does() {
        use QueueState::{Conflict, DeadLetter, FatalError, Synced};
        let mut table = vec![
            (None, Synced),
            (Some((Outcome::Accepted, None)), Synced),
            (Some((Outcome::Duplicate, None)), Synced),
            (Some((Outcome::Conflict, None)), Conflict),
            (Some((Outcome::Rejected, None)), FatalError),
            (Some((Outcome::Parked, None)), DeadLetter),
        ];
        for code in OutcomeCode::ALL {
            let first = match code {
                OutcomeCode::NotAllowed => FatalError,
                OutcomeCode::NegativeStock
                | OutcomeCode::SaleIdReused
                | OutcomeCode::OverRefund
                | OutcomeCode::EditConflict
                | OutcomeCode::CountRace
                | OutcomeCode::AlreadyResolved
                | OutcomeCode::ConflictChanged => Conflict,
                OutcomeCode::OpIdReused
                | OutcomeCode::UnknownType
                | OutcomeCode::BodyUnreadable
                | OutcomeCode::ApplyError
                | OutcomeCode::DependsOnParked
                | OutcomeCode::WrongIdentity => DeadLetter,
            };
            table.push((Some((Outcome::Duplicate, Some(code))), first));
        }
        for (answer, expected) in table {
            for in_flight in [false, true] {
                for path in PATHS {
                    assert_eq!(
                        queue_state(true, answer, in_flight, path),
                        expected,
                        "{answer:?} {in_flight} {path:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn words_are_the_same_in_json_and_in_code() {
        for state in QueueState::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
    }
}
