//! What an op is and why it waits, in words.
//!
//! Owns one sentence for each type of op, each state on the way to the cloud and each reason the
//! cloud may give. Knows no screen; numbers and moments come in, a sentence goes out.

use protocol::outcome::OutcomeCode;

use crate::dto::SyncState;

/// What an op is, for a list. A type of a later program is shown by its own name.
pub(crate) fn op_words(kind: &str, number: Option<&str>) -> String {
    let named = |what: &str| number.map_or_else(|| what.to_owned(), |no| format!("{what} {no}"));
    match kind {
        "sale_recorded_v1" => named("Sale"),
        "refund_recorded_v1" => named("Refund"),
        "cart_voided_v1" => "Cart given up".to_owned(),
        "stock_moved_v1" => "Stock received or corrected".to_owned(),
        "stock_counted_v1" => "Stock counted".to_owned(),
        "price_set_v1" => "Price changed".to_owned(),
        "product_edited_v1" => "Article changed".to_owned(),
        "conflict_settled_v1" => "Decision".to_owned(),
        "till_incident_v1" => "Incident of this till".to_owned(),
        other => other.to_owned(),
    }
}

/// Why the cloud asks for a person, by its own closed word.
pub(crate) fn code_words(code: OutcomeCode) -> &'static str {
    match code {
        OutcomeCode::NegativeStock => "the stock of an article fell below zero",
        OutcomeCode::SaleIdReused => {
            "the same sale arrived twice under two records; it counts once"
        }
        OutcomeCode::OpIdReused => {
            "a second record came under the number of another one; both are kept, one counts"
        }
        OutcomeCode::OverRefund => "more was given back than was sold",
        OutcomeCode::UnknownType => {
            "the cloud does not know this kind of record yet; it is applied after the cloud's next update"
        }
        OutcomeCode::BodyUnreadable => "the cloud could not read the record; its bytes are kept",
        OutcomeCode::ApplyError => "the cloud could not apply the record; its bytes are kept",
        OutcomeCode::DependsOnParked => "an earlier record that it builds on is not applied yet",
        OutcomeCode::WrongIdentity => {
            "the record names another business, branch or till than this one"
        }
        OutcomeCode::NotAllowed => "head office gave the person no right to it",
        OutcomeCode::EditConflict => "somebody changed the same fields meanwhile",
        OutcomeCode::CountRace => "others moved the stock while it was counted",
        OutcomeCode::AlreadyResolved => "somebody had decided first; nothing was changed",
        OutcomeCode::ConflictChanged => {
            "it had changed since it was decided on; nothing was changed"
        }
    }
}

/// What is known of an op's journey, for one sentence.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Journey<'a> {
    /// Where it is.
    pub state: SyncState,
    /// Whether the till belongs to a cloud at all.
    pub has_cloud: bool,
    /// Whether a person paused sending.
    pub paused: bool,
    /// How many ops go before it.
    pub before_it: u64,
    /// How often it was sent.
    pub attempts: u64,
    /// The moment of the next attempt, as people read it.
    pub next_attempt: Option<&'a str>,
    /// What the other side said last.
    pub last_answer: Option<&'a str>,
    /// The cloud's reason, if it gave one.
    pub code: Option<OutcomeCode>,
}

/// Why it is not in the cloud yet, or what is open about it; `None`: there is nothing to say.
pub(crate) fn why_waiting(journey: &Journey<'_>) -> Option<String> {
    let because = journey.code.map_or("the cloud asks a person", code_words);
    let said = journey
        .last_answer
        .map_or_else(String::new, |answer| format!(" Last answer: {answer}."));
    let next = journey
        .next_attempt
        .map_or_else(String::new, |at| format!(" The next attempt is at {at}."));
    match journey.state {
        SyncState::Synced => None,
        SyncState::InFlight => Some("It is being sent just now.".to_owned()),
        SyncState::Pending if !journey.has_cloud => {
            Some("This till belongs to no cloud: it is safe here, on both media.".to_owned())
        }
        SyncState::Pending if journey.paused => {
            Some("A person paused sending: it is safe here and waits for the go-ahead.".to_owned())
        }
        SyncState::Pending if journey.before_it > 0 => Some(format!(
            "{} before it; records are sent in the order in which they were made.",
            records(journey.before_it)
        )),
        SyncState::Pending => Some("It is next to be sent.".to_owned()),
        SyncState::RetryableError => Some(format!(
            "The cloud could not be reached: {} so far, it is safe here.{next}{said}",
            attempts(journey.attempts)
        )),
        SyncState::FatalError => Some(format!("The cloud has it and refused it: {because}.")),
        SyncState::DeadLetter if journey.code.is_none() => Some(
            "It is too large for the cloud as it is: it stays here, whole, until support has looked."
                .to_owned(),
        ),
        SyncState::DeadLetter => Some(format!(
            "The cloud has it and cannot apply it yet: {because}."
        )),
        SyncState::Conflict => Some(format!("The cloud has it; a person is needed: {because}.")),
    }
}

fn attempts(count: u64) -> String {
    match count {
        0 => "no attempt carried it".to_owned(),
        1 => "one attempt".to_owned(),
        many => format!("{many} attempts"),
    }
}

fn records(count: u64) -> String {
    match count {
        1 => "One earlier record goes".to_owned(),
        many => format!("{many} earlier records go"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journey(state: SyncState) -> Journey<'static> {
        Journey {
            state,
            has_cloud: true,
            paused: false,
            before_it: 0,
            attempts: 3,
            next_attempt: Some("14:02"),
            last_answer: Some("no route to the cloud"),
            code: None,
        }
    }

    #[test]
    fn each_state_has_its_one_sentence() {
        let table: [(Journey<'_>, Option<&str>); 9] = [
            (journey(SyncState::Synced), None),
            (
                journey(SyncState::InFlight),
                Some("It is being sent just now."),
            ),
            (journey(SyncState::Pending), Some("It is next to be sent.")),
            (
                Journey {
                    before_it: 4,
                    ..journey(SyncState::Pending)
                },
                Some(
                    "4 earlier records go before it; records are sent in the order in which they were made.",
                ),
            ),
            (
                Journey {
                    paused: true,
                    ..journey(SyncState::Pending)
                },
                Some("A person paused sending: it is safe here and waits for the go-ahead."),
            ),
            (
                Journey {
                    has_cloud: false,
                    ..journey(SyncState::Pending)
                },
                Some("This till belongs to no cloud: it is safe here, on both media."),
            ),
            (
                journey(SyncState::RetryableError),
                Some(
                    "The cloud could not be reached: 3 attempts so far, it is safe here. The next attempt is at 14:02. Last answer: no route to the cloud.",
                ),
            ),
            (
                Journey {
                    code: Some(OutcomeCode::NotAllowed),
                    ..journey(SyncState::FatalError)
                },
                Some(
                    "The cloud has it and refused it: head office gave the person no right to it.",
                ),
            ),
            (
                Journey {
                    code: Some(OutcomeCode::UnknownType),
                    ..journey(SyncState::DeadLetter)
                },
                Some(
                    "The cloud has it and cannot apply it yet: the cloud does not know this kind of record yet; it is applied after the cloud's next update.",
                ),
            ),
        ];
        for (journey, expected) in table {
            assert_eq!(
                why_waiting(&journey).as_deref(),
                expected,
                "{:?}",
                journey.state
            );
        }
    }

    #[test]
    fn every_code_has_words_and_none_is_a_code() {
        for code in OutcomeCode::ALL {
            let words = code_words(code);
            assert!(
                !words.contains(code.as_str()) && words.len() > 20,
                "{code:?} is told in words: {words}"
            );
        }
    }

    #[test]
    fn every_kind_of_op_has_a_name() {
        assert_eq!(
            op_words("sale_recorded_v1", Some("MB-1-7-ab")),
            "Sale MB-1-7-ab",
            "a sale goes by its receipt number"
        );
        assert_eq!(
            op_words("later_thing_v9", None),
            "later_thing_v9",
            "what is not known is called what it calls itself"
        );
    }
}
