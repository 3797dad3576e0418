//! The program itself: its commands, its one line on stdout, its orderly end.

#![allow(clippy::pedantic, missing_docs)]

mod common;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use common::{Till, http};

const PROGRAM: &str = env!("CARGO_BIN_EXE_holdfast-cloud");

fn serve(database: &Path, more: &[&str]) -> (Child, std::net::SocketAddr) {
    let mut child = Command::new(PROGRAM)
        .args(["serve", "--listen", "127.0.0.1:0", "--database"])
        .arg(format!("sqlite:{}", database.display()))
        .args(more)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut line = String::new();
    let stdout = child.stdout.take().expect("stdout is piped");
    BufReader::new(stdout)
        .read_line(&mut line)
        .expect("one line");
    let address = line
        .trim()
        .strip_prefix("listening on http://")
        .unwrap_or_else(|| panic!("the line says where: {line:?}"));
    let address = address.parse().expect("an address");
    (child, address)
}

fn run(args: &[&str], database: &Path) -> Output {
    let mut command = Command::new(PROGRAM);
    command.args(args).arg("--database");
    command.arg(format!("sqlite:{}", database.display()));
    command.output().expect("the program runs")
}

#[tokio::test]
async fn a_code_made_beside_a_running_server_lets_a_till_in() {
    let dir = tempfile::tempdir().unwrap();
    let database = dir.path().join("new").join("cloud.db");
    let (mut child, address) = serve(&database, &[]);

    let made = run(
        &["enrol-code", "--tenant", "Acme", "--branch", "High Street"],
        &database,
    );
    assert!(made.status.success(), "{made:?}");
    let stdout = String::from_utf8(made.stdout).unwrap();
    let code = stdout.strip_suffix('\n').expect("one line");
    assert_eq!(code.len(), 10, "a code and nothing else: {stdout:?}");

    let body = serde_json::to_vec(&Till::new(1).enrol_request(code)).unwrap();
    let answer = http::send(address, "POST", "/v1/enrol", &[], &body).await;
    assert_eq!(
        answer.status,
        200,
        "{}",
        String::from_utf8_lossy(&answer.body)
    );

    let stopped = Command::new("kill").arg(child.id().to_string()).status();
    assert!(stopped.unwrap().success(), "SIGTERM is sent");
    let status = child.wait().unwrap();
    assert!(
        status.success(),
        "asked to stop, it ends in order: {status}"
    );
}

#[tokio::test]
async fn a_cloud_of_a_till_ends_with_its_till() {
    let dir = tempfile::tempdir().unwrap();
    let (mut child, _) = serve(&dir.path().join("cloud.db"), &["--exit-with-parent"]);
    drop(child.stdin.take());
    let status = child.wait().unwrap();
    assert!(
        status.success(),
        "its parent is gone, it ends in order: {status}"
    );
}

#[test]
fn a_read_token_needs_a_tenant() {
    let dir = tempfile::tempdir().unwrap();
    let database = dir.path().join("cloud.db");
    let refused = run(&["read-token", "--tenant", "Acme"], &database);
    assert!(!refused.status.success(), "there is no Acme yet");
    let words = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(words.contains("Acme"), "it names what is missing: {words}");

    assert!(
        run(&["enrol-code", "--tenant", "Acme"], &database)
            .status
            .success()
    );
    let made = run(&["read-token", "--tenant", "Acme"], &database);
    let token = String::from_utf8(made.stdout).unwrap();
    assert!(
        token.starts_with("hfr_") && token.ends_with('\n'),
        "{token:?}"
    );
}

#[test]
fn a_database_of_a_newer_program_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let database = dir.path().join("cloud.db");
    assert!(run(&["enrol-code"], &database).status.success());
    let file = rusqlite::Connection::open(&database).unwrap();
    file.execute(
        "INSERT INTO refinery_schema_history (version, name, applied_on, checksum)
         SELECT 9999, 'later', applied_on, checksum FROM refinery_schema_history LIMIT 1",
        [],
    )
    .unwrap();
    drop(file);
    let refused = run(&["enrol-code"], &database);
    assert!(
        !refused.status.success(),
        "an older program must not touch it"
    );
    let words = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(words.contains("newer program"), "it says why: {words}");
}

#[test]
fn an_unknown_database_is_refused_with_the_form_that_is_known() {
    let refused = Command::new(PROGRAM)
        .args(["enrol-code", "--database", "mysql://x"])
        .output()
        .unwrap();
    assert!(!refused.status.success());
    let words = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(words.contains("sqlite:PATH"), "{words}");
}
