//! A till ready to sell: set up through the command line, its printer a listener, its cloud real.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use testkit::virtual_printer::VirtualPrinter;

use crate::cloud::{Cloud, ctl};
use crate::window::Window;

/// Three articles of the demo branch, each with its price in pence.
pub const CODES: [&str; 3] = ["A0101", "A0104", "A0103"];
/// What the three come to.
pub const TOTAL: i64 = 220 + 340 + 290;

/// A shop with one till.
pub struct Shop {
    dir: tempfile::TempDir,
    pub cloud: Cloud,
    pub printer: VirtualPrinter,
}

impl Shop {
    /// A demo branch whose till is not enrolled yet.
    pub fn new() -> Result<Self> {
        let dir = tempfile::tempdir()?;
        let cloud = Cloud::new(dir.path())?;
        ctl(&dir.path().join("till"), &["init", "--demo"])?;
        Ok(Self {
            cloud,
            printer: VirtualPrinter::start()?,
            dir,
        })
    }

    /// The till's folder.
    pub fn till(&self) -> PathBuf {
        self.dir.path().join("till")
    }

    /// Enrols the till while the cloud runs for just this.
    pub fn enrol(&self) -> Result<()> {
        let _running = self.cloud.start()?;
        ctl(
            &self.till(),
            &[
                "enrol",
                "--cloud",
                &self.cloud.url(),
                "--code",
                &self.cloud.code()?,
            ],
        )?;
        Ok(())
    }

    /// A second till of the same branch, joined while the cloud runs for just this.
    #[allow(dead_code, reason = "the bench, which shares this file, has one till")]
    pub fn second_till(&self) -> Result<PathBuf> {
        let till = self.dir.path().join("till-2");
        ctl(&till, &["init", "--demo", "--till-name", "2"])?;
        let _running = self.cloud.start()?;
        let (url, code) = (self.cloud.url(), self.cloud.code()?);
        ctl(&till, &["enrol", "--cloud", &url, "--code", &code])?;
        Ok(till)
    }

    /// Opens the window, signs the manager in and points the till at the printer.
    pub async fn open(&self) -> Result<Window> {
        let window = Window::open(&self.till()).await?;
        window.sign_in("Linus", "3690").await?;
        window.find("sell").await?;
        let address = self.printer.address().to_string();
        self.set_printer(&window, &address).await?;
        Ok(window)
    }

    async fn set_printer(&self, window: &Window, address: &str) -> Result<()> {
        let settings = json!({
            "connection": { "kind": "network", "address": address },
            "profile": "epson-tm-t88",
            "open_drawer": true,
        });
        let script = "const [settings, done] = arguments; \
             window.__TAURI_INTERNALS__.invoke('set_printer', { settings }) \
               .then(() => done('set'), (error) => done(JSON.stringify(error)))";
        let answer = window.client.execute_async(script, vec![settings]).await?;
        ensure!(answer == "set", "the printer was not set: {answer}");
        Ok(())
    }

    /// What the till says of itself and the cloud.
    pub fn verify(&self) -> Result<Value> {
        ctl(&self.till(), &["verify", "--against-cloud"])
    }
}

/// Reads a printer's bytes with an interpreter that is not ours.
pub fn interpret(bytes: &[u8]) -> Result<Value> {
    let program = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("target/tools/escpos-reader/release/escpos-reader");
    ensure!(
        program.exists(),
        "{} is not built: cargo xtask test builds it",
        program.display()
    );
    let mut child = Command::new(program)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()?;
    child
        .stdin
        .take()
        .context("it reads its standard input")?
        .write_all(bytes)?;
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "the interpreter refused the bytes");
    Ok(serde_json::from_slice(&output.stdout)?)
}
