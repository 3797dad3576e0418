//! Rebuilds when a migration file appears: the macro that embeds them cannot ask for it itself.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations/cloud/sqlite");
    println!("cargo:rerun-if-changed=../../migrations/cloud/postgres");
}
