//! Files as older programs left them, unpacked for one test: `tests/fixtures/README.md` says what lies there.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use cloud::ports::{OsEntropy, SystemClock};
use serde_json::Value;
use vault::{OpenVault, Vault, VaultKey, settings};

/// What one landed version left.
pub struct Landed {
    folder: tempfile::TempDir,
}

impl Landed {
    /// Every version that has landed, by the schemas it brought.
    pub const ALL: [&str; 2] = ["till2-shop1-cloud4", "till4-shop2-cloud7"];

    /// Unpacks one.
    pub fn unpack(name: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = fixtures().join(format!("{name}.tar.zst"));
        let packed =
            std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let archive = zstd::decode_all(&packed[..]).expect("it unpacks");
        let mut tar = Command::new("tar")
            .args([
                "--extract",
                "--preserve-permissions",
                "--no-same-owner",
                "--directory",
            ])
            .arg(folder.path())
            .stdin(Stdio::piped())
            .spawn()
            .expect("tar");
        tar.stdin
            .take()
            .expect("its input")
            .write_all(&archive)
            .expect("it reads");
        assert!(
            tar.wait().expect("its end").success(),
            "{name} is taken apart"
        );
        Self { folder }
    }

    /// A part of it: `till`, `cloud-then` (what the cloud held when the till was copied), `joined` (before the
    /// till's first push), `cloud` (when everything had arrived), `wire.jsonl`.
    pub fn path(&self, part: &str) -> PathBuf {
        self.folder.path().join(part)
    }

    /// What the old program said of itself when it was copied.
    pub fn truth(&self) -> Value {
        let text = std::fs::read(self.path("truth.json")).expect("the old program's words");
        serde_json::from_slice(&text).expect("they are JSON")
    }
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures")
}

/// Moves a till's cloud to another address, as an installer would who moved the cloud: it belongs to the same
/// one as before. The till must be closed.
pub fn cloud_moved(till: &Path, url: &str) {
    let text = std::fs::read(till.join("till.key")).expect("the key");
    let keys: Value = serde_json::from_slice(&text).expect("it is JSON");
    let mut key = [0; 32];
    hex::decode_to_slice(keys["vault"].as_str().expect("the vault's"), &mut key).expect("hex");
    let (clock, entropy) = (Arc::new(SystemClock::new()), Arc::new(OsEntropy));
    let settings_of = OpenVault::new(till, VaultKey::new(key), clock, entropy, "test");
    let (vault, _) = Vault::open(settings_of).expect("it opens");
    let config = vault.read(|reader| settings::get::<Value>(reader, "till"));
    let mut config = config.expect("it reads").expect("it is set up");
    assert_eq!(config["cloud"]["kind"], "joined", "it belongs to a cloud");
    config["cloud"]["url"] = Value::from(url);
    let moved = vault.transact(move |tx| settings::put(tx, "till", &config));
    moved.expect("it is written");
}
