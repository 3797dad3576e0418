//! Holding an answer against what was asked: a wrong answer in our own media type moves nothing.

use std::collections::BTreeMap;

use protocol::ids::{ChainHash, SegmentId};
use protocol::wire::{CloudHead, PushAnswer, PushRequest, Run, RunAnswer, RunStatus};

/// What a credible answer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Checked {
    /// The heads of the runs' segments now.
    pub(super) heads: BTreeMap<SegmentId, CloudHead>,
    /// The first run that stopped, with its segment.
    pub(super) stopped: Option<(SegmentId, RunStatus)>,
}

/// Checks an answer; a refusal says in words what is wrong with it.
pub(super) fn check(request: &PushRequest, answer: &PushAnswer) -> Result<Checked, String> {
    if request.runs.len() != answer.runs.len() {
        return Err(format!(
            "the cloud answered {} runs instead of {}",
            answer.runs.len(),
            request.runs.len()
        ));
    }
    let mut heads = BTreeMap::new();
    let mut stopped = None;
    for (run, answered) in request.runs.iter().zip(&answer.runs) {
        check_run(run, answered)?;
        heads.extend(answered.head.map(|head| (run.segment, head)));
        if answered.status != RunStatus::Ok && stopped.is_none() {
            stopped = Some((run.segment, answered.status.clone()));
        }
    }
    Ok(Checked { heads, stopped })
}

fn check_run(run: &Run, answered: &RunAnswer) -> Result<(), String> {
    let segment = run.segment;
    if cfg!(mutant = "answer_believed") {
        return Ok(());
    }
    if answered.segment != segment {
        return Err(format!("the cloud answered another segment than {segment}"));
    }
    let in_order = (run.from..).zip(&answered.results);
    if answered.results.len() > run.items.len()
        || in_order.into_iter().any(|(seq, result)| result.seq != seq)
    {
        return Err(format!(
            "the cloud answered other ops of {segment} than were sent"
        ));
    }
    let ok = answered.status == RunStatus::Ok;
    let Some(head) = &answered.head else {
        return if ok {
            Err(format!(
                "the cloud recorded {segment} and names no head of it"
            ))
        } else {
            Ok(())
        };
    };
    let agrees = chain_at(run, head.seq).is_none_or(|chain| chain == head.chain);
    if head.segment != segment || (ok && !agrees) {
        return Err(format!(
            "the cloud's head of {segment} is not what was sent"
        ));
    }
    Ok(())
}

/// The till's own chain at a place, as far as the run shows it.
fn chain_at(run: &Run, seq: u64) -> Option<ChainHash> {
    if seq.checked_add(1) == Some(run.from) {
        return Some(run.prev);
    }
    let index = usize::try_from(seq.checked_sub(run.from)?).ok()?;
    run.items.get(index).map(|item| item.chain)
}
