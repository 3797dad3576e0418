//! Counts: an absolute figure becomes a difference, or a question to a person.
//!
//! The counter's own earlier ops are in the count: they come first in its stream. What other tills
//! moved and the counter's till had not seen (`unseen`) decides:
//!
//! | unseen | what becomes of the count |
//! |---|---|
//! | nothing | the stock is what was counted |
//! | only movements later than the count by their clocks, no count among them | what was counted, and these on top |
//! | anything else, but the count found what was computed | nothing moves: both agree |
//! | anything else | `COUNT_RACE`: the computed figure stays until a person decides |

use domain::MovementKind;
use protocol::body::{CountedV1, StockCountedV1};
use protocol::conflict::{ConflictKind, ConflictSide};
use protocol::op::Envelope;
use protocol::outcome::OutcomeCode;
use serde_json::json;
use uuid::Uuid;

use super::super::book::{Book, conflict_id};
use super::super::exceptions::NamedException;
use super::super::known::{ConflictNow, LastCount, LedgerAsk, Unseen};
use super::Verdict;
use crate::effects::{Effects, Fields, StockEffect};

/// What becomes of one line of a count.
enum Line {
    /// The stock changes by this, thousandths; maybe by nothing.
    Adjusts(i64),
    /// A person decides.
    Races,
}

impl Book<'_> {
    pub(super) fn judge_count(
        &mut self,
        envelope: &Envelope,
        count: &StockCountedV1,
    ) -> Result<Verdict, OutcomeCode> {
        let asks = LedgerAsk::of(envelope, count);
        // First what would happen to all lines: a count is applied whole or not at all.
        for (line, ask) in count.lines.iter().zip(&asks) {
            self.judge_line(line, ask)?;
        }
        let (mut effects, mut told) = (Effects::default(), None);
        for (line, ask) in count.lines.iter().zip(&asks) {
            let product = line.product_id;
            self.keep_book(product);
            match self.judge_line(line, ask)? {
                Line::Adjusts(delta_milli) => {
                    self.note_rules(envelope, line, ask);
                    self.rests_on(envelope, line);
                    let moved = self.adjust(envelope, product, delta_milli, count.reason.clone());
                    told = told.or(moved.1);
                    effects.stock.extend(moved.0);
                }
                Line::Races => {
                    let id = self.count_race(envelope, line, ask);
                    told = told.or(Some((OutcomeCode::CountRace, id)));
                }
            }
        }
        Ok(match told {
            Some((code, id)) => Verdict::told(code, id, effects),
            None => Verdict::accepted(effects),
        })
    }

    fn judge_line(&self, line: &CountedV1, ask: &LedgerAsk) -> Result<Line, OutcomeCode> {
        let unseen = if cfg!(mutant = "count_forgets_unseen") {
            Unseen::default()
        } else {
            self.unseen(ask)
        };
        let on_hand = self.on_hand(line.product_id);
        let counted = line.counted_milli;
        if unseen.overflowed || counted < 0 {
            return Err(OutcomeCode::ApplyError);
        }
        let foreign = ask.of_another_epoch(self.state.cloud_epoch);
        let races = unseen.rows > 0 && (unseen.older || unseen.counted || foreign);
        if races && counted != on_hand {
            return Ok(Line::Races);
        }
        if races {
            return Ok(Line::Adjusts(0));
        }
        let seen = on_hand.checked_sub(unseen.sum_milli);
        let delta = seen.and_then(|seen| counted.checked_sub(seen));
        let delta = delta.filter(|delta| on_hand.checked_add(*delta).is_some());
        delta.map(Line::Adjusts).ok_or(OutcomeCode::ApplyError)
    }

    /// What others moved that the count had not seen, this batch's own later ops among it.
    pub(super) fn unseen(&self, ask: &LedgerAsk) -> Unseen {
        let mut unseen = self.state.ledger.get(ask).copied().unwrap_or_default();
        for (product, row) in &self.moved {
            if *product == ask.product {
                unseen.add(ask, row);
            }
        }
        unseen
    }

    /// Moves the stock to what a count or a decision says; the movement, and what it led to.
    pub(super) fn adjust(
        &mut self,
        envelope: &Envelope,
        product_id: Uuid,
        delta_milli: i64,
        reason: Option<String>,
    ) -> (Option<StockEffect>, Option<(OutcomeCode, Uuid)>) {
        if delta_milli == 0 {
            return (None, None);
        }
        let effect = StockEffect {
            product_id,
            kind: MovementKind::Count,
            delta_milli,
            reason,
        };
        let told = self.apply_stock(std::slice::from_ref(&effect), envelope);
        (Some(effect), told)
    }

    fn note_rules(&mut self, envelope: &Envelope, line: &CountedV1, ask: &LedgerAsk) {
        let unseen = self.unseen(ask);
        let foreign = ask.of_another_epoch(self.state.cloud_epoch);
        if unseen.rows == 0 {
            return;
        }
        let rule = if unseen.older || unseen.counted || foreign {
            NamedException::CountAgrees
        } else {
            NamedException::LaterMovesOnTop
        };
        let entity = self.stock_entity(line.product_id);
        self.by_rule(rule, envelope.op_id, &entity);
    }

    /// From now on the product's figure rests on this count.
    pub(super) fn rests_on(&mut self, envelope: &Envelope, line: &CountedV1) {
        let count = LastCount {
            op_id: envelope.op_id,
            till: envelope.till,
            hlc: envelope.hlc,
            counted_milli: line.counted_milli,
            at_ms: envelope.wall_ms,
        };
        let level = self.state.stock.entry(line.product_id).or_default();
        level.counted = Some(count);
        self.writes.counted.insert(line.product_id, count);
    }

    fn count_race(&mut self, envelope: &Envelope, line: &CountedV1, ask: &LedgerAsk) -> Uuid {
        let kind = ConflictKind::CountRace;
        let op_id = envelope.op_id;
        let parts = [op_id.as_bytes().as_slice(), line.product_id.as_bytes()];
        let id = conflict_id(kind, self.key, &parts);
        let unseen = self.unseen(ask);
        let accepted = line.counted_milli.saturating_add(unseen.later_milli);
        let mine = [
            ("counted_milli", line.counted_milli),
            ("shown_milli", line.shown_milli),
            ("if_accepted_milli", accepted),
        ];
        let theirs = [
            ("quantity_milli", self.on_hand(line.product_id)),
            ("unseen_milli", unseen.sum_milli),
            ("unseen_later_milli", unseen.later_milli),
        ];
        let row = ConflictNow {
            code: Some(OutcomeCode::CountRace),
            title: self.product_name(line.product_id),
            mine: Some(self.side(envelope, figures(&mine))),
            theirs: Some(ConflictSide {
                fields: figures(&theirs),
                ..ConflictSide::default()
            }),
            ..self.row(kind, self.stock_entity(line.product_id), op_id)
        };
        self.open(id, row);
        id
    }
}

/// Named figures as a side shows them.
pub(in crate::ingest) fn figures(figures: &[(&str, i64)]) -> Fields {
    let fields = figures.iter();
    fields
        .map(|(name, value)| ((*name).to_owned(), json!(value)))
        .collect()
}
