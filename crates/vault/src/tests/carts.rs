//! The open cart survives a kill after every change.

use std::path::Path;

use domain::{CartChange, CartTouched};
use protocol::OpDraft;
use protocol::body::{CartVoidedV1, OpBody};

use super::fixture::{Till, line};
use crate::rows::cart;
use crate::{Vault, VaultError};

/// The folder as a power cut would leave it: copied while the program runs.
fn as_after_a_cut(from: &Path, to: &Path) {
    for name in ["vault.db", "vault.db-wal", "critical.journal", "key.check"] {
        if from.join(name).exists() {
            std::fs::copy(from.join(name), to.join(name)).unwrap();
        }
    }
}

#[test]
fn every_scan_survives_a_kill() {
    let till = Till::new();
    let (vault, _) = till.open();
    let rules = Till::rules();
    let mut open = till.empty_cart();
    let stored = open.clone();
    vault.transact(move |tx| cart::insert(tx, &stored)).unwrap();
    let tender = till.cash(900);
    let changes = [
        CartChange::AddLine(line(1)),
        CartChange::AddLine(line(2)),
        CartChange::SetQuantity {
            line_no: 1,
            quantity_milli: 3_000,
        },
        CartChange::VoidLine { line_no: 2 },
        CartChange::AddTender(tender.clone()),
        CartChange::RemoveTender {
            tender_id: tender.tender_id,
        },
    ];
    for change in changes {
        let touched: CartTouched = open.apply(change, &rules).unwrap();
        let now = open.clone();
        vault
            .transact(move |tx| cart::touch(tx, &now, touched))
            .unwrap();
        let copy = tempfile::tempdir().unwrap();
        as_after_a_cut(till.dir.path(), copy.path());
        let (after, _) = Vault::open(till.settings_in(copy.path())).unwrap();
        let back = after.read(cart::load).unwrap();
        assert_eq!(
            back.as_ref(),
            Some(&open),
            "the same cart, with the same ids, after {touched:?}"
        );
    }
}

#[test]
fn a_second_open_cart_is_refused() {
    let till = Till::new();
    let (vault, _) = till.open();
    let (one, two) = (till.empty_cart(), till.empty_cart());
    vault.transact(move |tx| cart::insert(tx, &one)).unwrap();
    let refused = vault.transact(move |tx| cart::insert(tx, &two));
    assert!(
        matches!(refused, Err(VaultError::Exists { .. })),
        "{refused:?}"
    );
}

#[test]
fn a_change_writes_one_row_whatever_the_carts_length() {
    let till = Till::new();
    let (vault, _) = till.open();
    let mut open = till.cart(1_114);
    let tender = open.tenders[0].tender_id;
    open.apply(
        CartChange::RemoveTender { tender_id: tender },
        &Till::rules(),
    )
    .unwrap();
    let stored = open.clone();
    vault.transact(move |tx| cart::insert(tx, &stored)).unwrap();
    let touched = open
        .apply(CartChange::AddLine(line(5)), &Till::rules())
        .unwrap();
    let changed = vault
        .transact(move |tx| {
            use crate::reads::sealed::Db;
            let before = tx.db().total_changes();
            cart::touch(tx, &open, touched)?;
            Ok(tx.db().total_changes() - before)
        })
        .unwrap();
    assert_eq!(changed, 1, "the 1,115th line costs what the first did");
}

#[test]
fn a_recorded_sale_comes_back_after_a_cut_and_its_cart_does_not() {
    let till = Till::new();
    let (vault, _) = till.open();
    let open = till.cart(2);
    let stored = open.clone();
    vault.transact(move |tx| cart::insert(tx, &stored)).unwrap();
    let recorded = till.pay(&vault, &open).unwrap();
    let copy = tempfile::tempdir().unwrap();
    as_after_a_cut(till.dir.path(), copy.path());
    let (after, report) = Vault::open(till.settings_in(copy.path())).unwrap();
    assert_eq!(report.untold, 1, "recorded, not told");
    assert_eq!(
        after.read(cart::load).unwrap(),
        None,
        "a paid sale is not shown as open"
    );
    let again = till.pay(&after, &open).unwrap();
    assert_eq!(
        (again.already, again.number),
        (true, recorded.number),
        "paying again is the same op"
    );
    assert!(after.verify().unwrap().all_good());
}

#[test]
fn a_cart_that_was_voided_in_the_journal_alone_is_not_open_after_the_start() {
    let till = Till::new();
    let (vault, _) = till.open();
    let open = till.cart(2);
    let stored = open.clone();
    vault.transact(move |tx| cart::insert(tx, &stored)).unwrap();
    drop(vault);
    let before = std::fs::read(till.path("vault.db")).unwrap();
    let (vault, _) = till.open();
    let recording = Till::recording(open.op_id);
    let voided = OpDraft {
        op_id: recording.op_id,
        actor: recording.actor,
        shift: recording.shift,
        business_date: recording.business_date,
        after: Vec::new(),
        base: Vec::new(),
        body: OpBody::CartVoidedV1(CartVoidedV1 {
            sale_id: open.sale_id,
            operator_id: open.operator_id,
            lines: 2,
            gross_minor: 0,
            voided_at_ms: 1,
        }),
    };
    let given_up = open.sale_id;
    vault
        .transact(move |tx| {
            tx.append_op(|_| voided)?;
            cart::clear(tx, given_up)
        })
        .unwrap();
    drop(vault);
    std::fs::write(till.path("vault.db"), before).unwrap();
    let _ = std::fs::remove_file(till.path("vault.db-wal"));
    let (after, report) = till.open();
    assert_eq!(report.recovered_ops, 1, "the journal had flushed it");
    assert_eq!(
        after.read(cart::load).unwrap(),
        None,
        "a cart whose op is taken could neither be voided nor be paid"
    );
    till.sell(&after, 1);
    assert!(after.verify().unwrap().all_good());
}
