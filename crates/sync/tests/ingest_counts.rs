//! Counts: what they had seen, what they had not, and what a person decides.

mod common;

use common::bodies::{counted, created, moved, product, restock, settled};
use common::cloud::EPOCH;
use common::{ModelCloud, ModelTill};
use domain::MovementKind;
use protocol::body::OpBody;
use protocol::conflict::{ConflictKind, Decision};
use protocol::outcome::{Outcome, OutcomeCode};
use protocol::wire::OpResult;
use sync::ingest::{ConflictNow, NamedException};
use uuid::Uuid;

const ACCEPTED: (Outcome, Option<OutcomeCode>) = (Outcome::Accepted, None);
const RACE: (Outcome, Option<OutcomeCode>) = (Outcome::Conflict, Some(OutcomeCode::CountRace));
const BELOW: (Outcome, Option<OutcomeCode>) = (Outcome::Conflict, Some(OutcomeCode::NegativeStock));

fn push(cloud: &mut ModelCloud, till: &ModelTill) -> OpResult {
    let answer = cloud.push(&till.all(), &till.till_key());
    let mut results = answer.runs.into_iter().flat_map(|run| run.results);
    results.next_back().unwrap()
}

fn told(result: &OpResult) -> (Outcome, Option<OutcomeCode>) {
    (result.outcome, result.code)
}

fn row(cloud: &ModelCloud, result: &OpResult) -> ConflictNow {
    cloud.conflicts[&result.conflict.expect("a conflict is named")].clone()
}

fn on_hand(cloud: &ModelCloud) -> i64 {
    cloud.stock[&product(1)].on_hand_milli
}

/// Ten pieces received by the first till (version 1); both tills of one branch.
fn ten_pieces() -> (ModelTill, ModelTill, ModelCloud) {
    let (mut one, two) = (ModelTill::new(1), ModelTill::new(2));
    let mut cloud = ModelCloud::default();
    one.record(restock(product(1), 10));
    push(&mut cloud, &one);
    (one, two, cloud)
}

fn record_at(till: &mut ModelTill, clock: u64, body: OpBody) -> Uuid {
    till.clock = clock;
    till.record(body)
}

/// The other till sells 2 at `clock`, unseen by the first, which counts 7 at 50.
fn count_that_missed_a_sale(clock: u64) -> (ModelTill, ModelTill, ModelCloud, OpResult) {
    let (mut one, mut two, mut cloud) = ten_pieces();
    record_at(
        &mut two,
        clock,
        moved(product(1), MovementKind::Adjustment, -2_000),
    );
    push(&mut cloud, &two);
    record_at(&mut one, 50, counted(product(1), 7_000, Some((EPOCH, 1))));
    let result = push(&mut cloud, &one);
    (one, two, cloud, result)
}

#[test]
fn a_count_that_saw_everything_is_what_is_there() {
    let (mut one, _, mut cloud) = ten_pieces();
    one.sell(product(1), 1);
    one.record(counted(product(1), 7_000, Some((EPOCH, 1))));
    assert_eq!(
        told(&push(&mut cloud, &one)),
        ACCEPTED,
        "its own ops are in it"
    );
    assert_eq!(on_hand(&cloud), 7_000);
    let (.., last) = cloud.ledger.last().unwrap();
    assert_eq!((last.kind, last.delta_milli), (MovementKind::Count, -2_000));
    let level = cloud.stock[&product(1)];
    assert_eq!(
        level.counted.unwrap().counted_milli,
        7_000,
        "the figure rests on it"
    );
}

#[test]
fn a_count_that_finds_what_is_computed_moves_nothing_and_is_kept_book_of() {
    let (mut till, mut cloud) = (ModelTill::new(1), ModelCloud::default());
    till.record(moved(product(1), MovementKind::Adjustment, 5_000));
    till.record(counted(product(1), 5_000, None));
    assert_eq!(told(&push(&mut cloud, &till)), ACCEPTED);
    assert_eq!(
        cloud.ledger.len(),
        1,
        "never written with a difference of 0"
    );
    assert!(cloud.stock[&product(1)].tracked, "but counted it is");
}

#[test]
fn what_happened_after_the_count_is_added_on_top_by_a_named_exception() {
    let (_, _, cloud, result) = count_that_missed_a_sale(60);
    assert_eq!(told(&result), ACCEPTED);
    assert_eq!(
        on_hand(&cloud),
        5_000,
        "7 were there, and 2 left after that"
    );
    assert_eq!(cloud.rules[0].rule, NamedException::LaterMovesOnTop);
}

#[test]
fn what_others_moved_before_the_count_is_a_race_and_the_computed_figure_stays() {
    let (_, _, cloud, result) = count_that_missed_a_sale(40);
    assert_eq!(told(&result), RACE);
    assert_eq!(on_hand(&cloud), 8_000, "until a person decides");
    let row = row(&cloud, &result);
    assert_eq!(row.kind, ConflictKind::CountRace);
    let (mine, theirs) = (row.mine.unwrap(), row.theirs.unwrap());
    assert_eq!(mine.fields["counted_milli"], 7_000);
    assert_eq!(
        mine.fields["if_accepted_milli"], 7_000,
        "the consequence is told"
    );
    assert_eq!(theirs.fields["quantity_milli"], 8_000, "what is computed");
    assert_eq!(theirs.fields["unseen_milli"], -2_000, "what was not seen");
    assert!(cloud.stock[&product(1)].tracked);
}

#[test]
fn a_count_and_the_books_that_agree_need_nobody() {
    let (mut one, mut two, mut cloud) = ten_pieces();
    record_at(
        &mut two,
        40,
        moved(product(1), MovementKind::Adjustment, -2_000),
    );
    push(&mut cloud, &two);
    record_at(&mut one, 50, counted(product(1), 8_000, Some((EPOCH, 1))));
    assert_eq!(told(&push(&mut cloud, &one)), ACCEPTED, "both say 8");
    assert_eq!(
        cloud.rules[0].rule,
        NamedException::CountAgrees,
        "and it is said"
    );
}

#[test]
fn two_counts_that_did_not_see_each_other_race() {
    let (mut one, mut two, mut cloud) = ten_pieces();
    record_at(&mut two, 60, counted(product(1), 9_000, Some((EPOCH, 1))));
    assert_eq!(told(&push(&mut cloud, &two)), ACCEPTED);
    record_at(&mut one, 50, counted(product(1), 7_000, Some((EPOCH, 1))));
    assert_eq!(told(&push(&mut cloud, &one)), RACE, "which one is right?");
    assert_eq!(on_hand(&cloud), 9_000);
}

#[test]
fn a_count_on_what_another_life_of_the_cloud_told_races_with_anything_of_others() {
    let (mut one, mut two, mut cloud) = ten_pieces();
    let elsewhere = Some((Uuid::from_u128(0xdead), 1 << 40));
    record_at(&mut one, 50, counted(product(1), 9_000, elsewhere));
    assert_eq!(
        told(&push(&mut cloud, &one)),
        ACCEPTED,
        "only its own moved"
    );
    record_at(
        &mut two,
        60,
        moved(product(1), MovementKind::Adjustment, -1_000),
    );
    push(&mut cloud, &two);
    record_at(&mut one, 55, counted(product(1), 9_500, elsewhere));
    assert_eq!(told(&push(&mut cloud, &one)), RACE);
}

#[test]
fn accepting_a_count_takes_it_with_what_moved_after_it() {
    let (mut one, mut two, mut cloud, race) = count_that_missed_a_sale(40);
    // Sales after the count: one more of the other till, one of the counter's own.
    record_at(
        &mut two,
        70,
        moved(product(1), MovementKind::Adjustment, -1_000),
    );
    push(&mut cloud, &two);
    record_at(
        &mut one,
        80,
        moved(product(1), MovementKind::Adjustment, -1_000),
    );
    push(&mut cloud, &one);
    assert_eq!(on_hand(&cloud), 6_000);
    record_at(
        &mut one,
        90,
        settled(race.conflict.unwrap(), 1, Decision::AcceptCount),
    );
    assert_eq!(told(&push(&mut cloud, &one)), ACCEPTED);
    assert_eq!(on_hand(&cloud), 5_000, "7 counted, 2 left since");
    assert!(row(&cloud, &race).settled.is_some());
}

#[test]
fn accepting_a_count_of_the_same_batch_is_the_same() {
    let (mut one, _, mut cloud, race) = count_that_missed_a_sale(40);
    record_at(
        &mut one,
        80,
        moved(product(1), MovementKind::Adjustment, -1_000),
    );
    record_at(
        &mut one,
        90,
        settled(race.conflict.unwrap(), 1, Decision::AcceptCount),
    );
    push(&mut cloud, &one);
    assert_eq!(on_hand(&cloud), 6_000, "7 counted, 1 left since");
}

#[test]
fn keeping_the_computed_figure_or_counting_again_moves_nothing() {
    for decision in [Decision::KeepComputed, Decision::CountAgain] {
        let (mut one, _, mut cloud, race) = count_that_missed_a_sale(40);
        one.record(settled(race.conflict.unwrap(), 1, decision));
        assert_eq!(told(&push(&mut cloud, &one)), ACCEPTED, "{decision:?}");
        assert_eq!(on_hand(&cloud), 8_000, "{decision:?}");
        assert!(row(&cloud, &race).settled.is_some(), "{decision:?}");
    }
}

#[test]
fn a_sale_from_before_a_count_that_arrives_after_it_is_a_fact_and_a_question() {
    let (mut one, mut two, mut cloud) = ten_pieces();
    record_at(&mut one, 50, counted(product(1), 7_000, Some((EPOCH, 1))));
    assert_eq!(told(&push(&mut cloud, &one)), ACCEPTED);
    two.clock = 40;
    two.sell(product(1), 2);
    let late = push(&mut cloud, &two);
    assert_eq!(told(&late), RACE, "were these two counted or not?");
    assert_eq!(on_hand(&cloud), 5_000, "a sale is applied in any case");
    two.sell(product(1), 1);
    assert_eq!(
        push(&mut cloud, &two).conflict,
        late.conflict,
        "one open question"
    );
    assert_eq!(row(&cloud, &late).version, 2, "brought up to date");
    one.record(settled(late.conflict.unwrap(), 2, Decision::AcceptCount));
    assert_eq!(told(&push(&mut cloud, &one)), ACCEPTED);
    assert_eq!(on_hand(&cloud), 7_000, "they had left before the count");
}

#[test]
fn below_zero_is_told_with_its_figures_and_opens_anew_after_a_decision() {
    let (mut one, _, mut cloud) = ten_pieces();
    one.sell(product(1), 12);
    let below = push(&mut cloud, &one);
    assert_eq!(told(&below), BELOW);
    let first = row(&cloud, &below);
    let mine = first.mine.unwrap();
    assert_eq!(mine.fields["quantity_milli"], -2_000, "what is left");
    assert_eq!(mine.fields["receipt_number"], "B1-T1-1-AA", "by which sale");
    assert_eq!(mine.operator_name.as_deref(), Some("Ann"), "by whom");
    assert_eq!(mine.till, Some(one.identity.till), "where");
    assert_eq!(first.title.as_deref(), Some("Pen"), "of what");

    one.record(settled(below.conflict.unwrap(), 1, Decision::KeepComputed));
    assert_eq!(told(&push(&mut cloud, &one)), ACCEPTED);
    assert_eq!(on_hand(&cloud), -2_000, "a decision is not a movement");
    one.sell(product(1), 1);
    let again = push(&mut cloud, &one);
    assert_eq!(told(&again), BELOW);
    assert_ne!(again.conflict, below.conflict, "a new question");
}

#[test]
fn a_decision_on_figures_that_have_moved_is_not_taken() {
    let (mut one, _, mut cloud) = ten_pieces();
    one.sell(product(1), 12);
    let below = push(&mut cloud, &one);
    one.sell(product(1), 1);
    one.record(settled(below.conflict.unwrap(), 1, Decision::KeepComputed));
    let changed = (Outcome::Conflict, Some(OutcomeCode::ConflictChanged));
    assert_eq!(
        told(&push(&mut cloud, &one)),
        changed,
        "it is -3 by now, not -2"
    );
}

#[test]
fn a_count_waits_for_a_parked_op_of_its_till_and_a_sale_does_not() {
    let (mut one, mut two, mut cloud) = ten_pieces();
    let later = restock(product(1), 5);
    let bytes = one.seal(Uuid::from_u128(9), later, Vec::new());
    let text = String::from_utf8(bytes).unwrap();
    let unknown = text
        .replace("stock_moved_v1", "stock_moved_v9")
        .into_bytes();
    one.record_bytes(Uuid::from_u128(9), unknown);
    let parked = push(&mut cloud, &one);
    assert_eq!(
        told(&parked),
        (Outcome::Parked, Some(OutcomeCode::UnknownType))
    );
    one.sell(product(1), 1);
    assert_eq!(told(&push(&mut cloud, &one)), ACCEPTED, "movements commute");
    let waits = (Outcome::Parked, Some(OutcomeCode::DependsOnParked));
    one.record(counted(product(1), 7_000, Some((EPOCH, 99))));
    assert_eq!(told(&push(&mut cloud, &one)), waits, "a count does not");
    two.record(counted(product(1), 9_000, Some((EPOCH, 99))));
    assert_eq!(
        told(&push(&mut cloud, &two)),
        ACCEPTED,
        "no till waits for another"
    );

    one.record(settled(parked.conflict.unwrap(), 1, Decision::Acknowledge));
    assert_eq!(
        told(&push(&mut cloud, &one)),
        ACCEPTED,
        "a person has seen it"
    );
    one.record(created(product(2), "Tea"));
    assert_eq!(told(&push(&mut cloud, &one)), ACCEPTED);
    assert!(
        cloud
            .parked
            .iter()
            .all(|(_, _, op_id)| *op_id != Uuid::from_u128(9)),
        "and nothing waits for it any more"
    );
}

#[test]
fn a_count_beyond_any_integer_or_below_nothing_is_parked() {
    for found in [i64::MIN, -1] {
        let (mut one, _, mut cloud) = ten_pieces();
        one.record(counted(product(1), found, None));
        let parked = (Outcome::Parked, Some(OutcomeCode::ApplyError));
        assert_eq!(told(&push(&mut cloud, &one)), parked, "{found}");
        assert_eq!(on_hand(&cloud), 10_000);
    }
}
