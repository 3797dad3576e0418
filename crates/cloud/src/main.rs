//! holdfast-cloud
fn main() {}
