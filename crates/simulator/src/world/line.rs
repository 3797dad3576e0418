//! The line between a till and the cloud: what becomes of one request.

use protocol::cloud::CallFailure;
use protocol::error::{ApiCode, ApiError};
use sync::backoff::SplitMix64;

use super::fault::{Fault, Tally};
use super::swarm::Swarm;

/// How long a till waits for an answer that does not come, milliseconds.
const SILENCE_MS: u64 = 60_000;

/// What becomes of one request.
#[derive(Debug, Clone)]
pub(super) struct Fate {
    /// When it arrives, in milliseconds from now; `None`: never.
    pub arrives_in: Option<u64>,
    /// When it arrives again.
    pub again_in: Option<u64>,
    /// What the till hears instead of the cloud's answer, if anything, and when.
    pub instead: Option<(u64, CallFailure)>,
    /// How long the answer travels.
    pub back_in: u64,
}

impl Fate {
    const fn well(out: u64, back: u64) -> Self {
        Self {
            arrives_in: Some(out),
            again_in: None,
            instead: None,
            back_in: back,
        }
    }

    const fn refused(after: u64, failure: CallFailure) -> Self {
        Self {
            arrives_in: None,
            again_in: None,
            instead: Some((after, failure)),
            back_in: 0,
        }
    }
}

/// Draws the fate of a request of so many ops.
pub(super) fn fate(swarm: &Swarm, random: &mut SplitMix64, tally: &mut Tally, ops: usize) -> Fate {
    let mut happens = |fault| {
        let happens = swarm.happens(fault, random);
        if happens {
            tally.met(fault);
        }
        happens
    };
    let boxed = [
        (
            Fault::Portal,
            path("a page that asks for a room number", None),
        ),
        (Fault::Html520, path("520 <html>", None)),
        (Fault::Busy503, path("503", None)),
        (Fault::Busy429, own(ApiCode::Busy, Some(7_000))),
        (Fault::CloudError, own(ApiCode::Internal, None)),
    ];
    for (fault, failure) in boxed {
        if happens(fault) {
            return Fate::refused(40, failure);
        }
    }
    if ops > 1 && happens(Fault::TooLarge413) {
        return Fate::refused(40, own(ApiCode::TooLarge, None));
    }
    if happens(Fault::DropRequest) {
        return Fate::refused(SILENCE_MS, path("no answer", None));
    }
    let (drop, cut) = (happens(Fault::DropReply), happens(Fault::TruncateReply));
    let (twice, late) = (happens(Fault::Duplicate), happens(Fault::LateDuplicate));
    let (slow, clogged) = (happens(Fault::Delay), happens(Fault::Clog));
    let mut out = 20 + random.up_to(60) + ops as u64;
    if slow {
        out += random.up_to(10_000);
    }
    if clogged {
        out += random.up_to(60_000);
    }
    let mut fate = Fate::well(out, 20 + random.up_to(60));
    if twice {
        fate.again_in = Some(out + random.up_to(2_000));
    }
    if late {
        fate.again_in = Some(out + 3_600_000 + random.up_to(6 * 3_600_000));
    }
    if drop || out >= SILENCE_MS {
        fate.instead = Some((SILENCE_MS, path("no answer", None)));
    } else if cut {
        fate.instead = Some((out + 50, path("the answer broke off", None)));
    }
    fate
}

/// A failure of the path.
pub(super) fn path(words: &str, retry_after_ms: Option<u64>) -> CallFailure {
    CallFailure::Path {
        words: words.to_owned(),
        retry_after_ms,
    }
}

/// The cloud's own refusal.
pub(super) fn own(code: ApiCode, retry_after_ms: Option<u64>) -> CallFailure {
    CallFailure::Refused {
        error: ApiError::new(code, code_words(code)),
        retry_after_ms,
    }
}

fn code_words(code: ApiCode) -> String {
    format!("{code:?}")
}
