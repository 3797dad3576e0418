//! The sale that everything is about: scanned, paid, printed, in the cloud once.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use crate::counter::{CODES, Shop, TOTAL, interpret};

#[tokio::test(flavor = "multi_thread")]
async fn a_sale_goes_through_every_room_once() -> Result<()> {
    let shop = Shop::new()?;
    shop.enrol()?;
    let _cloud = shop.cloud.start()?;
    let window = shop.open().await?;

    for code in CODES {
        window.scan(code).await?;
    }
    window
        .until_says("cart-total", "8.50", Duration::from_secs(10))
        .await?;
    window.picture("sell").await?;
    window.press("pay").await?;
    window.picture("tender").await?;
    window.press("quick-1000").await?;
    if window.shows("tender-complete").await? {
        window.press("tender-complete").await?;
    }
    let change = window.text("done-change").await?;
    ensure!(
        change.contains("1.50"),
        "the change of 10.00 for 8.50 is 1.50, not {change:?}"
    );
    window
        .until_says("done-receipt-state", "rinted", Duration::from_secs(20))
        .await?;
    window.picture("done").await?;
    let number = window.text("done-number").await?;
    window.press("done-next").await?;
    window
        .until_says("safety-line", "in the cloud", Duration::from_secs(30))
        .await?;

    let printed = interpret(&shop.printer.bytes())?;
    let text = printed["text"]
        .as_str()
        .context("the interpreter gives text")?
        .to_owned();
    for expected in [
        "Espresso",
        "Flat white",
        "Americano",
        "8.50",
        "10.00",
        "1.50",
    ] {
        ensure!(
            text.contains(expected),
            "{expected:?} is not on the receipt:\n{text}"
        );
    }
    ensure!(
        number.split_whitespace().any(|word| text.contains(word)),
        "{number} is not on it"
    );
    ensure!(
        printed["unknown_commands"]
            .as_array()
            .is_some_and(Vec::is_empty),
        "the printer was sent something that is no command: {}",
        printed["unknown_commands"]
    );

    ensure!(
        printed["cuts"].as_u64() >= Some(1) && printed["drawer_pulses"].as_u64() >= Some(1),
        "the paper is cut and the drawer opened: {printed}"
    );

    window.close().await?;
    let proof = shop.verify()?;
    ensure!(proof["equal"] == true, "till and cloud differ: {proof}");
    ensure!(
        proof["cloud"]["sales"] == 1,
        "the cloud has the sale once: {proof}"
    );
    // By line, with 20 % inside: 183 + 283 + 242.
    ensure!(
        proof["cloud"]["net_minor"] == 708,
        "{TOTAL} with 20 % in it is 708 net: {proof}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_scans_20_ms_apart_count_ten_with_the_focus_anywhere() -> Result<()> {
    let shop = Shop::new()?;
    let window = shop.open().await?;
    window.press("sell-search").await?;
    for _ in 0..10 {
        window.scan("A0101").await?;
    }
    window
        .until_says("cart-total", "22.00", Duration::from_secs(15))
        .await?;
    window.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_sale_needs_no_mouse() -> Result<()> {
    let shop = Shop::new()?;
    let window = shop.open().await?;
    window.scan("A0101").await?;
    window
        .until_says("cart-total", "2.20", Duration::from_secs(10))
        .await?;
    // F12 pays, Enter on what is due takes it exactly.
    window.keys("\u{e03c}").await?;
    window.find("tender").await?;
    window.keys("\u{e007}").await?;
    let change = window.text("done-change").await?;
    ensure!(
        change.contains("0.00"),
        "exact cash leaves no change, the screen says {change:?}"
    );
    window.close().await
}
