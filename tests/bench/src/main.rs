//! Measures what a till costs.

fn main() {}
