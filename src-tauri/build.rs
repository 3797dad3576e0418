//! Compiles the shell's capabilities and permissions into the binary.

use tauri_build::{AppManifest, Attributes};

fn main() {
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    println!("cargo:rerun-if-changed=src-tauri/permissions");
    // generate_context! fails without the folder; an empty one is enough for check and clippy
    std::fs::create_dir_all("ui/dist").expect("ui/dist can be made");
    tauri_build::try_build(
        Attributes::new()
            .capabilities_path_pattern("./src-tauri/capabilities/**/*")
            .app_manifest(
                AppManifest::new().permissions_path_pattern("./src-tauri/permissions/**/*.toml"),
            ),
    )
    .expect("tauri-build accepts the shell's capabilities");
}
