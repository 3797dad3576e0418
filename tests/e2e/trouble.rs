//! What a cashier meets when something is wrong: a sentence and a way on.

use std::time::Duration;

use anyhow::{Result, ensure};

use crate::cloud::ctl;
use crate::counter::Shop;
use crate::window::Window;

#[tokio::test(flavor = "multi_thread")]
async fn five_wrong_pins_lock_and_a_scan_signs_nobody_in() -> Result<()> {
    let shop = Shop::new()?;
    let window = Window::open(&shop.till()).await?;
    window.find("signin-operator-Ada").await?;
    window.scan("5000001010018").await?;
    ensure!(
        !window.shows("sell").await?,
        "a scanned product signs nobody in"
    );
    for _ in 0..5 {
        window.sign_in("Ada", "9999").await?;
        window.find("signin-problem").await?;
    }
    let problem = window
        .until_says(
            "signin-problem",
            "oo many wrong PINs",
            Duration::from_secs(10),
        )
        .await?;
    window.picture("locked").await?;
    ensure!(!window.shows("sell").await?, "locked out: {problem}");
    window.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_code_says_so_and_offers_three_ways_on() -> Result<()> {
    let shop = Shop::new()?;
    let window = shop.open().await?;
    window.scan("4006381333931").await?;
    window.find("question").await?;
    for way in ["question-search", "question-quick", "question-ignore"] {
        ensure!(window.shows(way).await?, "{way} is offered");
    }
    window.picture("unknown").await?;
    window.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printer_that_is_off_holds_up_nobody() -> Result<()> {
    let shop = Shop::new()?;
    let window = shop.open().await?;
    shop.printer.refuse();
    window.scan("A0101").await?;
    window
        .until_says("cart-total", "2.20", Duration::from_secs(10))
        .await?;
    window.press("pay").await?;
    window.press("tender-complete").await?;
    window.find("done-change").await?;
    window.press("done-next").await?;
    window.scan("A0104").await?;
    window
        .until_says("cart-total", "3.40", Duration::from_secs(10))
        .await?;
    window.picture("printer-off").await?;
    shop.printer.accept();
    window.close().await?;
    let verified = ctl(&shop.till(), &["verify"])?;
    ensure!(
        verified["till"]["sales"] == 1,
        "the sale is a fact: {verified}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_cart_survives_a_kill() -> Result<()> {
    let shop = Shop::new()?;
    let window = shop.open().await?;
    for code in ["A0101", "A0104"] {
        window.scan(code).await?;
    }
    window
        .until_says("cart-total", "5.60", Duration::from_secs(10))
        .await?;
    // The driver goes, and with it the window: no good-bye, no clean-up.
    drop(window);
    let again = Window::open(&shop.till()).await?;
    again.sign_in("Ada", "2580").await?;
    again
        .until_says("cart-total", "5.60", Duration::from_secs(10))
        .await?;
    again.close().await
}
