//! What happened between this till and its cloud, in words, newest first.
//!
//! Owns the log's lines; they are made from what is kept anyway (attempts, outcomes, conflicts) and
//! never stored twice. Bounded by what is kept.

use protocol::outcome::OutcomeCode;
use vault::attempts::{self, Attempt, AttemptKind};
use vault::outbox;

use crate::conflict_words::title;
use crate::dto::{LogLevel, LogLine, LogQuery};
use crate::error::AppError;
use crate::op_words::{code_words, op_words};
use crate::till::Till;

/// The most entries of each source that are looked at.
const MOST_READ: u32 = 2_000;
/// The most lines of one answer.
const MOST_LINES: u32 = 500;

impl Till {
    /// The sync log, newest first; bounded, and narrowed to lines that have the words.
    pub fn sync_log(&self, query: LogQuery) -> Result<Vec<LogLine>, AppError> {
        let (tried, needing) = self.vault.read(|reader| {
            Ok((
                attempts::latest(reader, MOST_READ)?,
                outbox::needing_person(reader, MOST_READ)?,
            ))
        })?;
        let mut lines: Vec<LogLine> = tried.iter().map(of_attempt).collect();
        lines.extend(needing.iter().map(|item| {
            let code = item.code.as_deref().and_then(OutcomeCode::from_word);
            let because = code.map_or("its reason is not known here", code_words);
            let what = op_words(&item.kind, item.number.as_deref());
            LogLine {
                at_ms: item.answered_at_ms.unwrap_or(item.recorded_at_ms),
                level: LogLevel::Person,
                words: format!("{what}: {because}"),
            }
        }));
        lines.extend(self.of_conflicts()?);
        let wanted = query.text.unwrap_or_default().trim().to_lowercase();
        lines.retain(|line| {
            query.before.is_none_or(|before| line.at_ms < before)
                && line.words.to_lowercase().contains(&wanted)
        });
        lines.sort_by_key(|line| std::cmp::Reverse(line.at_ms));
        lines.truncate(query.limit.min(MOST_LINES) as usize);
        Ok(lines)
    }

    fn of_conflicts(&self) -> Result<Vec<LogLine>, AppError> {
        let mut lines = Vec::new();
        for settled in [false, true] {
            for row in self.told_conflicts("", settled, MOST_LINES)? {
                let title = title(&row);
                lines.push(LogLine {
                    at_ms: row.opened_at_ms,
                    level: LogLevel::Person,
                    words: format!(
                        "The cloud asks a person about {title} ({})",
                        row.kind.as_str()
                    ),
                });
                let Some(settled) = row.settled else { continue };
                let who = settled
                    .operator_name
                    .as_deref()
                    .unwrap_or("an update of the cloud");
                lines.push(LogLine {
                    at_ms: settled.at_ms,
                    level: LogLevel::Good,
                    words: format!("{title} was settled by {who}"),
                });
            }
        }
        Ok(lines)
    }
}

fn of_attempt(attempt: &Attempt) -> LogLine {
    let what = match (attempt.what, attempt.range) {
        (AttemptKind::Push, Some((_, from, to))) if from == to => format!("Record {from}"),
        (AttemptKind::Push, Some((_, from, to))) => format!("Records {from} to {to}"),
        (AttemptKind::Push, None) => "Records".to_owned(),
        (AttemptKind::Hello, _) => "Asking the cloud".to_owned(),
    };
    LogLine {
        at_ms: attempt.ended_at_ms,
        level: if attempt.answered {
            LogLevel::Good
        } else {
            LogLevel::Waiting
        },
        words: format!("{what}: {}", attempt.words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::SegmentId;

    #[test]
    fn an_attempt_is_told_with_its_records_and_its_answer() {
        let attempt = |what, range, answered| Attempt {
            what,
            range,
            started_at_ms: 1,
            ended_at_ms: 2,
            answered,
            words: "the cloud has it".to_owned(),
        };
        let segment = SegmentId([1; 16]);
        let table = [
            (
                attempt(AttemptKind::Push, Some((segment, 4, 4)), true),
                LogLevel::Good,
                "Record 4: the cloud has it",
            ),
            (
                attempt(AttemptKind::Push, Some((segment, 4, 9)), false),
                LogLevel::Waiting,
                "Records 4 to 9: the cloud has it",
            ),
            (
                attempt(AttemptKind::Hello, None, false),
                LogLevel::Waiting,
                "Asking the cloud: the cloud has it",
            ),
        ];
        for (attempt, level, words) in table {
            let line = of_attempt(&attempt);
            assert_eq!((line.level, line.words.as_str()), (level, words));
        }
    }
}
