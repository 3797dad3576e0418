//! What the cloud decides on a run and on an op: one case, one sentence.

mod common;

use common::bodies::{created, product, restock, sale};
use common::{ModelCloud, ModelTill};
use protocol::outcome::{Outcome, OutcomeCode};
use protocol::wire::{OpResult, PushAnswer, RunStatus};
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

fn results(answer: &PushAnswer) -> Vec<OpResult> {
    let runs = answer.runs.iter();
    runs.flat_map(|run| run.results.clone()).collect()
}

#[test]
fn a_gap_names_what_is_expected_and_records_nothing() {
    let (till, mut cloud) = (three_sales(), ModelCloud::default());
    let answer = cloud.push(&till.slice(3, 3).unwrap(), &till.till_key());
    assert_eq!(
        answer.runs[0].status,
        RunStatus::Gap { expected: 1 },
        "an unknown segment begins at its first op"
    );
    cloud.push(&till.slice(1, 1).unwrap(), &till.till_key());
    let answer = cloud.push(&till.slice(3, 3).unwrap(), &till.till_key());
    assert_eq!(answer.runs[0].status, RunStatus::Gap { expected: 2 });
    assert_eq!(cloud.log.len(), 1, "nothing lies beyond a gap");
}

#[test]
fn a_run_without_items_is_refused_wherever_it_says_it_begins() {
    let (till, mut cloud) = (three_sales(), ModelCloud::default());
    cloud.push(&till.slice(1, 1).unwrap(), &till.till_key());
    let before = cloud.clone();
    for (from, restarted) in [
        (0, false),
        (0, true),
        (1, false),
        (2, true),
        (u64::MAX, true),
    ] {
        let mut request = till.slice(2, 2).unwrap();
        let run = &mut request.runs[0];
        run.items.clear();
        run.from = from;
        if restarted {
            run.parent = Some(protocol::stream::Parent {
                segment: run.segment,
                seq: 1,
                chain: run.prev,
            });
            run.segment = protocol::SegmentId([0xee; 16]);
            run.first_seq = from;
        }
        let answer = cloud.push(&request, &till.till_key());
        assert_eq!(
            answer.runs[0].status,
            RunStatus::BadChain { at: from },
            "an empty run from {from}"
        );
    }
    assert_eq!(cloud, before, "none of it left a trace");
}

#[test]
fn a_child_waits_for_its_parent() {
    let (mut till, mut cloud) = (three_sales(), ModelCloud::default());
    let parent = till.segments[0].id;
    till.restart();
    till.sell(product(1), 1);
    let answer = cloud.push(&till.slice(4, 4).unwrap(), &till.till_key());
    assert_eq!(answer.runs[0].status, RunStatus::NeedParent { parent });
    let answer = cloud.push(&till.all(), &till.till_key());
    assert!(
        answer.runs.iter().all(|run| run.status == RunStatus::Ok),
        "parent and child in one batch"
    );
}

#[test]
fn corrupted_bytes_are_told_from_disagreement() {
    let (till, mut cloud) = (three_sales(), ModelCloud::default());
    let mut request = till.all();
    let text = request.runs[0].items[1].op.get().replace("Pen", "Pan");
    request.runs[0].items[1].op = serde_json::value::RawValue::from_string(text).unwrap();
    let answer = cloud.push(&request, &till.till_key());
    assert_eq!(answer.runs[0].status, RunStatus::BadChain { at: 2 });
    let mut forged = till.all();
    forged.runs[0].sig.0[0] ^= 1;
    let answer = cloud.push(&forged, &till.till_key());
    assert_eq!(answer.runs[0].status, RunStatus::BadSig, "not the till's");
    let stranger = ModelTill::new(2).till_key();
    let answer = cloud.push(&till.all(), &stranger);
    assert_eq!(answer.runs[0].status, RunStatus::BadSig, "another till's");
    let mut revoked = till.till_key();
    revoked.revoked = true;
    let answer = cloud.push(&till.all(), &revoked);
    assert_eq!(answer.runs[0].status, RunStatus::Revoked);
    assert_eq!(cloud, ModelCloud::default(), "none of it left a trace");
}

#[test]
fn the_whole_rest_of_a_forked_run_is_kept_and_leaves_when_it_arrives_regularly() {
    let (mut till, mut cloud) = (three_sales(), ModelCloud::default());
    let mut twin = till.twin();
    till.sell(product(1), 1);
    cloud.push(&till.all(), &till.till_key());
    for pieces in 2..5 {
        twin.record(sale(Uuid::from_u128(pieces), product(2), 1));
    }
    let answer = cloud.push(&twin.all(), &twin.till_key());
    let recorded = till.segments[0].ops[3].chain;
    assert_eq!(
        answer.runs[0].status,
        RunStatus::Fork {
            at: 4,
            chain: recorded
        }
    );
    assert_eq!(
        cloud.quarantine.len(),
        3,
        "the whole rest, not its first op"
    );
    assert_eq!(cloud.conflicts.len(), 1, "one fork, one conflict");
    let before = cloud.clone();
    cloud.push(&twin.all(), &twin.till_key());
    assert_eq!(cloud, before, "to fork again changes nothing");

    // The till goes on in a fresh segment at the last shared op, same ids, same bytes.
    let forked: Vec<_> = twin.segments[0].ops.split_off(3);
    twin.restart();
    for op in forked {
        twin.record_bytes(op.op_id, op.bytes);
    }
    let answer = cloud.push(&twin.all(), &twin.till_key());
    assert!(
        answer.runs.iter().all(|run| run.status == RunStatus::Ok),
        "{answer:?}"
    );
    assert_eq!(cloud.settled.len(), 3, "quarantine is emptied");
    let row = cloud.conflicts.values().next().unwrap();
    let mine = row.mine.as_ref().unwrap();
    assert_eq!(mine.fields["kept_aside"], 3, "a person sees how many");
    assert_eq!(mine.fields["arrived_since"], 3, "and that all have come");
    assert!(
        row.settled.is_none(),
        "and closes it: it never closes by itself"
    );
    assert_eq!(cloud.sales.len(), 7, "every sale of both twins, once");
}

#[test]
fn a_child_of_quarantine_goes_there_too() {
    let (mut till, mut cloud) = (three_sales(), ModelCloud::default());
    let mut twin = till.twin();
    till.sell(product(1), 1);
    cloud.push(&till.all(), &till.till_key());
    twin.record(sale(Uuid::from_u128(1), product(2), 1));
    cloud.push(&twin.all(), &twin.till_key());
    twin.restart();
    twin.record(sale(Uuid::from_u128(2), product(2), 1));
    let answer = cloud.push(&twin.slice(5, 5).unwrap(), &twin.till_key());
    assert!(matches!(
        answer.runs[0].status,
        RunStatus::Fork { at: 4, .. }
    ));
    assert_eq!(cloud.quarantine.len(), 2, "parent and child are kept");
}

#[test]
fn an_orphan_is_kept_and_not_recorded() {
    let (mut till, mut cloud) = (three_sales(), ModelCloud::default());
    till.restart();
    till.sell(product(1), 1);
    let mut request = till.slice(4, 4).unwrap();
    request.runs[0].orphan = true;
    let answer = cloud.push(&request, &till.till_key());
    assert!(matches!(
        answer.runs[0].status,
        RunStatus::NeedParent { .. }
    ));
    assert_eq!(
        (cloud.log.len(), cloud.quarantine.len()),
        (0, 1),
        "kept aside"
    );
    cloud.push(&till.all(), &till.till_key());
    assert_eq!(cloud.settled.len(), 1, "and settled once the parent came");
}

#[test]
fn an_op_under_a_second_segment_is_a_duplicate_with_the_first_outcome() {
    let (mut till, mut cloud) = (ModelTill::new(1), ModelCloud::default());
    till.record(restock(product(1), 1));
    till.sell(product(1), 3);
    let first = cloud.push(&till.all(), &till.till_key());
    let negative = (Outcome::Conflict, Some(OutcomeCode::NegativeStock));
    assert_eq!(outcomes(&first)[1], negative);
    let before = cloud.stock.clone();

    let copy = till.segments[0].ops[1].clone();
    till.restart();
    till.record_bytes(copy.op_id, copy.bytes);
    let again = cloud.push(&till.slice(3, 3).unwrap(), &till.till_key());
    let result = &results(&again)[0];
    assert_eq!(result.outcome, Outcome::Duplicate);
    assert_eq!(result.code, Some(OutcomeCode::NegativeStock), "the first's");
    assert_eq!(result.conflict, results(&first)[1].conflict, "the first's");
    assert_eq!(cloud.stock, before, "effects are not repeated");
    assert!(
        cloud.log[&(till.segments[1].id, 3)].dup,
        "the place is recorded"
    );
}

#[test]
fn the_same_op_id_with_other_bytes_is_kept_and_raised() {
    let (mut till, mut cloud) = (ModelTill::new(1), ModelCloud::default());
    let op_id = till.record(sale(Uuid::from_u128(1), product(1), 1));
    let other = till.seal(op_id, sale(Uuid::from_u128(2), product(1), 9), Vec::new());
    till.record_bytes(op_id, other.clone());
    let answer = cloud.push(&till.all(), &till.till_key());
    assert_eq!(
        outcomes(&answer)[1],
        (Outcome::Parked, Some(OutcomeCode::OpIdReused))
    );
    let row = &cloud.log[&(till.segments[0].id, 2)];
    assert!(row.dup && row.bytes == other, "both byte strings are kept");
    assert_eq!(cloud.sales.len(), 1, "the first one counts");
    assert_eq!(cloud.conflicts.len(), 1, "and a person is told");
    let row = cloud.conflicts.values().next().unwrap();
    for side in [&row.mine, &row.theirs] {
        let side = side.as_ref().unwrap();
        assert_eq!(side.fields["receipt_number"], "B1-T1-1-AA", "both sides");
        assert_eq!(side.till, Some(till.identity.till), "from where");
    }
}

#[test]
fn what_cannot_be_read_is_recorded_and_parked_and_blocks_nothing() {
    let (mut till, mut cloud) = (ModelTill::new(1), ModelCloud::default());
    for number in 1..=500_u128 {
        if number == 250 {
            till.record_bytes(Uuid::nil(), b"{\"x\":1}".to_vec());
        } else {
            till.record(sale(Uuid::from_u128(number), product(1), 1));
        }
    }
    let bytes = till.seal(Uuid::from_u128(9), created(product(3), "x"), Vec::new());
    let text = String::from_utf8(bytes).unwrap();
    let future = text.replace("product_edited_v1", "product_edited_v7");
    till.record_bytes(Uuid::from_u128(9), future.into_bytes());
    let answer = cloud.push(&till.all(), &till.till_key());
    let all = outcomes(&answer);
    let accepted = all.iter().filter(|o| o.0 == Outcome::Accepted).count();
    assert_eq!(accepted, 499, "one bad op among 500: 499 arrive");
    let unreadable = Some(OutcomeCode::BodyUnreadable);
    assert_eq!(all[249], (Outcome::Parked, unreadable), "and it is kept");
    let unknown = Some(OutcomeCode::UnknownType);
    assert_eq!(all[500], (Outcome::Parked, unknown), "for an upgrade");
    assert_eq!(cloud.log.len(), 501, "every byte string is recorded");
}

#[test]
fn an_op_after_a_parked_one_is_parked_with_it() {
    let (mut till, mut cloud) = (ModelTill::new(1), ModelCloud::default());
    let bytes = till.seal(Uuid::from_u128(9), created(product(3), "x"), Vec::new());
    let text = String::from_utf8(bytes)
        .unwrap()
        .replace("edited_v1", "edited_v7");
    till.record_bytes(Uuid::from_u128(9), text.into_bytes());
    let dependent = sale(Uuid::from_u128(1), product(3), 1);
    till.record_after(dependent, vec![Uuid::from_u128(9)]);
    let answer = cloud.push(&till.all(), &till.till_key());
    assert_eq!(
        outcomes(&answer)[1],
        (Outcome::Parked, Some(OutcomeCode::DependsOnParked))
    );
}

#[test]
fn an_op_of_another_identity_is_parked() {
    let (mut till, mut cloud) = (ModelTill::new(1), ModelCloud::default());
    till.record(sale(Uuid::from_u128(1), product(1), 1));
    let mut born_elsewhere = till.clone();
    born_elsewhere.identity.branch = Uuid::from_u128(77);
    let body = sale(Uuid::from_u128(2), product(1), 1);
    let bytes = born_elsewhere.seal(Uuid::from_u128(8), body, Vec::new());
    till.record_bytes(Uuid::from_u128(8), bytes);
    let mut before_joining = till.clone();
    before_joining.identity.tenant = till.identity.genesis_tenant;
    before_joining.identity.branch = till.identity.genesis_branch;
    let body = sale(Uuid::from_u128(3), product(1), 1);
    let bytes = before_joining.seal(Uuid::from_u128(10), body, Vec::new());
    till.record_bytes(Uuid::from_u128(10), bytes);
    let answer = cloud.push(&till.all(), &till.till_key());
    assert_eq!(
        outcomes(&answer),
        [
            (Outcome::Accepted, None),
            (Outcome::Parked, Some(OutcomeCode::WrongIdentity)),
            (Outcome::Accepted, None),
        ],
        "its own names, now and at birth, and no other"
    );
}

#[test]
fn an_op_that_the_store_cannot_apply_is_parked_and_its_neighbours_are_not() {
    let (mut till, mut cloud) = (ModelTill::new(1), ModelCloud::default());
    till.sell(product(1), 1);
    let poison = till.record(sale(Uuid::from_u128(1), product(1), 1));
    till.sell(product(1), 1);
    cloud.fails_on.insert(poison);
    let answer = cloud.push(&till.all(), &till.till_key());
    assert_eq!(
        outcomes(&answer),
        [
            (Outcome::Accepted, None),
            (Outcome::Parked, Some(OutcomeCode::ApplyError)),
            (Outcome::Accepted, None)
        ]
    );
}
