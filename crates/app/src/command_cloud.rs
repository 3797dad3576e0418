//! What only the command line asks about articles and conflicts: names instead of ids, and words.

use protocol::conflict::Decision;
use uuid::Uuid;

use crate::dto::ConflictView;
use crate::error::{AppError, Code};
use crate::till::Till;
use crate::views::local_time;

/// A decision by its word.
pub fn decision_of(word: &str) -> Result<Decision, AppError> {
    Decision::from_word(word).ok_or_else(|| {
        let known: Vec<&str> = Decision::ALL.iter().map(|one| one.as_str()).collect();
        AppError::new(
            Code::DecisionNotPossible,
            format!("{word:?} is no decision: use one of {}", known.join(", ")),
        )
        .field("decision", word)
    })
}

/// Conflicts as the command line prints them.
pub fn conflict_lines(found: &[ConflictView]) -> String {
    if found.is_empty() {
        return "Nothing needs a person.".to_owned();
    }
    let line = |view: &ConflictView| {
        let mut text = format!(
            "{}  {}  {}\n    {}",
            view.conflict,
            local_time(view.opened_at_ms),
            view.kind,
            view.words
        );
        for choice in &view.choices {
            text.push_str("\n    ");
            text.push_str(choice.decision.as_str());
            text.push_str(": ");
            text.push_str(&choice.consequence);
        }
        text
    };
    found.iter().map(line).collect::<Vec<_>>().join("\n")
}

impl Till {
    /// One article by its id, its code or a barcode.
    pub fn article_named(&self, text: &str) -> Result<Uuid, AppError> {
        if let Ok(product_id) = text.parse() {
            return Ok(product_id);
        }
        let found = self.shop.scan(text)?.products;
        match found.as_slice() {
            [one] => Ok(one.product_id),
            [] => Err(
                AppError::new(Code::UnknownCode, format!("{text} is unknown")).field("code", text),
            ),
            many => Err(AppError::new(
                Code::UnknownCode,
                format!("{text} is {} articles: give the id of one", many.len()),
            )
            .field("code", text)),
        }
    }

    /// The version of an open conflict as this till knows it.
    pub fn conflict_version(&self, conflict: Uuid) -> Result<u32, AppError> {
        Ok(self.open_conflict(conflict)?.version)
    }
}
