//! Reading an op's bytes as far as this program can.
//!
//! Promises that every byte string is read as something: what cannot be understood is still kept
//! and answered, under an identity that follows from its bytes alone.

use protocol::chain::op_hash;
use protocol::hlc::Hlc;
use protocol::limits::MAX_OP_BYTES;
use protocol::op::{ENVELOPE_VERSION, Envelope, EnvelopeHead};
use protocol::outcome::OutcomeCode;
use uuid::{Builder, Uuid};

/// Types this program can apply. A type, once here, stays here.
const KNOWN_KINDS: [&str; 9] = [
    "sale_recorded_v1",
    "refund_recorded_v1",
    "cart_voided_v1",
    "stock_moved_v1",
    "stock_counted_v1",
    "price_set_v1",
    "product_edited_v1",
    "conflict_settled_v1",
    "till_incident_v1",
];

/// What could be read of an op.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpRead {
    /// All of it.
    Whole(Box<Envelope>),
    /// Who and what, but not the body: it is recorded and parked under the code.
    HeadOnly {
        /// What every op has.
        head: Box<EnvelopeHead>,
        /// Why it is parked: `UNKNOWN_TYPE` or `BODY_UNREADABLE`.
        code: OutcomeCode,
    },
    /// Nothing: it is recorded under an id made from its bytes, and parked.
    Nothing {
        /// The id, the same for the same bytes.
        op_id: Uuid,
    },
}

impl OpRead {
    /// The op's identity.
    pub fn op_id(&self) -> Uuid {
        match self {
            Self::Whole(envelope) => envelope.op_id,
            Self::HeadOnly { head, .. } => head.op_id,
            Self::Nothing { op_id } => *op_id,
        }
    }

    /// The type's name as it says itself; `unreadable` for an op without one.
    pub fn kind(&self) -> &str {
        match self {
            Self::Whole(envelope) => envelope.body.kind(),
            Self::HeadOnly { head, .. } => &head.kind,
            Self::Nothing { .. } => "unreadable",
        }
    }

    /// Tenant, branch and till as the op names them.
    pub fn identity(&self) -> Option<(Uuid, Uuid, Uuid)> {
        match self {
            Self::Whole(op) => Some((op.tenant, op.branch, op.till)),
            Self::HeadOnly { head, .. } => Some((head.tenant, head.branch, head.till)),
            Self::Nothing { .. } => None,
        }
    }

    /// What it touches, by its own words.
    pub fn touches(&self) -> &[String] {
        match self {
            Self::Whole(envelope) => &envelope.touches,
            Self::HeadOnly { head, .. } => &head.touches,
            Self::Nothing { .. } => &[],
        }
    }

    /// When, by the till's hybrid clock; the smallest there is if that cannot be read.
    pub fn hlc(&self) -> Hlc {
        match self {
            Self::Whole(envelope) => envelope.hlc,
            Self::HeadOnly { .. } | Self::Nothing { .. } => Hlc::default(),
        }
    }

    /// Ops that come first.
    pub fn after(&self) -> &[Uuid] {
        match self {
            Self::Whole(envelope) => &envelope.after,
            Self::HeadOnly { head, .. } => &head.after,
            Self::Nothing { .. } => &[],
        }
    }
}

/// Reads an op.
pub fn read_op(bytes: &[u8]) -> OpRead {
    if bytes.len() <= MAX_OP_BYTES
        && let Ok(envelope) = Envelope::read(bytes)
        && envelope.v == ENVELOPE_VERSION
    {
        return OpRead::Whole(Box::new(envelope));
    }
    match EnvelopeHead::read(bytes) {
        Ok(head) => OpRead::HeadOnly {
            code: why_unread(bytes, &head.kind),
            head: Box::new(head),
        },
        Err(_) => OpRead::Nothing {
            op_id: id_of_bytes(bytes),
        },
    }
}

fn why_unread(bytes: &[u8], kind: &str) -> OutcomeCode {
    #[derive(serde::Deserialize)]
    struct Version {
        v: u32,
    }
    let version = serde_json::from_slice::<Version>(bytes).ok();
    let ours = version.is_some_and(|version| version.v == ENVELOPE_VERSION);
    if ours && KNOWN_KINDS.contains(&kind) {
        OutcomeCode::BodyUnreadable
    } else {
        OutcomeCode::UnknownType
    }
}

fn id_of_bytes(bytes: &[u8]) -> Uuid {
    let hash = op_hash(bytes);
    let mut id = [0_u8; 16];
    id.copy_from_slice(&hash.as_bytes()[..16]);
    Builder::from_custom_bytes(id).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(kind: &str, v: u32) -> String {
        let id = Uuid::from_u128(7);
        format!(
            r#"{{"v":{v},"op_id":"{id}","type":"{kind}","tenant":"{id}","branch":"{id}","till":"{id}","wall_ms":1}}"#
        )
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        for (bytes, code) in [
            (head("loyalty_granted_v9", 1), OutcomeCode::UnknownType),
            (head("sale_recorded_v1", 2), OutcomeCode::UnknownType),
            (head("sale_recorded_v1", 1), OutcomeCode::BodyUnreadable),
        ] {
            match read_op(bytes.as_bytes()) {
                OpRead::HeadOnly { code: found, head } => {
                    assert_eq!(found, code, "{bytes}");
                    assert_eq!(head.op_id, Uuid::from_u128(7), "the identity is kept");
                }
                other @ (OpRead::Whole(_) | OpRead::Nothing { .. }) => {
                    panic!("{bytes} must be read by its head, got {other:?}")
                }
            }
        }
    }

    #[test]
    fn garbage_has_an_identity_of_its_own_bytes() {
        let one = read_op(b"[1]");
        assert_eq!(one, read_op(b"[1]"), "the same bytes are the same op");
        assert_ne!(one.op_id(), read_op(b"[2]").op_id(), "others are another");
        assert_eq!(one.kind(), "unreadable");
    }
}
