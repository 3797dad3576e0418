//! The hash chain over a till's ops.
//!
//! Owns the three hashes of the protocol. Each input is framed (a tag, fixed widths, a length), so
//! that no two different inputs give the same byte string. SHA-256, because with the CPU's
//! extensions it is the fastest on bodies of this size.
//!
//! Promises: the vectors in this file and in `PROTOCOL.md` never change.

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::ids::{ChainHash, OpHash, SegmentId};

/// The hash of one op's exact bytes: `SHA256("op1" | be64(len) | bytes)`.
pub fn op_hash(op: &[u8]) -> OpHash {
    let mut hasher = Sha256::new();
    hasher.update(b"op1");
    hasher.update((op.len() as u64).to_be_bytes());
    hasher.update(op);
    OpHash(hasher.finalize().into())
}

/// The next link: `SHA256("ch1" | previous | segment | be64(seq) | op_hash)`.
pub fn link(previous: &ChainHash, segment: &SegmentId, seq: u64, op: &OpHash) -> ChainHash {
    let mut hasher = Sha256::new();
    hasher.update(b"ch1");
    hasher.update(previous.as_bytes());
    hasher.update(segment.as_bytes());
    hasher.update(seq.to_be_bytes());
    hasher.update(op.as_bytes());
    ChainHash(hasher.finalize().into())
}

/// The link before the first op of a till: `SHA256("gen1" | tenant | till | public key)`.
///
/// `tenant` and `till` are the identity the till was *born* with (see `TillIdentity`), which stays
/// the anchor of its chain when it joins a cloud later.
pub fn genesis(tenant: Uuid, till: Uuid, public_key: &[u8; 32]) -> ChainHash {
    let mut hasher = Sha256::new();
    hasher.update(b"gen1");
    hasher.update(tenant.as_bytes());
    hasher.update(till.as_bytes());
    hasher.update(public_key);
    ChainHash(hasher.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_vectors_hold() {
        let op = op_hash(br#"{"v":1}"#);
        let start = genesis(Uuid::from_u128(1), Uuid::from_u128(2), &[3; 32]);
        let first = link(&start, &SegmentId([4; 16]), 1, &op);
        assert_eq!(
            [op.to_string(), start.to_string(), first.to_string()],
            VECTORS.map(str::to_owned),
            "hash vectors are for ever: PROTOCOL.md lists the same"
        );
    }

    const VECTORS: [&str; 3] = [
        "8b1db0079c8da5b0d8ea9512f3915891604af4af45c605baf7777540b3e682e2",
        "25013b9a9ded3b64a51d17362928b6c93f8f491097500165c26b5f3cb81c822a",
        "24831d3588d60172b0e19db6210fc9bad8ba91b49eb5cf53df4a229b3e665c45",
    ];

    #[test]
    fn every_part_of_a_link_matters() {
        let op = op_hash(b"a");
        let base = link(&ChainHash([0; 32]), &SegmentId([0; 16]), 1, &op);
        let others = [
            link(&ChainHash([1; 32]), &SegmentId([0; 16]), 1, &op),
            link(&ChainHash([0; 32]), &SegmentId([1; 16]), 1, &op),
            link(&ChainHash([0; 32]), &SegmentId([0; 16]), 2, &op),
            link(&ChainHash([0; 32]), &SegmentId([0; 16]), 1, &op_hash(b"b")),
        ];
        assert!(
            others.iter().all(|other| *other != base),
            "no part may be ignored"
        );
    }
}
