//! The bytes of an op: what is read is what is written again, and head and whole never disagree.

use protocol::op::{EnvelopeHead, raw};
use protocol::{Envelope, chain};

/// An op as it came.
pub(crate) fn body(input: &[u8]) {
    let head = EnvelopeHead::read(input);
    let whole = Envelope::read(input);
    if let (Ok(head), Ok(whole)) = (&head, &whole) {
        agree(head, whole);
    }
    match whole {
        Err(refused) => {
            let words = refused.to_string();
            assert!(
                words.contains("line") || words.contains("column"),
                "{words} says where"
            );
        }
        Ok(whole) => {
            assert!(
                head.is_ok(),
                "an op that reads whole reads as a head: {:?}",
                head.err()
            );
            again(&whole);
        }
    }
    if let Ok(kept) = raw(input.to_vec()) {
        verbatim(input, kept.get());
    }
}

fn agree(head: &EnvelopeHead, whole: &Envelope) {
    let of_head = (head.op_id, head.tenant, head.branch, head.till);
    let of_whole = (whole.op_id, whole.tenant, whole.branch, whole.till);
    assert_eq!(of_head, of_whole, "head and whole name the same op");
    assert_eq!(head.wall_ms, whole.wall_ms, "and the same time");
    assert_eq!(head.touches, whole.touches, "and the same things");
    assert_eq!(head.after, whole.after, "and the same ops before it");
    assert_eq!(head.kind, whole.body.kind(), "and the same type");
}

/// Written again it reads the same, and from then on its bytes stay as they are.
fn again(whole: &Envelope) {
    let written = serde_json::to_vec(whole).expect("what was read can be written");
    let read = Envelope::read(&written).expect("what was written can be read");
    assert_eq!(&read, whole, "nothing is lost between two writings");
    let twice = serde_json::to_vec(&read).expect("what was read can be written");
    assert_eq!(written, twice, "an op has one canonical form");
    let _ = whole.body.touches(whole.branch);
}

/// Carried as a raw value the bytes are the bytes: only blanks around them may go.
fn verbatim(input: &[u8], kept: &str) {
    let carried = serde_json::to_vec(&raw(kept.into()).expect("it was one")).expect("it is JSON");
    assert_eq!(carried, kept.as_bytes(), "carrying re-encodes nothing");
    assert_eq!(
        kept.as_bytes(),
        input.trim_ascii(),
        "what is kept is what came"
    );
    assert_eq!(
        chain::op_hash(kept.as_bytes()),
        chain::op_hash(input.trim_ascii()),
        "and hashes the same"
    );
}
