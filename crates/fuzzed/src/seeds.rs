//! The first inputs of each target: real bytes, made by the code that makes them in a shop.
//!
//! Promises that the same program makes the same seeds, so that the committed ones can be made again.

mod bodies;
mod doors;
mod files;
mod receipts;
mod rows;
mod small;
pub(crate) mod till;

/// One seed.
pub struct Seed {
    /// The target's name.
    pub target: &'static str,
    /// The file's name.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// Every seed of every target.
pub fn all() -> Vec<Seed> {
    let mut seeds = Vec::new();
    small::put(&mut seeds);
    bodies::put(&mut seeds);
    doors::put(&mut seeds);
    files::put(&mut seeds);
    rows::put(&mut seeds);
    receipts::put(&mut seeds);
    seeds
}

pub(crate) fn seed(
    target: &'static str,
    name: impl Into<String>,
    bytes: impl Into<Vec<u8>>,
) -> Seed {
    Seed {
        target,
        name: name.into(),
        bytes: bytes.into(),
    }
}
