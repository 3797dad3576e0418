//! Head office at the command line, beside the database.

#![allow(clippy::pedantic, missing_docs)]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_holdfast-cloud");

fn run(args: &[&str], database: &Path, input: &str) -> Output {
    let mut child = Command::new(PROGRAM)
        .args(args)
        .arg("--database")
        .arg(format!("sqlite:{}", database.display()))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("stdin is piped");
    // A verb that reads nothing may have ended already.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("the program ends")
}

#[track_caller]
fn lines(output: &Output) -> Vec<Value> {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = |line: &str| serde_json::from_str(line).unwrap_or_else(|_| Value::from(line));
    stdout.lines().map(line).collect()
}

#[test]
fn a_business_is_set_up_from_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let database = dir.path().join("cloud.db");
    let acme = ["--tenant", "Acme"];
    let verb = |args: &[&str], input: &str| run(&[args, &acme].concat(), &database, input);

    let refused = verb(&["branch", "list"], "");
    assert!(!refused.status.success(), "there is no Acme yet");
    assert!(String::from_utf8_lossy(&refused.stderr).contains("Acme"));
    let tenant = lines(&verb(&["tenant", "add"], ""));
    assert_eq!(
        lines(&verb(&["tenant", "add"], "")),
        tenant,
        "twice is once"
    );
    assert_eq!(lines(&run(&["tenant", "list"], &database, "")).len(), 1);

    let branch = lines(&verb(&["branch", "add", "High Street"], ""));
    let id = branch[0]["branch"].as_str().unwrap();
    let renamed = lines(&verb(&["branch", "rename", id, "High Road"], ""));
    assert_eq!(
        (&renamed[0]["branch"], &renamed[0]["name"]),
        (&branch[0]["branch"], &Value::from("High Road"))
    );

    let ada = verb(&["operator", "add", "Ada", "--role", "manager"], "2580\n");
    assert_eq!(lines(&ada)[0]["has_pin"], true);
    let weak = verb(&["operator", "add", "Eve", "--role", "cashier"], "1111\n");
    assert!(!weak.status.success(), "a PIN that is no PIN");
    let ben = verb(&["operator", "add", "Ben", "--role", "cashier"], "");
    assert_eq!(lines(&ben)[0]["has_pin"], false, "a PIN may come later");

    lines(&verb(
        &[
            "tax-class",
            "set",
            "zero",
            "--name",
            "Zero",
            "--rate-bp",
            "0",
        ],
        "",
    ));
    let file = dir.path().join("goods.csv");
    std::fs::write(
        &file,
        "code,name,price,tax_class\nA,Tea,1.99,zero\nB,Salt,x,zero\n",
    )
    .unwrap();
    let path = file.display().to_string();
    let report = lines(&verb(
        &["product", "import", "--currency", "GBP", "--file", &path],
        "",
    ));
    assert_eq!(
        (&report[0]["made"], &report[0]["refused"]),
        (&Value::from(1), &Value::from(1))
    );
    let found = lines(&verb(&["product", "list", "tea"], ""));
    assert_eq!(found[0]["price_minor"], 199);

    assert_eq!(
        lines(&verb(&["conflicts", "list"], "")),
        Vec::<Value>::new()
    );
    assert_eq!(lines(&verb(&["till", "list"], "")), Vec::<Value>::new());
    let token = lines(&verb(&["admin-token"], ""));
    assert!(token[0].as_str().unwrap().starts_with("hfa_"), "{token:?}");
    let epoch = lines(&run(&["restored"], &database, ""));
    assert_ne!(
        lines(&run(&["restored"], &database, "")),
        epoch,
        "each time a new one"
    );
}
