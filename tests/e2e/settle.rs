//! Two tills disagree; the window shows both versions, and a person ends it there.
//!
//! The disagreement is made for real: two tills of one branch that cannot reach the cloud, each doing what is
//! right as far as it knows. The second one to arrive is the one whose window is looked at.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use fantoccini::Locator;

use crate::cloud::ctl;
use crate::counter::Shop;
use crate::window::Window;

/// Long enough for a pull on a busy machine.
const SOON: Duration = Duration::from_secs(90);

/// Two tills of one branch, both joined, the cloud not running.
struct Branch {
    one: Shop,
    two: PathBuf,
}

impl Branch {
    fn new() -> Result<Self> {
        let one = Shop::new()?;
        one.enrol()?;
        let two = one.second_till()?;
        Ok(Self { one, two })
    }

    /// Hands in what each till recorded: the first till's, then the second's.
    fn hand_in(&self) -> Result<()> {
        let _running = self.one.cloud.start()?;
        for till in [&self.one.till(), &self.two] {
            ctl(till, &["sync", "--until-drained", "--timeout", "60"])?;
        }
        Ok(())
    }

    /// The second till's window, on what needs a person.
    async fn needs_you(&self) -> Result<Window> {
        let window = Window::open(&self.two).await?;
        window.sign_in("Linus", "3690").await?;
        window.find("sell").await?;
        window.until_says("needs-person-badge", "1", SOON).await?;
        window.press("needs-person-badge").await?;
        window.find("needs-you").await?;
        Ok(window)
    }
}

/// What a till has heard of how it ended.
fn settled_at(till: &Path) -> Result<serde_json::Value> {
    ctl(till, &["sync", "--until-drained", "--timeout", "60"])?;
    ctl(till, &["conflicts", "--settled"])
}

/// Opens the one conflict that is listed.
async fn open_conflict(window: &Window, kind: &str) -> Result<()> {
    let css = format!("[data-testid^='needs-you-'][data-kind='{kind}']");
    let row = window
        .client
        .wait()
        .at_most(SOON)
        .for_element(Locator::Css(&css))
        .await
        .with_context(|| format!("no conflict of kind {kind} is listed"))?;
    row.click().await?;
    window.find("conflict").await?;
    Ok(())
}

/// Chooses, confirms, and waits until the cloud has taken it.
async fn decide(window: &Window, decision: &str) -> Result<()> {
    window.press(&format!("choice-{decision}")).await?;
    window.press("settle-confirm").await?;
    window.find("settled-by").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tills_edit_one_product_and_a_person_keeps_one_price() -> Result<()> {
    let branch = Branch::new()?;
    ctl(
        &branch.one.till(),
        &["edit-product", "A0101", "--price", "2.50"],
    )?;
    ctl(&branch.two, &["edit-product", "A0101", "--price", "2.75"])?;
    branch.hand_in()?;
    let _cloud = branch.one.cloud.start()?;
    let window = branch.needs_you().await?;
    open_conflict(&window, "EDIT_CONFLICT").await?;
    let says = window.text("conflict").await?;
    for part in ["2.50", "2.75"] {
        ensure!(
            says.contains(part),
            "both prices stand side by side: {says}"
        );
    }
    let differs = window.find("conflict-field-price_minor").await?;
    ensure!(
        differs.attr("data-differs").await?.as_deref() == Some("true"),
        "the field that differs is marked"
    );
    window.picture("settle-edit").await?;
    decide(&window, "keep_mine").await?;
    window.picture("settle-edit-done").await?;
    window.close().await?;
    let heard = settled_at(&branch.one.till())?;
    ensure!(
        heard.to_string().contains("keep_mine"),
        "the other till hears of it: {heard}"
    );
    let price = ctl(&branch.one.till(), &["scan", "A0101"])?;
    ensure!(
        price.to_string().contains("275"),
        "and sells at the decided price: {price}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tills_count_one_article_and_a_person_accepts_a_count() -> Result<()> {
    let branch = Branch::new()?;
    ctl(&branch.one.till(), &["receive", "A0104=10"])?;
    branch.hand_in()?;
    ctl(&branch.one.till(), &["count", "A0104=8"])?;
    ctl(&branch.two, &["count", "A0104=7"])?;
    branch.hand_in()?;
    let _cloud = branch.one.cloud.start()?;
    let window = branch.needs_you().await?;
    open_conflict(&window, "COUNT_RACE").await?;
    window.picture("settle-count").await?;
    decide(&window, "accept_count").await?;
    window.close().await?;
    settled_at(&branch.one.till())?;
    settled_at(&branch.two)?;
    for till in [&branch.one.till(), &branch.two] {
        let stock = ctl(till, &["stock", "A0104"])?;
        ensure!(
            stock.to_string().contains("7000"),
            "both tills show seven: {stock}"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tills_sell_the_last_piece_and_a_person_reconciles() -> Result<()> {
    let branch = Branch::new()?;
    ctl(&branch.one.till(), &["receive", "A0103=1"])?;
    branch.hand_in()?;
    for till in [&branch.one.till(), &branch.two] {
        ctl(till, &["sell", "--code", "A0103", "--cash", "5"])?;
    }
    branch.hand_in()?;
    let _cloud = branch.one.cloud.start()?;
    let window = branch.needs_you().await?;
    open_conflict(&window, "NEGATIVE_STOCK").await?;
    let says = window.text("conflict").await?;
    ensure!(
        says.contains("-1") || says.contains("−1"),
        "one below zero: {says}"
    );
    window.picture("settle-negative").await?;
    decide(&window, "keep_computed").await?;
    window.close().await?;
    let proof = ctl(&branch.two, &["verify", "--against-cloud"])?;
    ensure!(proof["equal"] == true, "both sales stand: {proof}");
    Ok(())
}
