//! What is handed in again: a duplicate under another key, the first answer under its own.

mod common;

use common::bodies::{moved, product, restock, sale};
use common::{ModelCloud, ModelTill};
use domain::MovementKind;
use protocol::outcome::{Outcome, OutcomeCode};
use protocol::wire::{OpResult, PushAnswer, RunStatus};
use uuid::Uuid;

const ONE: Uuid = Uuid::from_u128(0xa1);
const OTHER: Uuid = Uuid::from_u128(0xa2);
const ONE_MORE: Uuid = Uuid::from_u128(0xa3);

/// An accepted restock, a sale below zero, an op that is parked.
fn one_of_each() -> ModelTill {
    let mut till = ModelTill::new(1);
    till.record(restock(product(1), 1));
    till.sell(product(1), 3);
    till.record(moved(product(1), MovementKind::Adjustment, i64::MIN));
    till
}

fn results(answer: &PushAnswer) -> Vec<OpResult> {
    let runs = answer.runs.iter();
    runs.flat_map(|run| run.results.clone()).collect()
}

/// The same results as a batch hears them that did not record the ops.
fn as_duplicates(first: &PushAnswer) -> Vec<OpResult> {
    let outcome = Outcome::Duplicate;
    let again = |result: OpResult| OpResult { outcome, ..result };
    results(first).into_iter().map(again).collect()
}

#[test]
fn under_another_key_an_op_is_a_duplicate_with_its_first_code_and_conflict() {
    let (till, mut cloud) = (one_of_each(), ModelCloud::default());
    let first = cloud.push_under(ONE, &till.all(), &till.till_key());
    let told: Vec<_> = results(&first)
        .iter()
        .map(|r| (r.outcome, r.code))
        .collect();
    assert_eq!(
        told,
        [
            (Outcome::Accepted, None),
            (Outcome::Conflict, Some(OutcomeCode::NegativeStock)),
            (Outcome::Parked, Some(OutcomeCode::ApplyError)),
        ],
        "one of each"
    );
    let before = cloud.clone();
    for key in 0..5 {
        let again = cloud.push_under(Uuid::from_u128(key), &till.all(), &till.till_key());
        assert_eq!(again.runs[0].status, RunStatus::Ok, "a success");
        assert_eq!(again.runs[0].head, first.runs[0].head, "the head stands");
        assert_eq!(results(&again), as_duplicates(&first), "and says of what");
    }
    assert_eq!(cloud, before, "and nothing was counted twice");
    for (result, was) in as_duplicates(&first).iter().zip(results(&first)) {
        let heard = result.outcome.first(result.code);
        assert_eq!(heard, was.outcome, "the till can tell what it was at first");
    }
}

#[test]
fn under_its_own_key_a_batch_is_answered_as_the_first_time() {
    let (mut till, mut cloud) = (one_of_each(), ModelCloud::default());
    let batch = till.all();
    let first = cloud.push_under(ONE, &batch, &till.till_key());
    assert_eq!(cloud.push_under(ONE, &batch, &till.till_key()), first);
    till.sell(product(1), 1);
    cloud.push_under(OTHER, &till.slice(4, 4).unwrap(), &till.till_key());
    let late = cloud.push_under(ONE, &batch, &till.till_key());
    assert_eq!(
        results(&late),
        results(&first),
        "also when the world went on"
    );
}

#[test]
fn a_batch_of_old_and_new_ops_keeps_its_own_answer_too() {
    let (mut till, mut cloud) = (one_of_each(), ModelCloud::default());
    let old = cloud.push_under(ONE, &till.all(), &till.till_key());
    till.sell(product(2), 1);
    let mixed = cloud.push_under(OTHER, &till.all(), &till.till_key());
    let mut expected = as_duplicates(&old);
    expected.push(results(&mixed)[3].clone());
    assert_eq!(results(&mixed), expected, "duplicates, then what is new");
    assert_eq!(
        results(&mixed)[3].outcome,
        Outcome::Accepted,
        "recorded now"
    );
    let again = cloud.push_under(OTHER, &till.all(), &till.till_key());
    assert_eq!(again, mixed, "the first answer under this key, op by op");
}

#[test]
fn a_position_twice_in_one_batch_is_recorded_once_with_one_answer() {
    let (till, mut cloud) = (one_of_each(), ModelCloud::default());
    let mut twice = till.all();
    twice.runs.push(twice.runs[0].clone());
    let first = cloud.push_under(ONE, &twice, &till.till_key());
    assert_eq!(
        first.runs[0].results, first.runs[1].results,
        "the same batch under the same key"
    );
    assert_eq!(cloud.push_under(ONE, &twice, &till.till_key()), first);
}

#[test]
fn a_repeated_duplicate_still_carries_the_first_outcome() {
    let (mut till, mut cloud) = (ModelTill::new(1), ModelCloud::default());
    till.record(restock(product(1), 1));
    till.record(sale(Uuid::from_u128(1), product(1), 3));
    let first = cloud.push_under(ONE, &till.all(), &till.till_key());
    let copy = till.segments[0].ops[1].clone();
    till.restart();
    till.record_bytes(copy.op_id, copy.bytes);
    let moved = till.slice(3, 3).unwrap();
    for key in [OTHER, OTHER, ONE_MORE] {
        let result = &results(&cloud.push_under(key, &moved, &till.till_key()))[0];
        assert_eq!(result.outcome, Outcome::Duplicate, "under any key");
        assert_eq!(result.code, Some(OutcomeCode::NegativeStock), "the first's");
        assert_eq!(result.conflict, results(&first)[1].conflict, "the first's");
    }
}
