//! The line between a till and the cloud: what becomes of one request.

pub(super) mod answers;
mod calls;

use protocol::cloud::CallFailure;
use protocol::error::{ApiCode, ApiError};

use super::dice::Dice;
use super::names::{Fault, Tally};
use super::process::Machine;

pub(super) use calls::{Call, Reply, Request};

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
    pub const fn well(out: u64, back: u64) -> Self {
        Self {
            arrives_in: Some(out),
            again_in: None,
            instead: None,
            back_in: back,
        }
    }

    pub const fn refused(after: u64, failure: CallFailure) -> Self {
        Self {
            arrives_in: None,
            again_in: None,
            instead: Some((after, failure)),
            back_in: 0,
        }
    }
}

/// What a machine's line does to every request just now.
pub(super) fn standing(machine: &Machine, now: u64) -> Option<Fate> {
    if machine.cut_off_until > now {
        return Some(Fate::refused(5_000, path("no route", None)));
    }
    if machine.portal_until > now {
        return Some(Fate::refused(
            40,
            path("a page that asks for a room number", None),
        ));
    }
    if machine.tls_until > now {
        return Some(Fate::refused(
            60,
            path("the certificate is not valid yet", None),
        ));
    }
    let (_, code) = machine.refused.filter(|(until, _)| *until > now)?;
    Some(Fate::refused(50, own(code, None)))
}

/// Draws the fate of a request of so many ops.
pub(super) fn fate(dice: &mut Dice, tally: &mut Tally, ops: usize, deaf: bool) -> Fate {
    let mut happens = |fault| {
        let happens = dice.happens(fault);
        if happens {
            tally.met(fault);
        }
        happens
    };
    for (fault, failure) in [
        (Fault::Html520, path("520 <html>", None)),
        (Fault::Busy503, path("503", None)),
        (Fault::Busy429, own(ApiCode::Busy, Some(7_000))),
        (Fault::Busy429Bare, own(ApiCode::Busy, None)),
    ] {
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
    let reset = happens(Fault::ResetAfterSend);
    let (twice, late) = (happens(Fault::Duplicate), happens(Fault::LateDuplicate));
    let (slow, clogged) = (happens(Fault::Delay), happens(Fault::Clog));
    let (overtaken, slow_back) = (happens(Fault::Reorder), happens(Fault::SlowReply));
    let mut out = 40 + ops as u64;
    if slow {
        out += dice.of(Fault::Delay).up_to(10_000);
    }
    if clogged {
        out += 1_000 + dice.of(Fault::Clog).up_to(59_000);
    }
    if overtaken {
        out += SILENCE_MS + dice.of(Fault::Reorder).up_to(240_000);
    }
    let mut back = 40;
    if slow_back {
        back += 1_000 + dice.of(Fault::SlowReply).up_to(49_000);
    }
    let mut fate = Fate::well(out, back);
    if twice {
        fate.again_in = Some(out + dice.of(Fault::Duplicate).up_to(2_000));
    }
    if late {
        fate.again_in = Some(out + 3_600_000 + dice.of(Fault::LateDuplicate).up_to(6 * 3_600_000));
    }
    if reset {
        fate.instead = Some((45, path("connection reset", None)));
    } else if drop || deaf || out >= SILENCE_MS {
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
        error: ApiError::new(code, format!("{code:?}")),
        retry_after_ms,
    }
}
