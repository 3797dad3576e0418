//! What waits for the cloud is arithmetic over the cloud's own heads.

use protocol::outcome::OutcomeCode;
use protocol::wire::{CloudHead, OpResult};
use protocol::{Outcome, StoredOp};
use uuid::Uuid;

use super::fixture::Till;
use crate::Vault;
use crate::rows::{outbox, queue};

fn all_ops(vault: &Vault) -> Vec<StoredOp> {
    vault
        .read(|r| {
            let mut all = Vec::new();
            for head in outbox::own_heads(r, 100)? {
                all.extend(outbox::ops_after(r, head.segment, 0, 1_000, 1 << 30)?);
            }
            Ok(all)
        })
        .unwrap()
}

fn say_held(vault: &Vault, op: &StoredOp) {
    let head = CloudHead {
        segment: op.segment,
        seq: op.seq,
        chain: op.chain,
        secured: 0,
    };
    vault
        .transact(move |tx| outbox::store_heads(tx, &[head]))
        .unwrap();
}

#[test]
fn what_waits_follows_the_clouds_heads_over_all_segments() {
    let (till, _) = Till::with_sales(9);
    let (vault, _) = till.open();
    till.sell(&vault, 1);
    let ops = all_ops(&vault);
    assert_eq!(
        ops.iter().map(|op| op.seq).collect::<Vec<_>>(),
        (1..=10).collect::<Vec<_>>()
    );
    for (held, op) in (1_usize..).zip(&ops) {
        let before = vault.read(outbox::summary).unwrap();
        assert_eq!((before.sales_total, before.ops_total), (10, 10));
        say_held(&vault, op);
        let after = vault.read(outbox::summary).unwrap();
        assert_eq!(
            (after.sales_waiting, after.ops_waiting),
            (10 - held as u64, 10 - held as u64)
        );
        let waiting = vault.read(|r| outbox::waiting(r, 100)).unwrap();
        assert_eq!(
            waiting.first().map(|item| item.seq),
            ops.get(held).map(|op| op.seq)
        );
        assert_eq!(waiting.len(), 10 - held);
    }
    let open = vault.read(|r| outbox::own_heads(r, 100)).unwrap();
    assert_eq!(
        open.len(),
        1,
        "only the running segment is still asked about"
    );
}

#[test]
fn a_head_that_is_not_ours_is_not_believed() {
    let (till, _) = Till::with_sales(3);
    let (vault, _) = till.open();
    let mut op = all_ops(&vault)[1].clone();
    op.chain = protocol::ChainHash([7; 32]);
    say_held(&vault, &op);
    assert_eq!(vault.read(outbox::summary).unwrap().ops_waiting, 3);
}

#[test]
fn another_epoch_forgets_what_the_old_one_held() {
    let (till, _) = Till::with_sales(3);
    let (vault, _) = till.open();
    let ops = all_ops(&vault);
    say_held(&vault, &ops[2]);
    vault.transact(|tx| outbox::forget_heads(tx)).unwrap();
    assert_eq!(
        vault.read(outbox::summary).unwrap().ops_waiting,
        3,
        "everything is offered again"
    );
}

#[test]
fn a_batch_is_cut_by_count_and_by_bytes_and_never_empty() {
    let till = Till::new();
    let (vault, _) = till.open();
    for _ in 0..5 {
        till.sell(&vault, 2);
    }
    let segment = all_ops(&vault)[0].segment;
    let cut = |after, ops, bytes| {
        vault
            .read(|r| outbox::ops_after(r, segment, after, ops, bytes))
            .unwrap()
            .len()
    };
    assert_eq!(cut(0, 3, 1 << 20), 3, "by count");
    assert_eq!(cut(0, 100, 1), 1, "one op always, however large");
    assert_eq!(cut(4, 100, 1 << 20), 1, "the rest");
    assert_eq!(cut(5, 100, 1 << 20), 0, "nothing after the head");
}

#[test]
fn verdicts_that_need_a_person_are_kept_until_they_are_settled() {
    let (till, recorded) = Till::with_sales(3);
    let (vault, _) = till.open();
    let op = all_ops(&vault)[1].clone();
    let verdict = move |outcome| OpResult {
        seq: op.seq,
        op_id: op.op_id,
        outcome,
        code: None,
        conflict: None,
    };
    let segment = all_ops(&vault)[1].segment;
    let parked = verdict(Outcome::Parked);
    vault
        .transact(move |tx| outbox::store_outcomes(tx, segment, &[parked]))
        .unwrap();
    assert_eq!(vault.read(outbox::summary).unwrap().needs_person(), 1);
    let item = vault
        .read(|r| outbox::needing_person(r, 10))
        .unwrap()
        .remove(0);
    assert_eq!(item.number.as_deref(), Some(recorded[1].number.as_str()));
    let accepted = verdict(Outcome::Accepted);
    vault
        .transact(move |tx| outbox::store_outcomes(tx, segment, &[accepted]))
        .unwrap();
    assert_eq!(vault.read(outbox::summary).unwrap().needs_person(), 0);
}

#[test]
fn a_conflict_whose_first_reply_got_lost_is_still_shown() {
    let till = Till::new();
    let (vault, _) = till.open();
    let recorded: Vec<_> = (0..3).map(|_| till.sell(&vault, 1)).collect();
    let ops = all_ops(&vault);
    let segment = ops[0].segment;
    let conflict = Uuid::from_u128(7);
    let duplicate = |at: usize, code: Option<OutcomeCode>| OpResult {
        seq: ops[at].seq,
        op_id: ops[at].op_id,
        outcome: Outcome::Duplicate,
        code,
        conflict: code.map(|_| conflict),
    };
    // The answer to a second push; the one to the first never came.
    let second = [
        duplicate(0, None),
        duplicate(1, Some(OutcomeCode::NegativeStock)),
        duplicate(2, Some(OutcomeCode::UnknownType)),
    ];
    for _ in 0..2 {
        let second = second.clone();
        vault
            .transact(move |tx| outbox::store_outcomes(tx, segment, &second))
            .unwrap();
        let summary = vault.read(outbox::summary).unwrap();
        assert_eq!((summary.conflicts, summary.parked), (1, 1), "as at first");
    }
    let items = vault.read(|r| outbox::needing_person(r, 10)).unwrap();
    assert_eq!(items[0].outcome, Some(Outcome::Conflict));
    assert_eq!(items[0].code.as_deref(), Some("NEGATIVE_STOCK"));
    assert_eq!(items[0].conflict, Some(conflict), "with its conflict");
    assert_eq!(
        items[0].number.as_deref(),
        Some(recorded[1].number.as_str())
    );
    let settled = duplicate(1, None);
    vault
        .transact(move |tx| outbox::store_outcomes(tx, segment, &[settled]))
        .unwrap();
    let left = vault.read(outbox::summary).unwrap();
    assert_eq!(left.conflicts, 0, "a duplicate of an accepted op settles");
}

#[test]
fn the_queue_is_shown_newest_first_and_found_by_its_number() {
    let (till, _) = Till::with_sales(4);
    let (vault, _) = till.open();
    let ops = all_ops(&vault);
    say_held(&vault, &ops[0]);
    let page = |text: Option<&str>, before_seq, limit| {
        let query = queue::QueuePage {
            text,
            before_seq,
            limit,
        };
        vault.read(|r| queue::page(r, &query)).unwrap()
    };
    let seqs = |lines: &[queue::QueueLine]| lines.iter().map(|line| line.seq).collect::<Vec<_>>();
    let all = page(None, None, 10);
    assert_eq!(seqs(&all), [4, 3, 2], "what waits, the newest first");
    assert_eq!(seqs(&page(None, Some(3), 10)), [2], "a page goes on before");
    assert_eq!(seqs(&page(None, None, 1)), [4], "a page ends at its limit");
    let number = all[1].number.clone().unwrap();
    assert_eq!(
        seqs(&page(Some(&number), None, 10)),
        [3],
        "its receipt number finds it"
    );
    assert_eq!(
        page(Some("%"), None, 10),
        [],
        "a wild card is a letter like any other"
    );
    let first = vault
        .read(|r| queue::of_op(r, ops[0].op_id))
        .unwrap()
        .unwrap();
    assert_eq!(
        (first.seq, first.bytes),
        (1, ops[0].bytes.len() as u64),
        "an op that waits no more is still found by its id"
    );
}

#[test]
fn unsent_ops_of_a_kind_are_those_beyond_the_heads() {
    let (till, _) = Till::with_sales(3);
    let (vault, _) = till.open();
    let ops = all_ops(&vault);
    for held in &ops[..2] {
        say_held(&vault, held);
    }
    let unsent = |kind: &str| {
        let mut ids = Vec::new();
        vault
            .read(|r| queue::each_unsent(r, &[kind], |op| ids.push(op.op_id)))
            .unwrap();
        ids
    };
    assert_eq!(
        unsent("sale_recorded_v1"),
        [ops[2].op_id],
        "the third alone is not in the cloud"
    );
    assert!(unsent("price_set_v1").is_empty(), "and no price was set");
}
