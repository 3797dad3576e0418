//! Giving back by receipt, with a supervisor's PIN.

use std::time::Duration;

use anyhow::{Result, ensure};

use crate::cloud::ctl;
use crate::counter::Shop;
use crate::window::Window;

#[tokio::test(flavor = "multi_thread")]
async fn a_cashier_gives_back_one_line_with_a_supervisors_pin() -> Result<()> {
    let shop = Shop::new()?;
    ctl(
        &shop.till(),
        &["sell", "--code", "A0101", "--code", "A0104", "--cash", "10"],
    )?;
    let window = Window::open(&shop.till()).await?;
    window.sign_in("Ada", "2580").await?;
    window.find("sell").await?;
    window.press("frame-menu").await?;
    window.press("menu-sales").await?;
    window.press("sales-row").await?;
    window.press("sales-refund").await?;
    window.press("refund-more").await?;
    window
        .find("refund-reason")
        .await?
        .send_keys("wrong size")
        .await?;
    window
        .until_says("refund-total", "2.20", Duration::from_secs(10))
        .await?;
    window.picture("refund").await?;
    window.press("refund-confirm").await?;
    window.press("approver-Grace").await?;
    for digit in "1470".chars() {
        window.press(&format!("key-{digit}")).await?;
    }
    window.press("pin-enter").await?;
    let back = window.text("done-change").await?;
    ensure!(
        back.contains("2.20"),
        "2.20 goes back, the screen says {back:?}"
    );
    window.close().await?;
    let verified = ctl(&shop.till(), &["verify"])?;
    ensure!(
        verified["till"]["refunds"] == 1,
        "one refund is recorded: {verified}"
    );
    Ok(())
}
