//! holdfastctl
fn main() {}
