//! Ops at later places: both media know them, each can be rebuilt from the other, nothing is counted
//! twice.

use protocol::stream::Parent;
use protocol::{SegmentId, StoredOp};

use super::fixture::Till;
use crate::rows::{outbox, places};
use crate::{Damage, Vault};

pub(super) const ALL: u64 = 1 << 40;

/// Everything that is to reach the cloud, segment by segment.
pub(super) fn to_send(vault: &Vault) -> Vec<StoredOp> {
    let read = |r: &crate::Reader| {
        let mut all = Vec::new();
        for head in outbox::own_heads(r, 1_000)? {
            all.extend(outbox::ops_after(r, head.segment, 0, 100_000, ALL)?);
        }
        Ok(all)
    };
    vault.read(read).unwrap()
}

fn parent(op: &StoredOp) -> Parent {
    Parent {
        segment: op.segment,
        seq: op.seq,
        chain: op.chain,
    }
}

pub(super) fn ids(ops: &[StoredOp]) -> Vec<uuid::Uuid> {
    let mut ids: Vec<_> = ops.iter().map(|op| op.op_id).collect();
    ids.sort();
    ids
}

/// Every op follows the one before it, or the parent of its segment, which goes before.
pub(super) fn assert_chained(vault: &Vault, ops: &[StoredOp]) {
    let mut known: Vec<_> = vec![Till::identity().genesis()];
    for op in ops {
        assert!(op.links(), "op {} hashes to its chain", op.seq);
        assert!(
            known.contains(&op.prev),
            "op {} follows one sent before",
            op.seq
        );
        known.push(op.chain);
    }
    assert!(vault.verify().unwrap().all_good(), "{:?}", vault.verify());
}

fn part(vault: &Vault, base: Option<Parent>, segment: SegmentId, after: u64) -> places::Moved {
    vault
        .transact(move |tx| places::reenvelope(tx, base, segment, after))
        .unwrap()
        .expect("there was something to move")
}

pub(super) fn remove_vault(till: &Till) {
    for name in ["vault.db", "vault.db-wal", "vault.db-shm"] {
        let _ = std::fs::remove_file(till.path(name));
    }
}

#[test]
fn ops_beyond_the_last_shared_one_take_a_fresh_segment_with_their_bytes_and_ids() {
    let (till, recorded) = Till::with_sales(9);
    let (vault, _) = till.open();
    let before = to_send(&vault);
    // The first segment holds three: the second one is shared, the rest is not.
    let base = parent(&before[1]);
    let moved = part(&vault, Some(base), base.segment, base.seq);
    assert_eq!(moved.ops, 7, "all behind it, in whatever segment");
    let after = to_send(&vault);
    assert_eq!(ids(&before), ids(&after), "the same ops");
    for op in &after {
        let was = before.iter().find(|was| was.op_id == op.op_id).unwrap();
        assert_eq!(was.bytes, op.bytes, "byte for byte");
        let expected = if was.seq <= 2 {
            base.segment
        } else {
            moved.segment
        };
        assert_eq!(op.segment, expected);
    }
    assert_chained(&vault, &after);
    let summary = vault.read(outbox::summary).unwrap();
    assert_eq!(
        (summary.ops_waiting, summary.sales_waiting),
        (9, 9),
        "nothing counted twice"
    );
    assert_eq!(vault.read(|r| outbox::waiting(r, 100)).unwrap().len(), 9);
    let next = till.sell(&vault, 1);
    assert_eq!(next.seq, 10, "no number is used again");
    let after = to_send(&vault);
    assert_eq!(
        after.last().unwrap().segment,
        moved.segment,
        "new ones go on behind them"
    );
    assert_chained(&vault, &after);
    let verified = vault.verify().unwrap();
    assert_eq!(verified.counts.sales, recorded.len() as u64 + 1);
}

#[test]
fn later_places_survive_the_loss_of_either_medium() {
    let (till, _) = Till::with_sales(9);
    let (vault, _) = till.open();
    let before = to_send(&vault);
    let base = parent(&before[4]);
    part(&vault, Some(base), base.segment, base.seq);
    till.sell(&vault, 2);
    let expected = to_send(&vault);
    drop(vault);
    for step in [
        "as it is",
        "without the vault",
        "without the journal",
        "without the vault again",
    ] {
        match step {
            "as it is" => {}
            "without the journal" => std::fs::remove_file(till.journal()).unwrap(),
            _ => remove_vault(&till),
        }
        let (vault, report) = till.open();
        let sent = to_send(&vault);
        let known: Vec<_> = sent.iter().take(expected.len()).cloned().collect();
        assert_eq!(
            known, expected,
            "{step}: every op at its place ({report:?})"
        );
        assert_chained(&vault, &sent);
        till.sell(&vault, 1);
        assert_chained(&vault, &to_send(&vault));
    }
}

#[test]
fn a_fork_twice_over_and_a_restart_between_still_gives_one_stream() {
    let (till, _) = Till::with_sales(6);
    let (vault, _) = till.open();
    let before = to_send(&vault);
    let base = parent(&before[2]);
    let first = part(&vault, Some(base), base.segment, base.seq);
    drop(vault);
    let (vault, _) = till.open();
    till.sell(&vault, 1);
    let now = to_send(&vault);
    let inside = now.iter().find(|op| op.segment == first.segment).unwrap();
    let base = parent(inside);
    let second = part(&vault, Some(base), base.segment, base.seq);
    assert_eq!(
        second.ops, 3,
        "the rest of the fresh segment and the sale after the restart"
    );
    till.sell(&vault, 1);
    let sent = to_send(&vault);
    assert_eq!(sent.len(), 8, "each once");
    assert_chained(&vault, &sent);
    drop(vault);
    remove_vault(&till);
    let (vault, _) = till.open();
    assert_eq!(to_send(&vault)[..8], sent, "and from the journal alone");
    assert_chained(&vault, &to_send(&vault));
}

#[test]
fn the_clouds_heads_are_believed_at_later_places_too() {
    let (till, _) = Till::with_sales(6);
    let (vault, _) = till.open();
    let base = parent(&to_send(&vault)[0]);
    part(&vault, Some(base), base.segment, base.seq);
    let ops = to_send(&vault);
    for (held, op) in (1_u64..).zip(&ops) {
        let head = protocol::wire::CloudHead {
            segment: op.segment,
            seq: op.seq,
            chain: op.chain,
            secured: 0,
        };
        vault
            .transact(move |tx| outbox::store_heads(tx, &[head]))
            .unwrap();
        let summary = vault.read(outbox::summary).unwrap();
        assert_eq!(
            (summary.ops_waiting, summary.sales_waiting),
            (6 - held, 6 - held),
            "after {held}"
        );
    }
}

#[test]
fn what_lies_beyond_lost_numbers_hangs_on_what_lies_before() {
    let (till, _) = Till::with_sales(9);
    let (vault, _) = till.open();
    let ops = to_send(&vault);
    drop(vault);
    // Both media lose op 5: the middle of the second segment.
    till.raw()
        .execute_batch(
            "DELETE FROM op WHERE op_no = 5 * 256; DELETE FROM sale WHERE op_no = 5 * 256;",
        )
        .unwrap();
    lose_in_journal(&till, 5);
    let (vault, report) = till.open();
    assert_eq!(report.missing, [(5, 5)], "named");
    let base = parent(&ops[3]);
    let moved = part(&vault, Some(base), base.segment, base.seq);
    assert_eq!(moved.ops, 5, "6 to 9 and the incident");
    let sent = to_send(&vault);
    assert_chained(&vault, &sent);
    let seqs: Vec<_> = sent.iter().map(|op| op.seq).collect();
    assert_eq!(seqs, (1..=9).collect::<Vec<_>>(), "gapless for the cloud");
    for _ in 0..3 {
        till.sell(&vault, 1);
    }
    let sent = to_send(&vault);
    assert_chained(&vault, &sent);
    drop(vault);
    let (vault, report) = till.open();
    assert_eq!(
        (report.vault, report.journal),
        (Damage::None, Damage::None),
        "both whole"
    );
    till.sell(&vault, 1);
    assert_chained(&vault, &to_send(&vault));
    drop(vault);
    remove_vault(&till);
    let (vault, _) = till.open();
    assert_eq!(
        to_send(&vault)[..sent.len()],
        sent,
        "from the journal alone"
    );
    assert_chained(&vault, &to_send(&vault));
}

fn lose_in_journal(till: &Till, seq: u64) {
    let (mut from, mut until) = (0, 0);
    let key = crate::VaultKey::new(super::fixture::KEY).journal_key();
    journal::read(&till.journal(), &key, |entry, next| {
        if matches!(&entry, journal::Entry::Op(op) if op.seq == seq) {
            until = next;
        } else if until == 0 {
            from = next;
        }
        std::ops::ControlFlow::Continue(())
    })
    .unwrap();
    assert!(from < until, "op {seq} lies between {from} and {until}");
    let mut bytes = std::fs::read(till.journal()).unwrap();
    bytes[usize::try_from(until).unwrap() - 10] ^= 0x40;
    std::fs::write(till.journal(), bytes).unwrap();
}

#[test]
fn a_note_that_one_medium_lost_is_told_again_by_the_other() {
    let (till, _) = Till::with_sales(6);
    let journal_before = std::fs::read(till.journal()).unwrap();
    let vault_before = std::fs::read(till.path("vault.db")).unwrap();
    let (vault, _) = till.open();
    let base = parent(&to_send(&vault)[2]);
    part(&vault, Some(base), base.segment, base.seq);
    let expected = to_send(&vault);
    drop(vault);
    // The journal's flush was lost with the power: the vault alone knows.
    std::fs::write(till.journal(), &journal_before).unwrap();
    let (vault, _) = till.open();
    assert!(vault.verify().unwrap().all_good(), "{:?}", vault.verify());
    drop(vault);
    remove_vault(&till);
    let (vault, _) = till.open();
    assert_eq!(to_send(&vault)[..6], expected, "the journal was told again");
    drop(vault);
    // The vault's commit was lost: the journal alone knows.
    remove_vault(&till);
    std::fs::write(till.path("vault.db"), vault_before).unwrap();
    let (vault, report) = till.open();
    assert_eq!(report.vault, Damage::None, "an older vault is no damage");
    assert_eq!(to_send(&vault)[..6], expected, "the vault was told again");
    till.sell(&vault, 1);
    assert_chained(&vault, &to_send(&vault));
}

#[test]
fn a_segment_that_another_went_on_with_is_held_up_to_where_they_parted() {
    let (till, _) = Till::with_sales(6);
    let (vault, _) = till.open();
    let base = parent(&to_send(&vault)[0]);
    part(&vault, Some(base), base.segment, base.seq);
    let theirs = protocol::wire::CloudHead {
        segment: base.segment,
        seq: 9,
        chain: protocol::ChainHash([7; 32]),
        secured: 0,
    };
    vault
        .transact(move |tx| outbox::store_heads(tx, &[theirs]))
        .unwrap();
    let summary = vault.read(outbox::summary).unwrap();
    assert_eq!(
        summary.ops_waiting, 5,
        "the shared one waits no more, the rest does"
    );
}
