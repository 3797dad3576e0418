//! Packing and unpacking of bodies, both bounded.
//!
//! Promises: unpacking stops at the limit and never holds more than the limit and one buffer; a
//! packed body that grows suspiciously is refused as a bomb before it is whole.

use std::io::Read;

use protocol::limits::{COMPRESS_FROM_BYTES, MAX_OP_BYTES};

/// zstd's level for bodies: level 3 packs a batch of sales about tenfold in half a millisecond.
const ZSTD_LEVEL: i32 = 3;
/// The largest zstd window we unpack, as a power of two: 8 MiB bounds a decoder's memory.
pub const ZSTD_WINDOW_LOG_MAX: u32 = 23;
/// Up to this size a body may unpack by any ratio: one op of many equal lines packs a hundredfold
/// and must still travel. Beyond it the ratio tells a bomb from a batch.
pub const RATIO_FREE_BYTES: usize = 2 * MAX_OP_BYTES;

/// How a body is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// As it is.
    Plain,
    /// Zstandard.
    Zstd,
    /// Gzip; taken, never sent.
    Gzip,
}

/// What unpacking may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnpackLimits {
    /// Bytes after unpacking.
    pub max_bytes: usize,
    /// Unpacked bytes per packed byte, beyond [`RATIO_FREE_BYTES`].
    pub max_ratio: usize,
}

/// Why a body could not be unpacked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnpackRefused {
    /// The encoding's name is not one of ours.
    #[error("content-encoding {0:?} is not known here: send zstd, gzip or none")]
    UnknownEncoding(String),
    /// The unpacked body is larger than the limit.
    #[error("the unpacked body is larger than {limit} bytes: send a smaller one")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// It unpacks beyond the ratio.
    #[error("the body unpacks to more than {ratio} times its {packed} bytes: send it unpacked")]
    Bomb {
        /// The ratio allowed.
        ratio: usize,
        /// The packed size in bytes.
        packed: usize,
    },
    /// The packed bytes are damaged or cut short.
    #[error("the packed body could not be read: {0}")]
    Damaged(String),
}

impl Packing {
    /// The packing that a `Content-Encoding` header names; none or `identity` is plain.
    pub fn from_header(header: Option<&str>) -> Result<Self, UnpackRefused> {
        match header.map(str::trim) {
            None | Some("" | "identity") => Ok(Self::Plain),
            Some("zstd") => Ok(Self::Zstd),
            Some("gzip") => Ok(Self::Gzip),
            Some(other) => Err(UnpackRefused::UnknownEncoding(
                other.chars().take(40).collect(),
            )),
        }
    }

    /// The word for `Content-Encoding`; `None` for a plain body.
    pub const fn header(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Zstd => Some("zstd"),
            Self::Gzip => Some("gzip"),
        }
    }
}

/// Packs a body if that is worth while: from 1 KiB on, and only if it gets smaller.
pub fn pack(body: Vec<u8>) -> (Packing, Vec<u8>) {
    if body.len() < COMPRESS_FROM_BYTES {
        return (Packing::Plain, body);
    }
    match zstd::bulk::compress(&body, ZSTD_LEVEL) {
        Ok(packed) if packed.len() < body.len() => (Packing::Zstd, packed),
        Ok(_) | Err(_) => (Packing::Plain, body),
    }
}

/// Unpacks a body within its limits.
pub fn unpack(
    packing: Packing,
    packed: &[u8],
    limits: UnpackLimits,
) -> Result<Vec<u8>, UnpackRefused> {
    match packing {
        Packing::Plain if packed.len() > limits.max_bytes => Err(UnpackRefused::TooLarge {
            limit: limits.max_bytes,
        }),
        Packing::Plain => Ok(packed.to_vec()),
        Packing::Zstd => {
            let damaged = |error: std::io::Error| UnpackRefused::Damaged(error.to_string());
            let mut decoder = zstd::stream::read::Decoder::new(packed).map_err(damaged)?;
            decoder
                .window_log_max(ZSTD_WINDOW_LOG_MAX)
                .map_err(damaged)?;
            read_bounded(decoder, packed.len(), limits)
        }
        Packing::Gzip => read_bounded(
            flate2::read::MultiGzDecoder::new(packed),
            packed.len(),
            limits,
        ),
    }
}

fn read_bounded(
    mut source: impl Read,
    packed: usize,
    limits: UnpackLimits,
) -> Result<Vec<u8>, UnpackRefused> {
    let ratio_bytes = packed.saturating_mul(limits.max_ratio);
    let ratio_limit = ratio_bytes.max(RATIO_FREE_BYTES);
    let mut whole = Vec::new();
    let mut buffer = vec![0_u8; 64 * 1024];
    loop {
        let count = source
            .read(&mut buffer)
            .map_err(|error| UnpackRefused::Damaged(error.to_string()))?;
        if count == 0 {
            return Ok(whole);
        }
        if whole.len() + count > limits.max_bytes {
            return Err(UnpackRefused::TooLarge {
                limit: limits.max_bytes,
            });
        }
        if whole.len() + count > ratio_limit {
            return Err(UnpackRefused::Bomb {
                ratio: limits.max_ratio,
                packed,
            });
        }
        whole.extend_from_slice(&buffer[..count]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: UnpackLimits = UnpackLimits {
        max_bytes: 4 * 1024 * 1024,
        max_ratio: 50,
    };

    #[test]
    fn a_packed_body_unpacks_to_itself() {
        let body = b"a till sells ".repeat(400);
        let (packing, packed) = pack(body.clone());
        assert_eq!(packing, Packing::Zstd, "5 KB are worth packing");
        assert_eq!(
            unpack(packing, &packed, LIMITS),
            Ok(body),
            "packing is lossless"
        );
    }

    #[test]
    fn a_short_body_travels_plain() {
        assert_eq!(
            pack(vec![b'x'; 1023]).0,
            Packing::Plain,
            "below 1 KiB nothing is gained"
        );
    }

    #[test]
    fn a_bomb_is_refused_before_it_is_whole() {
        let bomb = zstd::bulk::compress(&vec![0_u8; 64 * 1024 * 1024], 3).unwrap();
        let roomy = UnpackLimits {
            max_bytes: usize::MAX,
            max_ratio: 50,
        };
        assert!(
            matches!(
                unpack(Packing::Zstd, &bomb, roomy),
                Err(UnpackRefused::Bomb { .. })
            ),
            "64 MiB of nothing must trip the ratio"
        );
        assert_eq!(
            unpack(Packing::Zstd, &bomb, LIMITS),
            Err(UnpackRefused::Bomb {
                ratio: 50,
                packed: bomb.len()
            }),
            "the ratio trips before the size"
        );
    }

    #[test]
    fn one_large_op_of_equal_lines_is_no_bomb() {
        let op = b"0123456789".repeat(100_000);
        let (packing, packed) = pack(op.clone());
        assert!(
            packed.len() * 50 < op.len(),
            "the case must be one that the bare ratio would refuse"
        );
        assert_eq!(
            unpack(packing, &packed, LIMITS),
            Ok(op),
            "every single op can travel"
        );
    }

    #[test]
    fn a_cut_body_is_damaged_and_not_short() {
        let body: Vec<u8> = (0..100_000_u32).flat_map(u32::to_be_bytes).collect();
        let (packing, packed) = pack(body);
        let cut = &packed[..packed.len() / 2];
        assert!(
            matches!(unpack(packing, cut, LIMITS), Err(UnpackRefused::Damaged(_))),
            "half a body must never pass for a whole one"
        );
    }

    #[test]
    fn gzip_is_taken_and_strange_encodings_are_named() {
        use std::io::Write;
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(b"hello").unwrap();
        let packed = encoder.finish().unwrap();
        assert_eq!(
            unpack(Packing::Gzip, &packed, LIMITS),
            Ok(b"hello".to_vec()),
            "gzip is accepted"
        );
        assert_eq!(
            Packing::from_header(Some("br")),
            Err(UnpackRefused::UnknownEncoding("br".to_owned()))
        );
    }
}
