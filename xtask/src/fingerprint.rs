//! A fast fingerprint of files, to notice that something changed. FNV-1a, 64 bits.
//!
//! Promises the same answer on every machine. Never a proof against malice: the chain of the till's own
//! journal is SHA-256 and lives elsewhere.

use std::path::Path;

const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

/// FNV-1a over the bytes.
pub(crate) fn of_bytes(bytes: &[u8]) -> u64 {
    bytes.iter().fold(OFFSET, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(PRIME)
    })
}

/// The fingerprint of every file below a directory, names included; a missing one has its own.
pub(crate) fn of_tree(directory: &Path) -> u64 {
    let mut files = Vec::new();
    collect(directory, &mut files);
    files.sort();
    let mut all = Vec::new();
    for path in files {
        all.extend_from_slice(path.to_string_lossy().as_bytes());
        let content = std::fs::read(&path).unwrap_or_default();
        all.extend_from_slice(&of_bytes(&content).to_be_bytes());
    }
    of_bytes(&all)
}

fn collect(directory: &Path, files: &mut Vec<std::path::PathBuf>) {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::of_bytes;

    #[test]
    fn the_fingerprint_is_the_published_fnv_1a() {
        assert_eq!(of_bytes(b""), 0xcbf2_9ce4_8422_2325, "the offset basis");
        assert_eq!(
            of_bytes(b"foobar"),
            0x8594_4171_f739_67e8,
            "the authors' test vector"
        );
    }
}
