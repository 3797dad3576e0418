//! Tills that sell, with everything they will push made beforehand.

use anyhow::{Result, anyhow};
use cloud::store::{CloudStore, CodeWanted, EnrolWanted, PushJob, TillCredential};
use protocol::OpBody;
use uuid::Uuid;

use super::body;
use super::till::Till;

/// One business, one shop.
const TENANT: Uuid = Uuid::from_u128(0xacce);
const BRANCH: Uuid = Uuid::from_u128(1);
/// Articles that are sold, one after the other.
const ARTICLES: u128 = 2_000;
/// Lines of a receipt.
const LINES: u32 = 3;
/// When all this happens, UTC milliseconds; the batches' keys are told apart by it.
const NOW_MS: i64 = 1_795_132_800_000;

/// Enrols till `n` and makes its batches.
pub(crate) async fn batches(
    store: &dyn CloudStore,
    n: u8,
    size: usize,
    count: usize,
) -> Result<Vec<PushJob>> {
    let mut till = Till::new(n);
    let caller = enrol(store, &till, n).await?;
    till.identity.tenant = TENANT;
    till.identity.branch = BRANCH;
    let mut jobs = Vec::with_capacity(count);
    for batch in 0..count {
        for number in 0..size {
            let sale = sale(&mut till, (batch * size + number) as u128);
            till.record(sale);
        }
        let ops = &till.ops[till.ops.len() - size..];
        let at = i64::try_from(batch)? * 256 + i64::from(n);
        let mut fingerprint = [n; 32];
        fingerprint[..8].copy_from_slice(&at.to_be_bytes());
        jobs.push(PushJob {
            caller: caller.clone(),
            key: Uuid::from_u128(u128::from(n) << 64 | batch as u128),
            fingerprint,
            now_ms: NOW_MS + at,
            request: till.push_request(ops),
        });
    }
    Ok(jobs)
}

/// A receipt of some lines, cash, about a kilobyte.
fn sale(till: &mut Till, number: u128) -> OpBody {
    let sale_id = till.mint();
    let article = |line: u32| 1 + (number * u128::from(LINES) + u128::from(line)) % ARTICLES;
    let mut body = body::sale(sale_id, article(0));
    let OpBody::SaleRecordedV1(sale) = &mut body else {
        return body;
    };
    for line_no in 2..=LINES {
        let mut line = sale.lines[0].clone();
        line.line_no = line_no;
        line.product_id = Uuid::from_u128(article(line_no - 1));
        let mut movement = sale.movements[0].clone();
        movement.product_id = line.product_id;
        sale.lines.push(line);
        sale.movements.push(movement);
    }
    body
}

async fn enrol(store: &dyn CloudStore, till: &Till, n: u8) -> Result<TillCredential> {
    let wanted = CodeWanted {
        tenant_name: "Pier".into(),
        branch_name: "Harbour".into(),
        new_tenant: TENANT,
        new_branch: BRANCH,
        code_hash: [n; 32],
        now_ms: 0,
        expires_at_ms: 1,
    };
    store.make_code(wanted).await?;
    let wanted = EnrolWanted {
        request: till.enrol_request("a code"),
        code_hash: [n; 32],
        now_ms: 0,
    };
    let refused = |why| anyhow!("a till was not let in: {why:?}");
    store.enrol(wanted).await?.map_err(refused)?;
    let known = store.till(till.identity.till).await?;
    known.ok_or_else(|| anyhow!("a till that was let in is not known"))
}
