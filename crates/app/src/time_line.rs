//! What happened to a sale, moment by moment, and why it is not in the cloud yet.

use protocol::outcome::OutcomeCode;
use vault::sales::{self as rows, StoredSale};
use vault::{outbox, queue};

use crate::config::CloudLink;
use crate::dto::{TimeLineEntry, TimeLineWhat};
use crate::error::AppError;
use crate::op_words::{Journey, code_words, why_waiting};
use crate::sales::Fact;
use crate::sync_worker::{LinkView, sync_state};
use crate::till::Till;
use crate::views;

impl Till {
    /// Why a sale is not in the cloud yet, or what is open about it, in one sentence.
    pub(crate) fn why_waiting(
        &self,
        stored: &StoredSale,
        link: &LinkView,
    ) -> Result<Option<String>, AppError> {
        let (op, first) = self.vault.read(|reader| {
            let first = outbox::waiting(reader, 1)?;
            Ok((queue::of_op(reader, stored.op_id)?, first))
        })?;
        let row = &stored.row;
        let code = op.as_ref().and_then(|op| op.code.as_deref());
        let next_attempt = link.next_attempt_at_ms.map(views::local_clock);
        let before = first
            .first()
            .map_or(0, |first| row.seq.saturating_sub(first.seq));
        Ok(why_waiting(&Journey {
            state: sync_state(row.in_cloud, row.outcome, row.seq, link),
            has_cloud: self.config()?.cloud != CloudLink::None,
            paused: self.sync_paused()?,
            before_it: before,
            attempts: op.as_ref().map_or(0, |op| op.attempts),
            next_attempt: next_attempt.as_deref(),
            last_answer: link.last_answer.as_deref(),
            code: code.and_then(OutcomeCode::from_word),
        }))
    }

    pub(crate) fn time_line(
        &self,
        stored: &StoredSale,
        fact: &Fact<'_>,
    ) -> Result<Vec<TimeLineEntry>, AppError> {
        let (sale_id, segment, seq) = (stored.row.sale_id, stored.segment, stored.row.seq);
        let (milestones, attempts, op) = self.vault.read(|reader| {
            Ok((
                rows::milestones(reader, sale_id)?,
                vault::attempts::of_op(reader, segment, seq)?,
                queue::of_op(reader, stored.op_id)?,
            ))
        })?;
        let outcome = op.and_then(|op| asked(&op));
        let entry = |what, at_ms, words: &str| TimeLineEntry {
            what,
            at_ms,
            words: words.to_owned(),
        };
        let mut line = Vec::new();
        if let Some(opened_at_ms) = fact.opened_at_ms {
            line.push(entry(
                TimeLineWhat::Scanned,
                opened_at_ms,
                "First article scanned",
            ));
        }
        line.push(entry(
            TimeLineWhat::Vaulted,
            stored.recorded_at_ms,
            "Recorded on this till, in vault and journal",
        ));
        for milestone in milestones {
            let (what, words) = match milestone.what.as_str() {
                "told" => (TimeLineWhat::Told, "Seen by the cashier"),
                "printed" => (TimeLineWhat::Printed, "Receipt printed"),
                "copy_printed" => (TimeLineWhat::Printed, "Copy printed"),
                "print_dropped" => (TimeLineWhat::Printed, "Printing was given up by a person"),
                _ => (TimeLineWhat::Vaulted, "Recovered at start-up"),
            };
            line.push(entry(what, milestone.at_ms, words));
        }
        for attempt in attempts {
            line.push(entry(
                TimeLineWhat::Sent,
                attempt.started_at_ms,
                "Sent to the cloud",
            ));
            line.push(entry(
                TimeLineWhat::Answered,
                attempt.ended_at_ms,
                &attempt.words,
            ));
        }
        if let Some(said) = outcome {
            line.push(said);
        }
        if stored.row.in_cloud {
            let at_ms = line
                .iter()
                .map(|entry| entry.at_ms)
                .max()
                .unwrap_or(stored.recorded_at_ms);
            line.push(entry(TimeLineWhat::InCloud, at_ms, "In the cloud"));
        }
        line.sort_by_key(|entry| entry.at_ms);
        Ok(line)
    }
}

/// What the cloud asks a person, as a moment of its own.
fn asked(op: &queue::QueueLine) -> Option<TimeLineEntry> {
    let code = op.code.as_deref().and_then(OutcomeCode::from_word);
    op.outcome?;
    Some(TimeLineEntry {
        what: TimeLineWhat::Answered,
        at_ms: op.answered_at_ms?,
        words: format!(
            "The cloud asks for a person: {}",
            code.map_or("its reason is not known here", code_words)
        ),
    })
}
