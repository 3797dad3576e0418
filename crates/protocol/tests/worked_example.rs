//! `EXAMPLE.md` is what the code makes: a stranger who copies its numbers gets the same ones.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::fmt::Write as _;

use ed25519_dalek::SigningKey;
use protocol::body::{MovementV1, OpBody, StockMovedV1};
use protocol::chain::{genesis, link, op_hash};
use protocol::hlc::Hlc;
use protocol::ids::SegmentId;
use protocol::op::{Actor, OpDraft, Seal, TillIdentity, raw};
use protocol::signing::{RequestToSign, enrol_statement, run_statement, sign};
use protocol::wire::{PROTO, PushRequest, Run, RunItem};
use uuid::Uuid;

const PAGE: &str = include_str!("../EXAMPLE.md");

fn id(n: u128) -> Uuid {
    Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_0000_0000 + n)
}

fn draft(n: u128, delta_milli: i64) -> OpDraft {
    OpDraft {
        op_id: id(0x10 + n),
        actor: Actor::till(),
        shift: None,
        business_date: "2026-11-20".to_owned(),
        after: Vec::new(),
        base: Vec::new(),
        body: OpBody::StockMovedV1(StockMovedV1 {
            movement_id: id(0x20 + n),
            reference: Some("delivery 1".to_owned()),
            movements: vec![MovementV1 {
                product_id: id(0x30),
                kind: domain::MovementKind::Restock,
                delta_milli,
                reason: None,
            }],
        }),
    }
}

/// The page's figures, in its order.
fn figures() -> String {
    let key = SigningKey::from_bytes(&[7; 32]);
    let public = key.verifying_key().to_bytes();
    let (tenant, branch, till) = (id(1), id(2), id(3));
    let identity = TillIdentity {
        tenant,
        branch,
        till,
        genesis_tenant: tenant,
        genesis_branch: branch,
        public_key: public,
    };
    let segment = SegmentId([0xAB; 16]);
    let start = genesis(tenant, till, &public);
    let mut text = String::new();
    let mut line = |name: &str, value: &dyn std::fmt::Display| {
        writeln!(text, "{name}\n    {value}").unwrap();
    };
    line("public key", &hex::encode(public));
    line("genesis", &start);
    let (mut prev, mut items) = (start, Vec::new());
    for (seq, delta_milli) in [(1_u64, 7_000), (2, -2_000)] {
        let wall_ms = 1_795_132_800_000 + i64::try_from(seq).unwrap();
        let seal = Seal {
            identity,
            hlc: Hlc::default().tick(wall_ms),
            wall_ms,
            mono_ms: seq,
            clock_err_ms: None,
            app: "example/1".to_owned(),
        };
        let bytes = draft(u128::from(seq), delta_milli).seal(&seal).unwrap();
        line(
            &format!("op {seq}"),
            &String::from_utf8(bytes.clone()).unwrap(),
        );
        let hash = op_hash(&bytes);
        let chain = link(&prev, &segment, seq, &hash);
        line(&format!("op_hash {seq}"), &hash);
        line(&format!("chain {seq}"), &chain);
        items.push(RunItem {
            seq,
            chain,
            op: raw(bytes).unwrap(),
        });
        prev = chain;
    }
    let signed = run_statement(tenant, till, &segment, 2, &prev);
    let sig = sign(&key, &signed);
    line("run statement", &hex::encode(&signed));
    line("run signature", &hex::encode(sig.0));
    let push = PushRequest {
        proto: PROTO,
        sender: till,
        host_epoch: None,
        runs: vec![Run {
            segment,
            till,
            parent: None,
            first_seq: 1,
            from: 1,
            prev: start,
            orphan: false,
            items,
            sig,
        }],
    };
    let body = serde_json::to_vec(&push).unwrap();
    line("push body", &String::from_utf8(body.clone()).unwrap());
    let request = RequestToSign {
        method: "POST",
        path: "/v1/sync/push",
        at_ms: 1_795_132_801_000,
        idempotency_key: "01990000-0000-7000-8000-000000000040",
        body: &body,
    };
    let statement = request.statement();
    line(
        "request statement (lines joined by \\n)",
        &String::from_utf8(statement.clone())
            .unwrap()
            .replace('\n', "\\n"),
    );
    line("request signature", &hex::encode(sign(&key, &statement).0));
    let joining = enrol_statement(till, &public, "AAAAABBBBB");
    line("enrolment statement", &hex::encode(&joining));
    line("enrolment signature", &hex::encode(sign(&key, &joining).0));
    text
}

#[test]
fn the_worked_example_is_what_the_code_makes() {
    let figures = figures();
    assert!(
        PAGE.contains(&figures),
        "EXAMPLE.md shows other figures than the code makes; these are right:\n{figures}"
    );
}
