//! Edits, counts and decisions by hand, and a branch of two tills that speaks to both stores.

use protocol::StoredOp;
use protocol::body::{AsOfV1, ConflictSettledV1, CountedV1, OpBody, PriceSetV1, StockCountedV1};
use protocol::conflict::Decision;
use protocol::hlc::Hlc;
use protocol::op::{Actor, Base, OpDraft, Seal};
use serde_json::Value;
use uuid::Uuid;

use super::Till;
use super::both::{Both, job};

pub const TEA: u128 = 0x7ea;
pub const TENANT: u128 = 0xacce;
pub const BRANCH: u128 = 0xb4;

/// Who, when, and on what an op is made.
#[derive(Clone, Default)]
pub struct On<'a> {
    pub hlc: u64,
    pub operator: u128,
    pub base: &'a [(&'a str, u64)],
    pub after: Vec<Uuid>,
}

pub fn at(hlc: u64) -> On<'static> {
    On {
        hlc,
        ..On::default()
    }
}

pub fn bytes(till: &Till, op_id: Uuid, on: &On<'_>, body: OpBody) -> Vec<u8> {
    let base = on.base.iter().map(|(group, version)| Base {
        entity: format!("product:{}", Uuid::from_u128(TEA)),
        group: (*group).to_owned(),
        version: *version,
    });
    let draft = OpDraft {
        op_id,
        actor: Actor {
            operator: Uuid::from_u128(on.operator),
            session: None,
        },
        shift: None,
        business_date: "2026-11-20".into(),
        after: on.after.clone(),
        base: base.collect(),
        body,
    };
    let seal = Seal {
        hlc: Hlc {
            ms: on.hlc,
            counter: 0,
        },
        ..till.sealing()
    };
    draft.seal(&seal).expect("the op is small")
}

pub fn record(till: &mut Till, on: &On<'_>, body: OpBody) -> StoredOp {
    let op_id = till.mint();
    let bytes = bytes(till, op_id, on, body);
    till.append(op_id, bytes)
}

pub fn price(price_minor: i64) -> OpBody {
    OpBody::PriceSetV1(PriceSetV1 {
        product_id: Uuid::from_u128(TEA),
        price_minor: Some(price_minor),
    })
}

pub fn count(counted_milli: i64, seen: Option<(Uuid, u64)>) -> OpBody {
    OpBody::StockCountedV1(StockCountedV1 {
        count_id: Uuid::from_u128(1),
        lines: vec![CountedV1 {
            product_id: Uuid::from_u128(TEA),
            counted_milli,
            shown_milli: 0,
        }],
        as_of: AsOfV1 {
            cloud_epoch: seen.map(|(epoch, _)| epoch),
            row_version: seen.map_or(0, |(_, version)| version),
        },
        reason: Some("a quiet hour".into()),
    })
}

pub fn decide(conflict: Uuid, expected_version: u32, decision: Decision) -> OpBody {
    OpBody::ConflictSettledV1(Box::new(ConflictSettledV1 {
        conflict,
        expected_version,
        decision,
        product: None,
        note: Some("as agreed".into()),
    }))
}

/// Two tills of one branch that speak to both stores.
pub struct Shop {
    pub both: Both,
    pub tills: [Till; 2],
    sent: [usize; 2],
    pushes: u128,
}

impl Shop {
    pub async fn start() -> Self {
        let both = Both::start().await;
        let mut tills = [Till::new(1), Till::new(2)];
        for till in &mut tills {
            both.enrol(till, TENANT, BRANCH).await;
        }
        Self {
            both,
            tills,
            sent: [0; 2],
            pushes: 0,
        }
    }

    /// Records an op at a till and brings it to both; what both say of it.
    pub async fn op(&mut self, n: usize, on: On<'_>, body: OpBody) -> Said {
        record(&mut self.tills[n], &on, body);
        self.push(n).await.pop().expect("an answer")
    }

    pub async fn push(&mut self, n: usize) -> Vec<Said> {
        let till = &self.tills[n];
        let request = till.push_request(&till.ops[self.sent[n]..]);
        self.sent[n] = till.ops.len();
        self.pushes += 1;
        let key = Uuid::from_u128(self.pushes);
        let job = job(till, key, 10_000 + self.pushes as i64, request);
        let [one, other] = self.both.push(&job).await;
        assert_eq!(one, other, "both stores answer the same");
        let results = one["runs"][0]["results"].as_array().expect("results");
        results.iter().map(Said::of).collect()
    }

    pub async fn books_agree(&self) -> std::collections::BTreeMap<String, Vec<String>> {
        let [mut one, other] = self.both.books().await;
        for (table, rows) in &one {
            assert_eq!(rows, &other[table], "table {table}");
        }
        one.retain(|_, rows| !rows.is_empty());
        one
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    pub outcome: String,
    pub code: String,
    pub conflict: Option<Uuid>,
}

impl Said {
    pub fn of(result: &Value) -> Self {
        Self {
            outcome: result["outcome"].as_str().unwrap_or_default().to_owned(),
            code: result["code"].as_str().unwrap_or_default().to_owned(),
            conflict: serde_json::from_value(result["conflict"].clone()).expect("an id or none"),
        }
    }

    pub fn is(&self, outcome: &str, code: &str) -> Uuid {
        assert_eq!((self.outcome.as_str(), self.code.as_str()), (outcome, code));
        self.conflict.unwrap_or_default()
    }
}
