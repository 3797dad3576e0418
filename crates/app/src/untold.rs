//! An own record that needs a person and that the cloud has not told as a conflict yet.
//!
//! Owns how such an outcome looks in the one list of what needs a person. There is nothing to decide
//! on before the cloud tells it whole; until then it is said, counted and found.

use protocol::Outcome;
use protocol::outcome::OutcomeCode;
use vault::outbox::QueueItem;

use crate::dto::ConflictView;
use crate::error::AppError;
use crate::op_words::{code_words, op_words};
use crate::till::Till;

impl Till {
    pub(crate) fn untold_view(&self, item: &QueueItem) -> Result<ConflictView, AppError> {
        let title = op_words(&item.kind, item.number.as_deref());
        let code = item.code.as_deref().and_then(OutcomeCode::from_word);
        Ok(ConflictView {
            conflict: item.conflict.unwrap_or(item.op_id),
            kind: kind_of(item.outcome, code).to_owned(),
            code: item.code.clone(),
            words: words(item.outcome, &title, code),
            title,
            entity: format!("op:{}", item.op_id),
            open: true,
            version: 0,
            opened_at_ms: item.answered_at_ms.unwrap_or(item.recorded_at_ms),
            mine: None,
            theirs: None,
            base: None,
            differing: Vec::new(),
            choices: Vec::new(),
            settled: None,
            settling: false,
            product_id: None,
            op_seq: Some(item.seq),
            told: false,
        })
    }
}

fn kind_of(outcome: Option<Outcome>, code: Option<OutcomeCode>) -> &'static str {
    match outcome {
        Some(Outcome::Parked) => "PARKED",
        Some(Outcome::Rejected) => "REJECTED",
        Some(Outcome::Conflict | Outcome::Accepted | Outcome::Duplicate) | None => {
            code.map_or("CONFLICT", OutcomeCode::as_str)
        }
    }
}

fn words(outcome: Option<Outcome>, title: &str, code: Option<OutcomeCode>) -> String {
    let because = code.map_or("its reason is not known here yet", code_words);
    let verb = match outcome {
        Some(Outcome::Parked) => "has it and cannot apply it yet",
        Some(Outcome::Rejected) => "has it and refused it",
        Some(Outcome::Conflict | Outcome::Accepted | Outcome::Duplicate) | None => {
            "has it and asks for a person"
        }
    };
    format!("{title}: the cloud {verb}: {because}. The next fetch brings the whole of it.")
}
