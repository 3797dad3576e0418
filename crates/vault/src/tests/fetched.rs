//! Ops fetched back from the cloud: everything they did is back, once, and nobody is asked again.

use super::fixture::Till;
use super::places::{ALL, assert_chained, ids, remove_vault, to_send};
use crate::rows::{outbox, places, sales};
use crate::{Damage, Vault};

fn copy(till: &Till) -> Vec<(String, Vec<u8>)> {
    ["vault.db", "critical.journal"]
        .map(|name| (name.to_owned(), std::fs::read(till.path(name)).unwrap()))
        .into()
}

fn put_back(till: &Till, files: &[(String, Vec<u8>)]) {
    remove_vault(till);
    for (name, bytes) in files {
        std::fs::write(till.path(name), bytes).unwrap();
    }
}

#[test]
fn two_copies_of_one_disk_never_begin_the_same_segment() {
    let (till, _) = Till::with_sales(2);
    let disk = copy(&till);
    let newest = || {
        let (vault, _) = till.open();
        till.sell(&vault, 1);
        to_send(&vault).pop().unwrap()
    };
    let one = newest();
    put_back(&till, &disk);
    let two = newest();
    assert_eq!(one.seq, two.seq, "both go on at the same place");
    assert_ne!(
        one.segment, two.segment,
        "and nobody takes one for the other"
    );
}

#[test]
fn an_old_backup_gets_its_tail_back_with_everything_it_did_and_nobody_is_asked_again() {
    for sold_since in [0_u32, 2, 9] {
        let (till, _) = Till::with_sales(3);
        let backup = copy(&till);
        let mut lost = Vec::new();
        for _ in 0..2 {
            let (vault, _) = till.open();
            lost.extend((0..3).map(|_| till.sell(&vault, 2)));
        }
        let (vault, _) = till.open();
        let tail: Vec<_> = to_send(&vault)
            .into_iter()
            .filter(|op| op.seq > 3)
            .collect();
        let stock = |vault: &Vault| {
            let product = uuid::Uuid::from_u128(1_000);
            vault
                .read(|r| crate::rows::stock::on_hand_milli(r, product))
                .unwrap()
        };
        let stock_before = stock(&vault);
        drop(vault);
        put_back(&till, &backup);
        let (vault, _) = till.open();
        for _ in 0..sold_since {
            till.sell(&vault, 2);
        }
        let untold = vault.read(sales::count_untold).unwrap();
        let pages = tail.clone();
        let recovered = vault
            .transact(move |tx| {
                let mut all = places::Recovered::default();
                for page in pages.chunks(2) {
                    all.inserted += places::recover(tx, page)?.inserted;
                }
                Ok(all)
            })
            .unwrap();
        assert_eq!(recovered.inserted, 6);
        let again = tail.clone();
        let twice = vault
            .transact(move |tx| places::recover(tx, &again))
            .unwrap();
        assert_eq!((twice.inserted, twice.known), (0, 6), "nothing twice");
        for sale in &lost {
            let found = vault
                .read(|r| sales::by_id(r, sale.sale_id))
                .unwrap()
                .unwrap();
            assert_eq!(found.op_hash, sale.op_hash, "the same bytes");
        }
        assert_eq!(
            vault.read(sales::count_untold).unwrap(),
            untold,
            "told long ago"
        );
        assert_eq!(
            stock(&vault),
            stock_before - 1_000 * i64::from(sold_since),
            "stock follows"
        );
        let next = till.sell(&vault, 1);
        assert_eq!(
            next.seq,
            10.max(4 + u64::from(sold_since)),
            "on from the highest"
        );
        let sent = to_send(&vault);
        assert_eq!(
            sent.len(),
            10 + usize::try_from(sold_since).unwrap(),
            "every op once"
        );
        assert_chained(&vault, &sent);
        drop(vault);
        let (vault, report) = till.open();
        assert_eq!(
            (report.vault, report.journal),
            (Damage::None, Damage::None),
            "both whole"
        );
        assert_chained(&vault, &to_send(&vault));
        drop(vault);
        remove_vault(&till);
        let (vault, _) = till.open();
        assert_eq!(
            ids(&to_send(&vault))[..sent.len()],
            ids(&sent),
            "from the journal alone"
        );
        assert_chained(&vault, &to_send(&vault));
    }
}

#[test]
fn a_cart_paid_in_both_histories_is_kept_with_both_its_bytes_and_counted_once() {
    let (till, _) = Till::with_sales(3);
    let cart = till.cart(2);
    let backup = copy(&till);
    let (vault, _) = till.open();
    till.pay(&vault, &cart).unwrap();
    till.sell(&vault, 1);
    let tail: Vec<_> = to_send(&vault)
        .into_iter()
        .filter(|op| op.seq > 3)
        .collect();
    drop(vault);
    put_back(&till, &backup);
    let (vault, _) = till.open();
    till.pay(&vault, &cart).unwrap();
    let pages = tail.clone();
    let recovered = vault
        .transact(move |tx| places::recover(tx, &pages))
        .unwrap();
    assert_eq!(
        (recovered.inserted, recovered.placed),
        (1, 1),
        "the same op stands at two places"
    );
    let verified = vault.verify().unwrap();
    assert!(verified.all_good(), "{:?}", verified.trouble);
    assert_eq!(verified.counts.sales, 5, "three, the cart once, one more");
    let kept = vault
        .read(|r| outbox::ops_after(r, tail[0].segment, 3, 10, ALL))
        .unwrap();
    assert_eq!(kept, tail, "the bytes of the lost history are kept beside");
    drop(vault);
    remove_vault(&till);
    let (vault, _) = till.open();
    assert_eq!(
        vault.verify().unwrap().counts.sales,
        5,
        "from the journal alone too"
    );
}

#[test]
fn a_page_that_only_the_vault_holds_is_appended_to_the_journal_and_nothing_is_called_damaged() {
    let (till, _) = Till::with_sales(3);
    let backup = copy(&till);
    let tail: Vec<_> = {
        let (vault, _) = till.open();
        (0..3).for_each(|_| drop(till.sell(&vault, 2)));
        let all = to_send(&vault).into_iter();
        all.filter(|op| op.seq > 3).collect()
    };
    put_back(&till, &backup);
    let (vault, _) = till.open();
    till.sell(&vault, 1);
    // The power goes after the vault's flush and before the journal's.
    let journal = std::fs::read(till.journal()).unwrap();
    vault
        .transact(move |tx| places::recover(tx, &tail))
        .unwrap();
    drop(vault);
    std::fs::write(till.journal(), journal).unwrap();
    let (vault, report) = till.open();
    assert_eq!(report.journal, Damage::None, "{report:?}");
    assert_eq!(report.journaled_ops, 3, "{report:?}");
    assert!(vault.verify().unwrap().all_good(), "{:?}", vault.verify());
}
