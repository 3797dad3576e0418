//! Packed bodies: unpacked within their limits or refused, never more, never something else.

use transport::packing::{Packing, RATIO_FREE_BYTES, UnpackLimits, UnpackRefused, pack, unpack};

use crate::bites::Bites;

/// The limits first, then the packed bytes.
pub(crate) fn body(input: &[u8]) {
    let mut bites = Bites::new(input);
    let packing = [Packing::Zstd, Packing::Gzip, Packing::Plain][usize::from(bites.byte()) % 3];
    let limits = UnpackLimits {
        max_bytes: [0, 1, 1_000, 65_536, 4 * 1024 * 1024][usize::from(bites.byte()) % 5],
        max_ratio: [0, 1, 50, 200][usize::from(bites.byte()) % 4],
    };
    let sent = bites.rest();
    bounded(packing, sent, limits);
    travels(sent);
    named(sent);
}

fn bounded(packing: Packing, sent: &[u8], limits: UnpackLimits) {
    let ratio_limit = sent
        .len()
        .saturating_mul(limits.max_ratio)
        .max(RATIO_FREE_BYTES);
    match unpack(packing, sent, limits) {
        Ok(plain) => {
            assert!(
                plain.len() <= limits.max_bytes,
                "{} bytes came out, the limit is {}",
                plain.len(),
                limits.max_bytes
            );
            assert!(
                packing == Packing::Plain || plain.len() <= ratio_limit,
                "{} bytes of {} are beyond the ratio {}",
                plain.len(),
                sent.len(),
                limits.max_ratio
            );
            assert!(
                plain.capacity() <= 2 * limits.max_bytes.max(64 * 1024),
                "{} bytes are held for {}",
                plain.capacity(),
                limits.max_bytes
            );
            let roomy = UnpackLimits {
                max_bytes: limits.max_bytes * 2,
                max_ratio: limits.max_ratio * 2,
            };
            assert_eq!(
                unpack(packing, sent, roomy),
                Ok(plain),
                "more room unpacks the same"
            );
        }
        Err(UnpackRefused::TooLarge { limit }) => assert_eq!(limit, limits.max_bytes),
        Err(UnpackRefused::Bomb { ratio, packed }) => {
            assert_eq!((ratio, packed), (limits.max_ratio, sent.len()));
        }
        Err(refused @ (UnpackRefused::Damaged(_) | UnpackRefused::UnknownEncoding(_))) => {
            assert!(packing != Packing::Plain, "nothing plain is damaged");
            assert!(refused.to_string().len() < 500, "{refused}");
        }
    }
}

/// What we pack ourselves arrives, whatever it is.
fn travels(body: &[u8]) {
    let (packing, packed) = pack(body.to_vec());
    assert!(packed.len() <= body.len(), "packing never makes it larger");
    let limits = UnpackLimits {
        max_bytes: body.len(),
        max_ratio: 50,
    };
    assert_eq!(
        unpack(packing, &packed, limits).as_deref(),
        Ok(body),
        "a body of ours fits its own size"
    );
    if packing == Packing::Zstd {
        let cut = &packed[..packed.len() - 1];
        assert!(
            matches!(unpack(packing, cut, limits), Err(UnpackRefused::Damaged(_))),
            "a body without its last byte is no body"
        );
    }
}

fn named(header: &[u8]) {
    let header = String::from_utf8_lossy(header);
    match Packing::from_header(Some(&header)) {
        Ok(packing) => assert_eq!(
            Packing::from_header(packing.header()),
            Ok(packing),
            "{header:?}"
        ),
        Err(refused) => assert!(refused.to_string().len() < 1_000, "a short reason"),
    }
}
