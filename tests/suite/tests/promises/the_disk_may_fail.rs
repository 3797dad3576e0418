//! Folders that cannot be written, full disks, newer vaults and missing keys: refused in words, and
//! nothing is lost.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use app::dto::{ScanAnswer, ScannedBy};
use app::{Code, Till, TillOptions};
use suite::{Shop, private_key};

/// Runs `mount`; false where this process may not.
fn mount(arguments: &[&str], on: &Path) -> bool {
    let done = Command::new("mount").args(arguments).arg(on).output();
    done.is_ok_and(|output| output.status.success())
}

fn unmount(on: &Path) {
    let done = Command::new("umount").arg("-l").arg(on).status();
    assert!(done.is_ok_and(|status| status.success()), "unmounted");
}

#[test]
fn a_file_in_place_of_the_folder_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("till");
    std::fs::write(&path, "not a folder").unwrap();
    let refused = Shop::refused_opening(&path);
    assert_eq!(refused.code, Code::ReadOnly, "{refused}");
    assert!(
        refused.detail.contains("till"),
        "it names the folder: {refused}"
    );
}

#[test]
fn a_folder_that_may_only_be_read_is_told_and_left_as_it_was() {
    let mut shop = Shop::alone("GBP");
    shop.sell(&["TEA"]);
    shop.close();
    let (folder, dir) = (tempfile::tempdir().unwrap(), shop.dir());
    let from = dir.to_string_lossy().into_owned();
    if !mount(&["--bind", &from], folder.path()) {
        eprintln!("left out: this process may not mount");
        return;
    }
    let read_only = mount(&["-o", "remount,bind,ro"], folder.path());
    let refused = read_only.then(|| Shop::refused_opening(folder.path()));
    unmount(folder.path());
    let Some(refused) = refused else {
        eprintln!("left out: this process may not remount");
        return;
    };
    assert_eq!(refused.code, Code::ReadOnly, "{refused}");
    shop.open();
    shop.sign_in();
    shop.prove();
    assert_eq!(
        shop.till().status().unwrap().safety.sales_total,
        1,
        "the sale is there"
    );
}

#[test]
fn a_full_disk_finishes_the_open_sale_and_begins_no_other() {
    let folder = tempfile::tempdir().unwrap();
    if !mount(&["-t", "tmpfs", "-o", "size=200m", "tmpfs"], folder.path()) {
        eprintln!("left out: this process may not mount");
        return;
    }
    let told = std::panic::catch_unwind(|| fill_up(folder.path()));
    unmount(folder.path());
    if let Err(panic) = told {
        std::panic::resume_unwind(panic);
    }
}

fn fill_up(dir: &Path) {
    private_key(dir);
    let open = || Till::open(TillOptions::for_command(dir.to_owned())).expect("it opens");
    let till = open();
    till.init(app::InitWhat::Demo).unwrap();
    till.sign_in_command_line().unwrap();
    let scan = |code: &str| till.scan(code.to_owned(), ScannedBy::Scanner).unwrap();
    assert!(matches!(scan("A0101"), ScanAnswer::Added { .. }));
    // Everything but 20 MiB is taken by somebody else.
    let free = till.status().map(|_| rest_of(dir)).unwrap();
    let hog = std::fs::File::create(dir.join("hog")).unwrap();
    let fill = Command::new("fallocate")
        .arg("-l")
        .arg((free - (20 << 20)).to_string())
        .arg(dir.join("hog"))
        .status();
    assert!(
        fill.is_ok_and(|status| status.success()),
        "the disk is filled"
    );
    drop(hog);
    let trouble = till.status().unwrap().trouble.expect("the header says so");
    assert_eq!(trouble.code, Code::DiskFull, "{trouble}");
    assert!(
        matches!(scan("A0102"), ScanAnswer::Added { .. }),
        "the open cart goes on"
    );
    let due = till.tender().unwrap().remaining_minor;
    till.add_tender(app::TenderKind::Cash, due, None).unwrap();
    let done = till.complete().expect("the open sale can be finished");
    till.told(done.sale_id).unwrap();
    let next = scan("A0101");
    assert!(
        matches!(&next, ScanAnswer::Refused { error } if error.code == Code::DiskFull),
        "refused before tender: {next:?}"
    );
    assert_eq!(till.cart().unwrap().sale_id, None, "no cart was begun");
    std::fs::remove_file(dir.join("hog")).unwrap();
    assert!(
        matches!(scan("A0101"), ScanAnswer::Added { .. }),
        "with room again, it sells again"
    );
    assert!(till.verify(false).unwrap().holds(), "the journal verifies");
}

fn rest_of(dir: &Path) -> u64 {
    let output = Command::new("df")
        .args(["--output=avail", "-B1"])
        .arg(dir)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().last().unwrap().trim().parse().unwrap()
}

#[test]
fn a_key_that_is_gone_or_open_to_others_opens_nothing_and_makes_nothing() {
    let mut shop = Shop::alone("GBP");
    shop.sell(&["TEA"]);
    shop.close();
    let (key, away) = (shop.dir().join("till.key"), shop.dir().join("away"));

    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let refused = Shop::refused_opening(&shop.dir());
    assert_eq!(refused.code, Code::KeyMissing, "{refused}");
    assert!(refused.detail.contains("chmod 600"), "{refused}");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();

    std::fs::rename(&key, &away).unwrap();
    let refused = Shop::refused_opening(&shop.dir());
    assert_eq!(refused.code, Code::KeyMissing, "{refused}");
    assert!(!key.exists(), "no new key is made for an old vault");

    let vault = shop.dir().join("vault.db");
    std::fs::rename(&vault, shop.dir().join("vault.away")).unwrap();
    let refused = Shop::refused_opening(&shop.dir());
    assert_eq!(
        refused.code,
        Code::KeyMissing,
        "a journal alone is somebody's till: {refused}"
    );
    std::fs::rename(shop.dir().join("vault.away"), &vault).unwrap();

    private_key(&shop.dir());
    let refused = Shop::refused_opening(&shop.dir());
    assert_eq!(
        refused.code,
        Code::KeyMissing,
        "another till's key: {refused}"
    );
    assert!(
        !shop.dir().join("quarantine").exists(),
        "a wrong key damages nothing"
    );

    std::fs::rename(&away, &key).unwrap();
    shop.open();
    shop.prove();
}

#[test]
fn a_second_till_on_the_same_folder_is_refused() {
    let shop = Shop::alone("GBP");
    let refused = Shop::refused_opening(&shop.dir());
    assert_eq!(refused.code, Code::VaultInUse, "{refused}");
    assert!(refused.detail.contains("already running"), "{refused}");
    shop.sell(&["TEA"]);
}
