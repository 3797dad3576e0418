//! The newest cloud on the database that an older one left, and asked by the tills of that day, in their very
//! bytes. `tests/fixtures/README.md` says how they were kept.

#![allow(clippy::pedantic, missing_docs)]

mod common;

use std::path::Path;
use std::process::{Command, Stdio};

use common::both;
use common::contract::{self, Kind};
use common::{Answer, Till, World};
use ed25519_dalek::SigningKey;
use serde_json::Value;
use uuid::Uuid;

const LANDED: [&str; 2] = ["till2-shop1-cloud4", "till4-shop2-cloud7"];

/// What one version left, unpacked.
fn landed(name: &str) -> tempfile::TempDir {
    use std::io::Write as _;
    let folder = tempfile::tempdir().unwrap();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    let packed = std::fs::read(fixtures.join(format!("{name}.tar.zst"))).expect(name);
    let archive = zstd::decode_all(&packed[..]).expect(name);
    let mut tar = Command::new("tar")
        .args(["--extract", "--no-same-owner", "--directory"])
        .arg(folder.path())
        .stdin(Stdio::piped())
        .spawn()
        .expect("tar");
    tar.stdin.take().unwrap().write_all(&archive).unwrap();
    assert!(tar.wait().unwrap().success(), "{name}");
    folder
}

/// A cloud of this program on a copy of a database that an older one wrote.
async fn cloud_on(left: &Path) -> World {
    let folder = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(left).unwrap() {
        let file = file.unwrap();
        if file.file_type().unwrap().is_dir() {
            continue;
        }
        std::fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
    }
    World::start_in(folder).await
}

/// The till that an older cloud knows, with its key.
fn till_of(folder: &Path, database: &Path) -> Till {
    let key = std::fs::read(folder.join("till/till.key")).unwrap();
    let key: Value = serde_json::from_slice(&key).unwrap();
    let mut seed = [0; 32];
    hex::decode_to_slice(key["signing"].as_str().unwrap(), &mut seed).unwrap();
    let mut till = Till::new(1);
    till.key = SigningKey::from_bytes(&seed);
    till.identity.public_key = till.key.verifying_key().to_bytes();
    let sql = rusqlite::Connection::open(database).unwrap();
    let id = |column: &str| {
        let query = format!("SELECT {column} FROM till");
        Uuid::from_bytes(sql.query_row(&query, [], |row| row.get(0)).unwrap())
    };
    till.identity.till = id("till");
    till.identity.tenant = id("tenant");
    till.identity.branch = id("branch");
    till.identity.genesis_tenant = id("genesis_tenant");
    till.identity.genesis_branch = id("genesis_branch");
    till
}

type Row = (
    Vec<u8>,
    i64,
    Vec<u8>,
    Vec<u8>,
    Vec<u8>,
    String,
    Option<String>,
);

/// The log, with what became of each op.
fn log(database: &Path) -> Vec<Row> {
    let sql = rusqlite::Connection::open(database).unwrap();
    let mut rows = sql
        .prepare("SELECT segment, seq, op_id, op, chain, outcome, code FROM op_log ORDER BY 1, 2")
        .unwrap();
    let rows = rows.query_map([], |row| {
        Ok((
            row.get(0)?,
            row.get(1)?,
            row.get(2)?,
            row.get(3)?,
            row.get(4)?,
            row.get(5)?,
            row.get(6)?,
        ))
    });
    rows.unwrap().map(Result::unwrap).collect()
}

fn assert_as_then(answer: &Answer, entry: &Value, part: &str) {
    let then: Value = serde_json::from_str(entry["answer"].as_str().unwrap()).unwrap();
    assert_eq!(
        answer.status.to_string(),
        entry["status"].as_str().unwrap(),
        "{}",
        answer.json()
    );
    assert_eq!(answer.json()[part], then[part], "the answer of that day");
}

async fn what_tills_of_every_version_pushed_is_taken_with_the_same_outcomes() {
    for name in LANDED {
        let folder = landed(name);
        let (world, till) = joined(folder.path()).await;
        let wire = std::fs::read_to_string(folder.path().join("wire.jsonl")).unwrap();
        let wire: Vec<Value> = wire
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let mut pushes = 0;
        for entry in &wire {
            let path = entry["path"].as_str().unwrap();
            let part = match path {
                "/v1/sync/push" => "runs",
                "/v1/sync/hello" => "heads",
                _ => continue,
            };
            let word = |name: &str| entry[name].as_str().unwrap_or_default();
            let body = hex::decode(word("body")).unwrap();
            let (key, how) = (word("idempotency_key"), word("content_encoding"));
            let answer = world.post_packed(&till, path, key, how, &body).await;
            assert_as_then(&answer, entry, part);
            if part == "runs" {
                pushes += 1;
                let again = world.post_packed(&till, path, key, how, &body).await;
                assert_as_then(&again, entry, part);
            }
        }
        assert!(pushes > 5, "{name}: {pushes} pushes");
        let then = log(&folder.path().join("cloud/cloud.db"));
        let ops = world.count("SELECT count(*) FROM op_log");
        assert_eq!(
            usize::try_from(ops).unwrap(),
            then.len(),
            "{name}: each once"
        );
        if contract::kind() == Kind::Sqlite {
            let now = log(&world.database());
            assert_eq!(now, then, "{name}: the same log, byte for byte");
        }
    }
}

/// A cloud that has just let the till in: the older one's own database, or a fresh PostgreSQL.
async fn joined(folder: &Path) -> (World, Till) {
    let left = folder.join("joined");
    if contract::kind() == Kind::Sqlite {
        let world = cloud_on(&left).await;
        let till = till_of(folder, &left.join("cloud.db"));
        return (world, till);
    }
    let world = World::start().await;
    let till = till_of(folder, &left.join("cloud.db"));
    let (tenant, branch) = (till.identity.tenant, till.identity.branch);
    let let_in = both::enrol(world.store(), &till, tenant.as_u128(), branch.as_u128());
    let_in.await.expect("the same business, branch and till");
    (world, till)
}

#[tokio::test]
async fn a_database_of_every_older_cloud_is_opened_and_nothing_of_it_is_lost() {
    for name in LANDED {
        let folder = landed(name);
        let left = folder.path().join("cloud-then");
        let mut world = cloud_on(&left).await;
        let then = log(&left.join("cloud.db"));
        assert!(!then.is_empty(), "{name}: it held something");
        assert_eq!(
            log(&world.database()),
            then,
            "{name}: every op, as it was judged"
        );
        let old = rusqlite::Connection::open(left.join("cloud.db")).unwrap();
        for table in [
            "sale",
            "given_back",
            "stock_ledger",
            "stock",
            "product",
            "conflict",
            "stream_head",
        ] {
            let count = format!("SELECT count(*) FROM {table}");
            let was: i64 = old.query_row(&count, [], |row| row.get(0)).unwrap();
            assert_eq!(world.count(&count), was, "{name}: {table}");
        }
        let sound: String = world
            .sql()
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .unwrap();
        assert_eq!(sound, "ok", "{name}");
        assert_eq!(
            world.count("SELECT count(*) FROM pragma_foreign_key_check"),
            0,
            "{name}: what hangs together still does"
        );
        world.restart().await;
        let till = till_of(folder.path(), &world.database());
        let counts = world.audit(&till).await;
        assert_eq!(counts["ops"], then.len(), "{name}: it is served: {counts}");
    }
}

both_stores! {
    what_tills_of_every_version_pushed_is_taken_with_the_same_outcomes,
}
