//! Every screen of a sale fits the smallest till there is, in both schemes.

use std::time::Duration;

use anyhow::{Result, ensure};

use crate::counter::Shop;
use crate::window::Window;

/// What must lie inside the window: the next thing to do, and the figure that matters.
const MUST_FIT: &str = "
    const out = [...arguments[0]].filter((id) => {
      const found = document.querySelector(`[data-testid='${id}']`);
      if (!found) return true;
      const box = found.getBoundingClientRect();
      return box.width < 1 || box.left < 0 || box.top < 0
        || box.right > innerWidth + 1 || box.bottom > innerHeight + 1;
    });
    const wide = document.documentElement.scrollWidth > innerWidth;
    return JSON.stringify({ out, wide, width: innerWidth });
";

async fn fits(window: &Window, picture: &str, ids: &[&str]) -> Result<()> {
    window.picture(picture).await?;
    let ids = serde_json::json!(ids);
    let answer = window.client.execute(MUST_FIT, vec![ids]).await?;
    let found: serde_json::Value = serde_json::from_str(answer.as_str().unwrap_or_default())?;
    ensure!(
        found["out"] == serde_json::json!([]) && found["wide"] == false,
        "{picture}: outside the window, or not there: {found}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sale_fits_1024_by_768_in_the_light_and_in_the_dark() -> Result<()> {
    let shop = Shop::new()?;
    let window = Window::open_sized(&shop.till(), 1024, 768).await?;
    window.find("signin-operator-Linus").await?;
    fits(
        &window,
        "1024-sign-in",
        &["signin-operator-Linus", "safety-line"],
    )
    .await?;
    window.sign_in("Linus", "3690").await?;
    window.find("sell").await?;
    for scheme in ["light", "dark"] {
        window.press("frame-menu").await?;
        window.press("menu-settings").await?;
        window.press(&format!("theme-{scheme}")).await?;
        fits(
            &window,
            &format!("1024-{scheme}-settings"),
            &["printer-save", "safety-line"],
        )
        .await?;
        window.press("frame-menu").await?;
        window.press("menu-sell").await?;
        window.scan("A0101").await?;
        window
            .until_says("cart-total", "2.20", Duration::from_secs(10))
            .await?;
        fits(
            &window,
            &format!("1024-{scheme}-sell"),
            &["pay", "cart-total", "sell-search"],
        )
        .await?;
        window.press("pay").await?;
        window.find("tender-complete").await?;
        let tender = ["tender-complete", "tender-due", "quick-exact"];
        fits(&window, &format!("1024-{scheme}-tender"), &tender).await?;
        window.press("tender-complete").await?;
        window.find("done-change").await?;
        fits(
            &window,
            &format!("1024-{scheme}-done"),
            &["done-change", "done-next"],
        )
        .await?;
        window.press("done-next").await?;
        window.find("sell").await?;
    }
    window.close().await
}
