//! One process, this key, this version, enough room, a disk that works: or a clear refusal.

use std::sync::atomic::Ordering;

use super::fixture::Till;
use crate::rows::{cart, tally};
use crate::{Damage, LIMITS, OpenVault, VaultError, VaultKey};

#[test]
fn a_second_process_is_refused_and_told_which_one_has_it() {
    let till = Till::new();
    let (_vault, _) = till.open();
    let refused = till.try_open().err();
    let own = std::process::id();
    assert!(
        matches!(refused, Some(VaultError::InUse { pid: Some(pid) }) if pid == own),
        "{refused:?}"
    );
}

#[test]
fn a_wrong_key_is_refused_and_nothing_is_set_aside() {
    let (till, _) = Till::with_sales(2);
    let wrong = OpenVault {
        key: VaultKey::new([1; 32]),
        ..till.settings()
    };
    let refused = crate::Vault::open(wrong).err();
    assert!(
        matches!(refused, Some(VaultError::KeyWrong { .. })),
        "{refused:?}"
    );
    assert!(
        !till.path("quarantine").exists(),
        "a wrong key is no damage"
    );
    assert_eq!(till.open().1.untold, 2, "the right key still opens it");
}

#[test]
fn a_vault_that_cannot_be_opened_just_now_is_left_as_it_is() {
    let (till, _) = Till::with_sales(2);
    let in_the_way = till.path("vault.db-wal");
    std::fs::create_dir(&in_the_way).unwrap();
    let refused = till.try_open().err();
    assert!(matches!(refused, Some(VaultError::Sql(_))), "{refused:?}");
    assert!(
        !till.path("quarantine").exists(),
        "what passes is no damage"
    );
    std::fs::remove_dir(&in_the_way).unwrap();
    let report = till.open().1;
    assert_eq!(
        (report.vault, report.untold),
        (Damage::None, 2),
        "the same vault opens once it can"
    );
}

#[test]
fn a_folder_without_a_till_is_not_made_into_one_by_accident() {
    let till = Till::new();
    let nobody = OpenVault {
        identity: None,
        ..till.settings()
    };
    let refused = crate::Vault::open(nobody).err();
    assert!(
        matches!(refused, Some(VaultError::NotSetUp { .. })),
        "{refused:?}"
    );
}

#[test]
fn a_vault_of_a_newer_program_is_refused_by_version() {
    let (till, _) = Till::with_sales(1);
    till.raw()
        .execute_batch(
            "INSERT INTO refinery_schema_history (version, name, applied_on, checksum)
             VALUES (99, 'later', '', '')",
        )
        .unwrap();
    let refused = till.try_open().err();
    assert!(
        matches!(refused, Some(VaultError::Newer { found: 99, .. })),
        "{refused:?}"
    );
    let words = refused
        .map(|refused| refused.to_string())
        .unwrap_or_default();
    assert!(
        words.contains("version 99") && words.contains("install the newer program"),
        "what is to be done: {words}"
    );
    for made in ["quarantine", "backup"] {
        assert!(!till.path(made).exists(), "nothing is set aside or copied");
    }
    till.raw()
        .execute_batch("DELETE FROM refinery_schema_history WHERE version = 99")
        .unwrap();
    let report = till.open().1;
    assert_eq!(
        (report.vault, report.untold),
        (Damage::None, 1),
        "and it is as it was"
    );
}

#[test]
fn a_nearly_full_disk_refuses_the_new_cart_and_not_the_open_sale() {
    let till = Till::new();
    let (vault, _) = till.open();
    assert!(
        vault.health().reserve_kept,
        "a reserve is kept while there is room"
    );
    let open = till.cart(1);
    let stored = open.clone();
    vault.transact(move |tx| cart::insert(tx, &stored)).unwrap();
    till.space
        .0
        .store(LIMITS.open_sale_bytes + 1, Ordering::Relaxed);
    assert!(!vault.health().takes_new_carts);
    till.pay(&vault, &open).expect("the open sale is finished");
    let next = till.empty_cart();
    let refused = vault.transact(move |tx| cart::insert(tx, &next));
    assert!(
        matches!(refused, Err(VaultError::DiskFull { .. })),
        "{refused:?}"
    );
}

#[test]
fn the_reserve_is_given_up_when_room_runs_out() {
    let till = Till::new();
    let (vault, _) = till.open();
    let reserve = till.path("reserve.bin");
    assert_eq!(reserve.metadata().unwrap().len(), LIMITS.reserve_bytes);
    till.space
        .0
        .store(LIMITS.open_sale_bytes - 1, Ordering::Relaxed);
    let open = till.cart(1);
    let refused = till.pay(&vault, &open);
    assert!(!reserve.exists(), "its room is free now");
    assert!(
        matches!(refused, Err(VaultError::DiskFull { .. })),
        "this disk stays full even so: refused before anything was written"
    );
    till.space.0.store(1 << 40, Ordering::Relaxed);
    assert_eq!(
        till.pay(&vault, &open).unwrap().seq,
        1,
        "with room the same cart is paid"
    );
}

#[test]
fn after_a_failed_commit_nothing_is_taken_until_a_restart_and_the_sale_is_there_then() {
    let till = Till::new();
    let (vault, _) = till.open();
    till.sell(&vault, 1);
    let open = till.cart(2);
    let (sale, recording) = (till.sale_of(&open), Till::recording(open.op_id));
    let failed = vault.transact(move |tx| {
        use crate::reads::sealed::Db;
        let recorded = crate::sales::record_sale(tx, &sale, &recording)?;
        // Every statement is fine and the commit itself fails.
        tx.db()
            .execute_batch("PRAGMA defer_foreign_keys = ON; INSERT INTO untold VALUES (99999)")?;
        Ok(recorded)
    });
    assert!(
        matches!(failed, Err(VaultError::DiskFailed { .. })),
        "{failed:?}"
    );
    assert!(vault.health().poisoned.is_some(), "the screen can say so");
    let refused = till.pay(&vault, &open);
    assert!(
        matches!(refused, Err(VaultError::DiskFailed { .. })),
        "{refused:?}"
    );
    assert_eq!(
        vault.read(tally::counts).unwrap().sales,
        1,
        "reading goes on"
    );
    drop(vault);
    let (vault, report) = till.open();
    assert_eq!(
        report.recovered_ops, 1,
        "the journal had it: recorded, not told"
    );
    assert!(
        till.pay(&vault, &open).unwrap().already,
        "and paying again is the same op"
    );
    assert!(vault.verify().unwrap().all_good());
}

#[cfg(unix)]
#[test]
fn files_are_for_this_user_alone() {
    use std::os::unix::fs::PermissionsExt;
    let till = Till::new();
    let inner = OpenVault {
        dir: till.path("data"),
        ..till.settings()
    };
    let (_vault, _) = crate::Vault::open(inner).unwrap();
    let mode = |path: &str| till.path(path).metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("data"), 0o700);
    assert_eq!(mode("data/critical.journal"), 0o600);
}

#[test]
fn an_existing_file_is_backed_up_before_a_migration() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("vault.db");
    let mut db = crate::connection::open(
        &journal::RealDisk,
        &path,
        None,
        crate::connection::Access::Write,
    )
    .unwrap();
    crate::migrate::to_version(&mut db, 1);
    assert!(!dir.path().join("backup").exists(), "a new file needs none");
    crate::migrate::migrate(&journal::RealDisk, &mut db, &path).unwrap();
    assert!(
        dir.path().join("backup/vault-schema1-0.db").exists(),
        "the old file is kept"
    );
}
