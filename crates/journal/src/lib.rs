//! The critical journal: a flat, append-only, hash-chained black box
