//! A new migration file must rebuild the crate that embeds it.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations/till");
    println!("cargo:rerun-if-changed=../../migrations/shop");
}
