//! A machine resumed from its own snapshot: one run of the program goes on twice from the same place.
//!
//! What the machine did before it was put back is made by hand, with the till's own key: the cloud has it. The
//! till itself is real and still runs, as it stood when the snapshot was taken.

use std::sync::Arc;

use app::Uuid;
use cloud::ports::SystemClock;
use ed25519_dalek::SigningKey;
use protocol::cloud::CloudApi as _;
use protocol::stream::Position;
use protocol::{ChainHash, SegmentId};
use suite::{CloudRoom, Shop};
use transport::{HttpCloud, HttpCloudConfig};

#[allow(
    dead_code,
    unreachable_pub,
    clippy::pedantic,
    reason = "shared with the cloud's tests"
)]
#[path = "../../../../crates/cloud/tests/common/body.rs"]
mod body;
#[allow(
    dead_code,
    unreachable_pub,
    clippy::pedantic,
    reason = "shared with the cloud's tests"
)]
#[path = "../../../../crates/cloud/tests/common/till.rs"]
mod till;

const SALES: &str = "SELECT count(*) FROM sale";
const TWICE: &str = "SELECT count(*) - count(DISTINCT sale_id) FROM sale";
const ASIDE: &str = "SELECT count(*) FROM op_quarantine WHERE settled_at_ms IS NULL";

/// The till's double, where the cloud last heard it.
fn double_of(shop: &Shop, cloud: &CloudRoom) -> till::Till {
    let text = std::fs::read(shop.dir().join("till.key")).unwrap();
    let keys: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let mut seed = [0; 32];
    hex::decode_to_slice(keys["signing"].as_str().unwrap(), &mut seed).unwrap();
    let database = rusqlite::Connection::open(cloud.database()).unwrap();
    let ids = "SELECT tenant, branch, till, genesis_tenant, genesis_branch FROM till";
    let ids: [[u8; 16]; 5] = database
        .query_row(ids, [], |row| {
            Ok([
                row.get(0)?,
                row.get(1)?,
                row.get(2)?,
                row.get(3)?,
                row.get(4)?,
            ])
        })
        .unwrap();
    let [tenant, branch, id, genesis_tenant, genesis_branch] = ids.map(Uuid::from_bytes);
    let head = "SELECT segment, first_seq, seq, chain FROM stream_head";
    let (segment, first_seq, seq, chain): ([u8; 16], u32, u32, [u8; 32]) = database
        .query_row(head, [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .unwrap();
    let mut double = till::Till::new(1);
    double.key = SigningKey::from_bytes(&seed);
    double.identity.public_key = double.key.verifying_key().to_bytes();
    (double.identity.tenant, double.identity.branch) = (tenant, branch);
    double.identity.till = id;
    (
        double.identity.genesis_tenant,
        double.identity.genesis_branch,
    ) = (genesis_tenant, genesis_branch);
    (double.segment, double.first_seq) = (SegmentId(segment), u64::from(first_seq));
    double.next = Position {
        segment: double.segment,
        seq: u64::from(seq) + 1,
        prev: ChainHash(chain),
    };
    double
}

/// What the double recorded goes to the cloud as any till's would.
fn push(double: &till::Till, cloud: &CloudRoom) {
    let line = HttpCloud::new(HttpCloudConfig {
        url: cloud.url(),
        till: double.identity.till,
        key: double.key.clone(),
        clock: Arc::new(SystemClock::new()),
        app: "test".into(),
    })
    .unwrap();
    let request = double.push_request(&double.ops);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let answer = runtime.block_on(line.push(Uuid::from_u128(77), &request));
    let answer = serde_json::to_value(answer.expect("it is taken")).unwrap();
    assert_eq!(answer["runs"][0]["status"], "ok", "{answer}");
}

#[test]
fn a_run_that_goes_on_twice_from_one_snapshot_loses_no_sale_of_either() {
    for sold_after in [2, 6] {
        let cloud = CloudRoom::start();
        let mut shop = Shop::alone("GBP");
        shop.till().enrol(cloud.url(), cloud.code()).unwrap();
        for _ in 0..3 {
            shop.sell(&["TEA"]);
        }
        assert!(shop.till().synchronize(true, 60).unwrap().drained);
        // The machine sells four more and sends them; then it is put back, and sells on in the same run.
        let mut double = double_of(&shop, &cloud);
        for _ in 0..4 {
            double.sell(0x7ea);
        }
        push(&double, &cloud);
        for _ in 0..sold_after {
            shop.sell(&["CAKE"]);
        }
        let sent = shop.till().synchronize(true, 60).unwrap();
        assert!(sent.drained, "{}", sent.words());
        let all = 7 + sold_after;
        assert_eq!(cloud.count(SALES), all, "both continuations are counted");
        assert_eq!(
            (cloud.count(TWICE), cloud.count(ASIDE)),
            (0, 0),
            "each once"
        );
        shop.prove();
        // Also after a restart, and what is sold then.
        shop.restart();
        shop.sell(&["TEA"]);
        let sent = shop.till().synchronize(true, 60).unwrap();
        assert!(sent.drained, "{}", sent.words());
        assert_eq!((cloud.count(SALES), cloud.count(TWICE)), (all + 1, 0));
        shop.prove();
    }
}
