//! What one record says, before it is sealed: an op in its place, or a note.
//!
//! A note is a named piece of JSON that the vault needs in order to be rebuilt from the journal
//! alone (who the till is, its settings, its operators). The newest note of a name counts. Notes
//! are not part of the hash chain: they say nothing about what was sold.

use protocol::{ChainHash, SegmentId, StoredOp};
use uuid::Uuid;

/// Plain bytes of one entry before sealing; an op's limit plus its coordinates.
pub const MAX_ENTRY_BYTES: usize = protocol::limits::MAX_OP_BYTES + 256;

const OP: u8 = 1;
const NOTE: u8 = 2;

/// One entry of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// An op, with its coordinates and its exact bytes.
    Op(StoredOp),
    /// A named piece of JSON; a later one of the same name replaces it.
    Note {
        /// Its name, at most 65,535 bytes.
        name: String,
        /// The JSON text.
        json: String,
    },
}

impl Entry {
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Op(op) => {
                out.push(OP);
                out.extend_from_slice(op.op_id.as_bytes());
                out.extend_from_slice(op.segment.as_bytes());
                out.extend_from_slice(&op.seq.to_le_bytes());
                out.extend_from_slice(op.prev.as_bytes());
                out.extend_from_slice(op.chain.as_bytes());
                out.extend_from_slice(&op.bytes);
            }
            Self::Note { name, json } => {
                let len = u16::try_from(name.len()).unwrap_or(u16::MAX);
                out.push(NOTE);
                out.extend_from_slice(&len.to_le_bytes());
                out.extend_from_slice(&name.as_bytes()[..usize::from(len)]);
                out.extend_from_slice(json.as_bytes());
            }
        }
    }

    pub(crate) fn decode(plain: &[u8]) -> Option<Self> {
        let (kind, rest) = plain.split_first()?;
        match *kind {
            OP => decode_op(rest).map(Self::Op),
            NOTE => decode_note(rest),
            _ => None,
        }
    }
}

fn decode_op(rest: &[u8]) -> Option<StoredOp> {
    let (op_id, rest) = rest.split_first_chunk::<16>()?;
    let (segment, rest) = rest.split_first_chunk::<16>()?;
    let (seq, rest) = rest.split_first_chunk::<8>()?;
    let (prev, rest) = rest.split_first_chunk::<32>()?;
    let (chain, bytes) = rest.split_first_chunk::<32>()?;
    Some(StoredOp {
        op_id: Uuid::from_bytes(*op_id),
        segment: SegmentId(*segment),
        seq: u64::from_le_bytes(*seq),
        prev: ChainHash(*prev),
        chain: ChainHash(*chain),
        bytes: bytes.to_vec(),
    })
}

fn decode_note(rest: &[u8]) -> Option<Entry> {
    let (len, rest) = rest.split_first_chunk::<2>()?;
    let (name, json) = rest.split_at_checked(usize::from(u16::from_le_bytes(*len)))?;
    Some(Entry::Note {
        name: String::from_utf8(name.to_vec()).ok()?,
        json: String::from_utf8(json.to_vec()).ok()?,
    })
}
