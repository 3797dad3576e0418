//! Selling never waits for the network, and nothing has to be pressed when it comes back.

use std::time::Duration;

use anyhow::{Result, ensure};

use crate::counter::Shop;

#[tokio::test(flavor = "multi_thread")]
async fn a_sale_made_while_the_cloud_is_down_arrives_with_no_click() -> Result<()> {
    let shop = Shop::new()?;
    shop.enrol()?;
    let window = shop.open().await?;
    window.scan("A0101").await?;
    window
        .until_says("cart-total", "2.20", Duration::from_secs(10))
        .await?;
    window.press("pay").await?;
    window.press("tender-complete").await?;
    window.find("done-change").await?;
    let says = window
        .until_says("safety-line", "safe on this till", Duration::from_secs(30))
        .await?;
    ensure!(
        says.contains('1'),
        "the header counts the waiting sale: {says}"
    );
    window.picture("offline").await?;

    let _cloud = shop.cloud.start()?;
    window
        .until_says("safety-line", "in the cloud", Duration::from_secs(90))
        .await?;
    window.close().await?;
    let proof = shop.verify()?;
    ensure!(proof["equal"] == true, "till and cloud differ: {proof}");
    ensure!(proof["cloud"]["sales"] == 1, "it arrived once: {proof}");
    Ok(())
}
