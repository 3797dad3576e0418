//! Each medium damaged in turn: nothing recorded is lost while the other has it, what both lack is
//! named, and the till sells on.

use std::path::Path;

use super::fixture::Till;
use crate::rows::sales::{self, RecordedSale, SaleFact};
use crate::rows::{operators, settings};
use crate::{Damage, StartReport, Vault};

fn flip(path: &Path, at: u64) {
    let mut bytes = std::fs::read(path).unwrap();
    let at = usize::try_from(at).unwrap();
    bytes[at] ^= 0x40;
    std::fs::write(path, bytes).unwrap();
}

fn end_of_journal(till: &Till) -> u64 {
    let bytes = std::fs::read(till.journal()).unwrap();
    bytes.iter().rposition(|byte| *byte != 0).unwrap() as u64 + 1
}

/// Opens, checks that every sale is there once and everything verifies, sells one more.
fn healed(till: &Till, recorded: &[RecordedSale]) -> StartReport {
    let (vault, report) = till.open();
    expect_sales(&vault, recorded);
    till.sell(&vault, 2);
    let verified = vault.verify().unwrap();
    assert!(verified.all_good(), "{:?}", verified.trouble);
    assert_eq!(
        verified.counts.sales,
        recorded.len() as u64 + 1,
        "each once, and one more"
    );
    drop(vault);
    let (vault, again) = till.open();
    assert_eq!(again.vault, Damage::None, "mended for good");
    assert_eq!(again.journal, Damage::None, "mended for good");
    assert!(vault.verify().unwrap().all_good());
    report
}

fn expect_sales(vault: &Vault, recorded: &[RecordedSale]) {
    for sale in recorded {
        let found = vault.read(|r| sales::by_id(r, sale.sale_id)).unwrap();
        let found = found.unwrap_or_else(|| panic!("sale {} is lost", sale.number));
        assert_eq!(found.op_hash, sale.op_hash, "the same bytes");
        assert_eq!(found.row.number, sale.number, "the same number");
        assert!(matches!(found.fact, SaleFact::Sale(_)));
    }
}

#[test]
fn a_journal_cut_at_any_record_is_filled_again_from_the_vault() {
    let (till, recorded) = Till::with_sales(9);
    let end = end_of_journal(&till);
    let whole = std::fs::read(till.journal()).unwrap();
    for cut in [64, 65, end / 2, end - 40, end - 1] {
        std::fs::write(till.journal(), &whole[..usize::try_from(cut).unwrap()]).unwrap();
        let report = {
            let (vault, report) = till.open();
            expect_sales(&vault, &recorded);
            assert!(vault.verify().unwrap().all_good(), "cut at {cut}");
            report
        };
        assert_eq!(report.vault, Damage::None);
        assert!(
            report.journaled_ops > 0 || report.journal.is_some(),
            "what was cut at {cut} was written again: {report:?}"
        );
    }
}

#[test]
fn a_missing_journal_is_written_anew() {
    let (till, recorded) = Till::with_sales(6);
    std::fs::remove_file(till.journal()).unwrap();
    let report = healed(&till, &recorded);
    assert!(report.journal.is_some(), "{report:?}");
}

#[test]
fn a_journal_broken_in_the_middle_is_set_aside_and_written_anew() {
    let (till, recorded) = Till::with_sales(9);
    flip(&till.journal(), end_of_journal(&till) / 2);
    let report = healed(&till, &recorded);
    assert!(report.journal.is_some(), "{report:?}");
    assert!(report.set_aside[0].exists(), "the broken one is kept");
}

#[test]
fn a_journal_without_a_readable_header_is_set_aside() {
    let (till, recorded) = Till::with_sales(4);
    flip(&till.journal(), 3);
    let report = healed(&till, &recorded);
    assert!(report.journal.is_some(), "{report:?}");
}

#[test]
fn a_missing_vault_is_rebuilt_from_the_journal_with_people_and_settings() {
    let (till, recorded) = Till::with_sales(6);
    let operator = operators::Operator {
        operator_id: till.id(),
        name: "Ada".into(),
        role: domain::Role::Manager,
        pin_hash: "$argon2id$x".into(),
        active: true,
        from_cloud: false,
    };
    let kept = operator.clone();
    let (vault, _) = till.open();
    vault
        .transact(move |tx| {
            operators::put(tx, &kept)?;
            settings::put(tx, "number_prefix", &"LDN-1")
        })
        .unwrap();
    drop(vault);
    for name in ["vault.db", "vault.db-wal", "vault.db-shm"] {
        let _ = std::fs::remove_file(till.path(name));
    }
    let report = healed(&till, &recorded);
    assert!(report.vault.is_some(), "{report:?}");
    let (vault, _) = till.open();
    assert_eq!(
        vault.read(operators::list).unwrap(),
        [operator],
        "people can sign in"
    );
    let prefix: Option<String> = vault.read(|r| settings::get(r, "number_prefix")).unwrap();
    assert_eq!(prefix.as_deref(), Some("LDN-1"), "settings are there");
}

#[test]
fn an_old_vault_put_back_gets_its_later_sales_from_the_journal_untold() {
    let till = Till::new();
    let (vault, _) = till.open();
    let mut recorded = vec![till.sell(&vault, 1)];
    drop(vault);
    let old = std::fs::read(till.path("vault.db")).unwrap();
    let (vault, _) = till.open();
    let told = recorded[0].sale_id;
    vault.transact(move |tx| sales::told(tx, told)).unwrap();
    recorded.extend((0..4).map(|_| till.sell(&vault, 2)));
    drop(vault);
    std::fs::write(till.path("vault.db"), old).unwrap();
    let _ = std::fs::remove_file(till.path("vault.db-wal"));
    let report = healed(&till, &recorded);
    assert_eq!(
        report.recovered_ops, 4,
        "what the vault lacked was inserted"
    );
    assert_eq!(
        (report.vault, report.untold),
        (Damage::None, 5),
        "as recorded, not told"
    );
}

#[test]
fn damaged_pages_of_the_vault_are_noticed_and_it_is_rebuilt() {
    for page in [0, 1, 3, 8, 15] {
        let (till, recorded) = Till::with_sales(9);
        flip(&till.path("vault.db"), page * 4096 + 2_000);
        let (vault, report) = till.open();
        expect_sales(&vault, &recorded);
        let verified = vault.verify().unwrap();
        assert!(verified.all_good(), "page {page}: {:?}", verified.trouble);
        assert!(report.vault.is_some(), "page {page}: {report:?}");
        assert!(
            report.set_aside.iter().all(|path| path.exists()),
            "the damaged file is kept"
        );
    }
}

#[test]
fn rows_that_vanish_past_all_doors_come_back_from_the_journal() {
    let statements = [
        "DELETE FROM sale_line WHERE op_no = 512",
        "DELETE FROM op WHERE op_no = 768",
        "DELETE FROM sale",
        "UPDATE op SET bytes = x'7b7d' WHERE op_no = 512",
        "UPDATE stock_movement SET delta_milli = 5 WHERE op_no = 256",
        "UPDATE tender SET amount_minor = amount_minor + 1 WHERE op_no = 256",
        "UPDATE head SET sales = 99",
        "UPDATE head SET seq = 2",
        "DELETE FROM head",
        "DELETE FROM segment",
    ];
    for sql in statements {
        let (till, recorded) = Till::with_sales(6);
        till.raw().execute_batch(sql).unwrap();
        let (vault, report) = till.open();
        expect_sales(&vault, &recorded);
        let verified = vault.verify().unwrap();
        assert!(verified.all_good(), "{sql}: {:?}", verified.trouble);
        assert!(report.vault.is_some(), "{sql} must be noticed: {report:?}");
    }
}

#[test]
fn verify_finds_what_a_start_of_a_large_vault_would_not() {
    let (till, _) = Till::with_sales(6);
    let (vault, _) = till.open();
    till.raw()
        .execute_batch("DELETE FROM sale_line WHERE op_no = 512")
        .unwrap();
    let verified = vault.verify().unwrap();
    assert!(
        !verified.rows_ok && verified.chain_ok,
        "{:?}",
        verified.trouble
    );
    till.raw()
        .execute_batch("UPDATE op SET bytes = x'7b7d' WHERE op_no = 512")
        .unwrap();
    let verified = vault.verify().unwrap();
    assert!(
        !verified.chain_ok && !verified.journal_equals_vault,
        "{:?}",
        verified.trouble
    );
}

#[test]
fn what_both_media_lost_is_named_by_number_and_the_rest_is_recovered() {
    let (till, recorded) = Till::with_sales(9);
    // The vault loses op 4, the journal the record that holds it and perhaps a neighbour.
    till.raw()
        .execute_batch("UPDATE op SET bytes = x'7b7d' WHERE op_no = 4 * 256")
        .unwrap();
    let marker = till.path("offsets");
    std::fs::write(&marker, "").unwrap();
    let (mut from, mut until) = (0, 0);
    let key = crate::VaultKey::new(super::fixture::KEY).journal_key();
    journal::read(&till.journal(), &key, |entry, next| {
        if matches!(&entry, journal::Entry::Op(op) if op.seq == 4) {
            until = next;
        } else if until == 0 {
            from = next;
        }
        std::ops::ControlFlow::Continue(())
    })
    .unwrap();
    assert!(from < until, "op 4 lies between {from} and {until}");
    flip(&till.journal(), until - 10);
    let (vault, report) = till.open();
    assert_eq!(report.missing, [(4, 4)], "named by number: {report:?}");
    assert!(
        report.vault.is_some() && report.journal.is_some(),
        "{report:?}"
    );
    let rest: Vec<_> = recorded.into_iter().filter(|sale| sale.seq != 4).collect();
    expect_sales(&vault, &rest);
    let next = till.sell(&vault, 1);
    assert_eq!(
        next.seq, 11,
        "9 sales, the incident, and the next: no number is used again"
    );
    let verified = vault.verify().unwrap();
    assert!(verified.all_good(), "{:?}", verified.trouble);
    assert_eq!(verified.missing, [(4, 4)]);
}

#[test]
fn an_incident_tells_head_office_what_was_mended() {
    let (till, _) = Till::with_sales(3);
    std::fs::remove_file(till.journal()).unwrap();
    let (vault, _) = till.open();
    let heads = vault.read(|r| crate::outbox::own_heads(r, 10)).unwrap();
    let last = heads.last().unwrap();
    let ops = vault
        .read(|r| crate::outbox::ops_after(r, last.segment, 3, 10, 1 << 20))
        .unwrap();
    let envelope = protocol::Envelope::read(&ops[0].bytes).unwrap();
    assert_eq!(envelope.body.kind(), "till_incident_v1");
}

#[test]
fn an_interrupted_rebuild_is_finished_at_the_next_start() {
    let (till, recorded) = Till::with_sales(3);
    std::fs::rename(till.path("vault.db"), till.path("vault.db.ready")).unwrap();
    std::fs::write(till.path("vault.db.new"), "half written").unwrap();
    healed(&till, &recorded);
}
