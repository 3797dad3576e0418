//! Facts that do not fit: recorded, counted, and told to a person with both sides.

mod common;

use common::bodies::{moved, product, refund, restock, sale};
use common::{ModelCloud, ModelTill};
use domain::MovementKind;
use protocol::outcome::{Outcome, OutcomeCode};
use protocol::wire::PushAnswer;
use uuid::Uuid;

fn three_sales() -> ModelTill {
    let mut till = ModelTill::new(1);
    for _ in 0..3 {
        till.sell(product(1), 1);
    }
    till
}

fn outcomes(answer: &PushAnswer) -> Vec<(Outcome, Option<OutcomeCode>)> {
    let results = answer.runs.iter().flat_map(|run| &run.results);
    results
        .map(|result| (result.outcome, result.code))
        .collect()
}

#[test]
fn stock_below_zero_is_one_open_conflict_and_the_sale_stands() {
    let (mut till, mut cloud) = (ModelTill::new(1), ModelCloud::default());
    till.record(restock(product(1), 1));
    for _ in 0..4 {
        till.sell(product(1), 1);
    }
    let answer = cloud.push(&till.all(), &till.till_key());
    let negative = (Outcome::Conflict, Some(OutcomeCode::NegativeStock));
    let accepted = (Outcome::Accepted, None);
    assert_eq!(
        outcomes(&answer),
        [accepted, accepted, negative, negative, negative]
    );
    assert_eq!(cloud.stock[&product(1)].on_hand_milli, -3_000, "stock −3");
    let conflict = cloud.conflicts.values().next().unwrap();
    assert_eq!(cloud.conflicts.len(), 1, "one per branch and product");
    let mine = conflict.mine.as_ref().unwrap();
    assert_eq!(mine.fields["quantity_milli"], -3_000, "up to date");
    assert_eq!(conflict.version, 3, "in place, sale by sale");
}

#[test]
fn an_article_that_nobody_ever_counted_is_not_below_zero() {
    let (till, mut cloud) = (three_sales(), ModelCloud::default());
    let answer = cloud.push(&till.all(), &till.till_key());
    assert_eq!(outcomes(&answer), vec![(Outcome::Accepted, None); 3]);
    assert_eq!(
        cloud.stock[&product(1)].on_hand_milli,
        -3_000,
        "still summed"
    );
}

#[test]
fn giving_back_more_than_was_sold_is_recorded_and_raised() {
    let (mut till, mut cloud) = (ModelTill::new(1), ModelCloud::default());
    let sale_id = till.sell(product(1), 2);
    till.record(refund(Uuid::from_u128(1), sale_id, product(1), 2));
    till.record(refund(Uuid::from_u128(2), sale_id, product(1), 1));
    for seq in 1..=3 {
        let answer = cloud.push(&till.slice(seq, seq).unwrap(), &till.till_key());
        let expected = if seq == 3 {
            (Outcome::Conflict, Some(OutcomeCode::OverRefund))
        } else {
            (Outcome::Accepted, None)
        };
        assert_eq!(outcomes(&answer), [expected], "op {seq}");
    }
    assert_eq!(cloud.stock[&product(1)].on_hand_milli, 1_000, "facts apply");
    let row = cloud.conflicts.values().next().unwrap();
    let (mine, theirs) = (row.mine.as_ref().unwrap(), row.theirs.as_ref().unwrap());
    assert_eq!(mine.fields["given_back_milli"], 3_000, "in all");
    assert_eq!(theirs.fields["sold_milli"], 2_000, "of so many");
    assert_eq!(row.title.as_deref(), Some("B1-T1-1-AA"), "by its receipt");
}

#[test]
fn stock_beyond_what_an_integer_holds_is_parked() {
    let (mut till, mut cloud) = (ModelTill::new(1), ModelCloud::default());
    till.record(moved(product(1), MovementKind::Adjustment, i64::MAX));
    till.record(moved(product(1), MovementKind::Adjustment, 1));
    let answer = cloud.push(&till.all(), &till.till_key());
    assert_eq!(
        outcomes(&answer)[1],
        (Outcome::Parked, Some(OutcomeCode::ApplyError))
    );
}
#[test]
fn the_same_sale_under_two_ops_counts_once_and_is_raised() {
    let (mut till, mut cloud) = (ModelTill::new(1), ModelCloud::default());
    let sale_id = Uuid::from_u128(1);
    till.record(sale(sale_id, product(1), 1));
    let second = till.record(sale(sale_id, product(1), 1));
    let answer = cloud.push(&till.all(), &till.till_key());
    assert_eq!(
        outcomes(&answer),
        [
            (Outcome::Accepted, None),
            (Outcome::Conflict, Some(OutcomeCode::SaleIdReused))
        ]
    );
    assert_eq!(cloud.stock[&product(1)].on_hand_milli, -1_000, "once");
    let row = cloud.conflicts.values().next().unwrap();
    assert_eq!(row.op_id, second);
    let (mine, theirs) = (row.mine.as_ref().unwrap(), row.theirs.as_ref().unwrap());
    assert_eq!(mine.fields["gross_minor"], 120, "what the second says");
    assert_eq!(theirs.fields["receipt_number"], "B1-T1-1-AA", "what stands");
}
