//! The two media against a set: whatever prefix of each survives, the union is there afterwards.

use std::collections::BTreeSet;
use std::path::Path;

use proptest::prelude::*;

use super::fixture::Till;
use crate::Vault;
use crate::rows::sales;

/// A till whose folder was copied after each sale.
struct History {
    till: Till,
    copies: Vec<tempfile::TempDir>,
    sales: Vec<uuid::Uuid>,
}

fn history(count: usize) -> History {
    let till = Till::new();
    let mut copies = Vec::new();
    let mut sales = Vec::new();
    for nth in 0..=count {
        let (vault, _) = till.open();
        if nth > 0 {
            sales.push(till.sell(&vault, 1).sale_id);
        }
        drop(vault);
        let copy = tempfile::tempdir().unwrap();
        for name in ["vault.db", "critical.journal", "key.check"] {
            std::fs::copy(till.path(name), copy.path().join(name)).unwrap();
        }
        copies.push(copy);
    }
    History {
        till,
        copies,
        sales,
    }
}

fn present(vault: &Vault, all: &[uuid::Uuid]) -> BTreeSet<usize> {
    let there = |id: &uuid::Uuid| vault.read(|r| sales::by_id(r, *id)).unwrap().is_some();
    (0..all.len()).filter(|nth| there(&all[*nth])).collect()
}

fn put(from: &Path, to: &Path, name: &str) {
    std::fs::copy(from.join(name), to.join(name)).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_union_of_what_survived_is_there_and_verifies(
        vault_at in 0_usize..=6, journal_at in 0_usize..=6, cut in 0_u64..4_000,
    ) {
        let history = history(6);
        let place = tempfile::tempdir().unwrap();
        put(history.copies[vault_at].path(), place.path(), "vault.db");
        put(history.copies[vault_at].path(), place.path(), "key.check");
        put(history.copies[journal_at].path(), place.path(), "critical.journal");
        // Cut the journal anywhere behind its header and see which ops survive whole.
        let path = place.path().join("critical.journal");
        let bytes = std::fs::read(&path).unwrap();
        let end = bytes.iter().rposition(|b| *b != 0).map_or(64, |last| last + 1).max(64);
        let keep = end.saturating_sub(usize::try_from(cut).unwrap()).max(64);
        std::fs::write(&path, &bytes[..keep]).unwrap();
        let mut in_journal = 0;
        let key = crate::VaultKey::new(super::fixture::KEY).journal_key();
        journal::read(&path, &key, |entry, _| {
            in_journal += usize::from(matches!(entry, journal::Entry::Op(_)));
            std::ops::ControlFlow::Continue(())
        }).unwrap();

        let (vault, report) = Vault::open(history.till.settings_in(place.path())).unwrap();
        let expected: BTreeSet<usize> = (0..vault_at.max(in_journal)).collect();
        prop_assert_eq!(present(&vault, &history.sales), expected, "vault {} journal {}", vault_at, in_journal);
        prop_assert_eq!(report.recovered_ops, in_journal.saturating_sub(vault_at) as u64);
        history.till.sell(&vault, 1);
        let verified = vault.verify().unwrap();
        prop_assert!(verified.all_good(), "{:?}", verified.trouble);
    }
}
