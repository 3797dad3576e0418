//! What `cargo xtask demo` does where there is no display: the first run's "try it", one sale
//! through the real window, its picture and its receipt in `target/demo/`.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use crate::cloud::{ctl, program};
use crate::window::Window;

#[tokio::test(flavor = "multi_thread")]
async fn demo_sells_once_through_the_real_window() -> Result<()> {
    let out = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/demo");
    std::fs::create_dir_all(&out)?;
    let dir = tempfile::tempdir()?;
    let till = dir.path().join("till");
    let window = Window::open(&till).await?;
    window.press("firstrun-try").await?;
    window.sign_in("Ada", "2580").await?;
    for code in ["A0101", "A0104", "A0103", "2010001012504"] {
        window.scan(code).await?;
    }
    window
        .until_says("cart-count", "4", Duration::from_secs(10))
        .await?;
    std::fs::copy(window.picture("demo-sell").await?, out.join("window.png"))?;
    window.press("pay").await?;
    window.press("tender-complete").await?;
    window.find("done-change").await?;
    std::fs::copy(window.picture("demo-done").await?, out.join("done.png"))?;
    window.press("done-next").await?;
    window
        .until_says("safety-line", "in the cloud", Duration::from_mins(1))
        .await?;
    window.close().await?;
    for (format, name) in [
        ("text", "receipt.txt"),
        ("png", "receipt.png"),
        ("escpos", "receipt.bin"),
    ] {
        let status = std::process::Command::new(program("holdfastctl")?)
            .args(["receipt", "last", "--format", format, "--data"])
            .arg(&till)
            .arg("--out")
            .arg(out.join(name))
            .status()?;
        anyhow::ensure!(status.success(), "the receipt as {format}");
    }
    ctl(&till, &["verify"])?;
    Ok(())
}
