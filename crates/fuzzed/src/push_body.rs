//! Push bodies: whatever runs arrive, the record stays one gapless, chained log in which each op counts once.
//!
//! A mutated byte breaks a link or a signature, and little behind them would ever be reached. So an input says
//! whether its links and signatures are made right before it is handed in, as a till with a broken program would.

use cloud::store::{CloudStore, PushAnswered, PushJob};
use protocol::chain;
use protocol::limits::MAX_BATCH_OPS;
use protocol::wire::{PushAnswer, PushRequest, Run, RunStatus};
use protocol::{Outcome, StoredOp};
use sync::ingest::TillKey;
use uuid::Uuid;

use crate::bites::Bites;
use crate::facts::ModelCloud;
use crate::room::{NOON, Till, goods};
use crate::seeds::till;
use crate::shelf::CloudShelf;
use crate::stream::sign_run;

/// The links and signatures are made right.
pub(crate) const RIGHT: u8 = 1;
/// The cloud already holds what the first run of the body says.
pub(crate) const BEGUN: u8 = 2;
/// The embedded store takes it as well, and must answer the same.
pub(crate) const STORED: u8 = 4;

/// How, then the body.
pub(crate) fn body(input: &[u8]) {
    let mut bites = Bites::new(input);
    let how = bites.byte();
    let request: PushRequest = match serde_json::from_slice(bites.rest()) {
        Ok(request) => request,
        Err(refused) => {
            let words = refused.to_string();
            assert!(words.contains("line"), "{words} says where");
            return;
        }
    };
    carried(&request);
    let till = till::of_the_example();
    let mut request = request;
    if how & RIGHT == RIGHT {
        make_right(&till, &mut request);
    }
    if !passes_the_door(&till, &request) {
        return;
    }
    let mut cloud = ModelCloud::default();
    let key = key(&till);
    if how & BEGUN == BEGUN {
        let mut first = request.clone();
        first.runs.truncate(1);
        cloud.push(&first, &key);
    }
    let before = cloud.clone();
    let answer = cloud.push(&request, &key);
    holds(&request, &answer, &before, &cloud);
    again(&request, &key, &mut cloud);
    if how & STORED == STORED && how & BEGUN == 0 {
        stored(&till, request, &answer);
    }
}

/// Carrying a push re-encodes no op.
fn carried(request: &PushRequest) {
    let sent = serde_json::to_vec(request).expect("what was read can be sent");
    let read: PushRequest = serde_json::from_slice(&sent).expect("what was sent can be read");
    let ops = |request: &PushRequest| -> Vec<String> {
        let items = request.runs.iter().flat_map(|run| &run.items);
        items.map(|item| item.op.get().to_owned()).collect()
    };
    assert_eq!(ops(&read), ops(request), "op by op, byte by byte");
}

/// Links and signs every run from its own `prev` on.
fn make_right(till: &Till, request: &mut PushRequest) {
    request.sender = till.identity.till;
    for run in &mut request.runs {
        run.till = till.identity.till;
        let mut prev = match (&run.parent, run.from == run.first_seq) {
            (None, true) => till.identity.genesis(),
            (Some(parent), true) => parent.chain,
            (_, false) => run.prev,
        };
        run.prev = prev;
        for item in &mut run.items {
            let hash = chain::op_hash(item.op.get().as_bytes());
            prev = chain::link(&prev, &run.segment, item.seq, &hash);
            item.chain = prev;
        }
        sign_run(till, run);
    }
}

/// What the route refuses before anything is judged.
fn passes_the_door(till: &Till, request: &PushRequest) -> bool {
    let ours = till.identity.till;
    let ops: usize = request.runs.iter().map(|run| run.items.len()).sum();
    request.sender == ours
        && ops <= MAX_BATCH_OPS
        && request
            .runs
            .iter()
            .all(|run| run.till == ours && !run.items.is_empty())
}

pub(crate) fn key(till: &Till) -> TillKey {
    let identity = &till.identity;
    TillKey {
        tenant: identity.tenant,
        branch: identity.branch,
        till: identity.till,
        genesis_tenant: identity.genesis_tenant,
        genesis_branch: identity.genesis_branch,
        public_key: identity.public_key,
        revoked: false,
    }
}

/// The answer is true: what it calls recorded is recorded byte for byte, and nothing else is.
fn holds(request: &PushRequest, answer: &PushAnswer, before: &ModelCloud, cloud: &ModelCloud) {
    assert_eq!(answer.runs.len(), request.runs.len(), "an answer each");
    let mut told = 0;
    for (run, became) in request.runs.iter().zip(&answer.runs) {
        assert!(became.results.len() <= run.items.len(), "one result each");
        assert_eq!(became.segment, run.segment, "of that run");
        if became.status == RunStatus::Ok {
            assert_eq!(became.results.len(), run.items.len(), "all of it");
        }
        let mut prev = run.prev;
        for (item, result) in run.items.iter().zip(&became.results) {
            assert_eq!(item.seq, result.seq, "in the run's order");
            let kept = cloud.log.get(&(run.segment, item.seq));
            let kept = kept.unwrap_or_else(|| panic!("{} is recorded", item.seq));
            assert_eq!(kept.bytes, item.op.get().as_bytes(), "byte for byte");
            assert_eq!(kept.chain, item.chain, "in its place");
            let stored = StoredOp {
                op_id: kept.op_id,
                segment: run.segment,
                seq: item.seq,
                prev,
                chain: item.chain,
                bytes: kept.bytes.clone(),
            };
            assert!(stored.links(), "and its link is right");
            prev = item.chain;
            let fresh = !before.log.contains_key(&(run.segment, item.seq));
            told += usize::from(fresh);
        }
        let of_segment = |one: &&Run| one.segment == run.segment;
        let alone = request.runs.iter().filter(of_segment).count() == 1;
        let refused = matches!(
            became.status,
            RunStatus::BadSig | RunStatus::BadChain { .. }
        );
        if alone && refused {
            assert_eq!(became.head, head_of(before, run.segment), "nothing moved");
        }
    }
    let recorded = cloud.log.len() - before.log.len();
    assert!(
        recorded <= told,
        "{recorded} ops were recorded, {told} were told"
    );
}

fn head_of(cloud: &ModelCloud, segment: protocol::SegmentId) -> Option<protocol::wire::CloudHead> {
    let till = cloud.heads.get(&segment)?.till;
    cloud
        .heads_of(till)
        .into_iter()
        .find(|head| head.segment == segment)
}

/// The embedded store says the same, whatever figures stand in the ops, and has recorded the same.
fn stored(till: &Till, request: PushRequest, answer: &PushAnswer) {
    let shelf = CloudShelf::taken();
    let told: u64 = answer.runs.iter().map(|run| run.results.len() as u64).sum();
    let parked = |answer: &PushAnswer| {
        let results = answer.runs.iter().flat_map(|run| &run.results);
        results
            .filter(|result| result.outcome == Outcome::Parked)
            .count()
    };
    let job = PushJob {
        caller: goods::credential(till),
        key: Uuid::from_u128(1),
        fingerprint: [1; 32],
        now_ms: NOON,
        request,
    };
    let answered = shelf.runtime.block_on(shelf.store.push(job));
    let answered = answered.expect("what stands in an op is no reason to fail");
    let PushAnswered::Answer { answer: found, .. } = answered else {
        panic!("a fresh key");
    };
    for (model, real) in answer.runs.iter().zip(&found.runs) {
        assert_eq!(real.status, model.status, "the same of each run");
        assert_eq!(real.results.len(), model.results.len(), "of as many ops");
    }
    assert!(
        parked(&found) >= parked(answer),
        "what is parked by its words is parked"
    );
    let counts = shelf.store.audit(till.identity.tenant, till.identity.till);
    let counts = shelf.runtime.block_on(counts).expect("it counts");
    assert!(counts.ops <= told, "{counts:?} of {told} ops told");
}

/// The same once more changes nothing, and every op of it is known.
fn again(request: &PushRequest, key: &TillKey, cloud: &mut ModelCloud) {
    let once = cloud.clone();
    let answer = cloud.push(request, key);
    assert!(
        cloud.log == once.log && cloud.stock == once.stock && cloud.sales == once.sales,
        "what comes twice counts once"
    );
    for result in answer.runs.iter().flat_map(|run| &run.results) {
        assert_eq!(result.outcome, Outcome::Duplicate, "{}", result.op_id);
    }
}
