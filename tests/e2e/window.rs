//! The till's window under WebDriver: find, press, read, with a time-out on everything.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};

use crate::display::{Display, Running};
use crate::place::{pictures, window_program};

/// How long one step may take on a busy machine.
const STEP: Duration = Duration::from_secs(20);

/// The till's window.
pub struct Window {
    pub client: Client,
    data: PathBuf,
    _driver: Running,
    _display: Display,
}

impl Window {
    /// Opens the till that lives in `data`, on a screen of its own.
    pub async fn open(data: &Path) -> Result<Self> {
        Self::open_sized(data, 1366, 768).await
    }

    /// The same with a screen of another size.
    pub async fn open_sized(data: &Path, width: u32, height: u32) -> Result<Self> {
        let display = Display::start(&format!("{width}x{height}x24"))?;
        let port = std::net::TcpListener::bind("127.0.0.1:0")?
            .local_addr()?
            .port();
        let driver = Command::new("WebKitWebDriver")
            .args([format!("--port={port}"), "--host=127.0.0.1".to_owned()])
            .env("DISPLAY", &display.name)
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("HOLDFAST_DATA", data)
            .env("XDG_DATA_HOME", data.join("web/data"))
            .env("XDG_CACHE_HOME", data.join("web/cache"))
            .env("XDG_CONFIG_HOME", data.join("web/config"))
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()
            .context("WebKitWebDriver cannot be started: cargo xtask test installs it")?;
        let driver = Running(driver);
        let client = connect(port).await?;
        client.set_window_rect(0, 0, width, height).await?;
        Ok(Self {
            client,
            data: data.to_owned(),
            _driver: driver,
            _display: display,
        })
    }

    /// Ends the program as its close button would, and waits until the till is free again.
    pub async fn close(self) -> Result<()> {
        let pid = std::fs::read_to_string(self.data.join("lock")).unwrap_or_default();
        self.client.clone().close().await?;
        let process = Path::new("/proc").join(pid.trim());
        let started = Instant::now();
        while !pid.trim().is_empty() && process.exists() {
            if started.elapsed() > STEP {
                bail!("the program (process {pid}) did not end within {STEP:?}");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// The element with this test id, once it is there.
    pub async fn find(&self, id: &str) -> Result<Element> {
        let css = format!("[data-testid='{id}']");
        let found = self
            .client
            .wait()
            .at_most(STEP)
            .for_element(Locator::Css(&css))
            .await;
        match found {
            Ok(element) => Ok(element),
            Err(error) => {
                self.picture(&format!("missing-{id}")).await.ok();
                let page = self.client.find(Locator::Css("body")).await?.text().await?;
                bail!("{id} is not on the screen ({error}); the screen says:\n{page}")
            }
        }
    }

    /// Presses what has this test id, once it can be pressed.
    pub async fn press(&self, id: &str) -> Result<()> {
        let started = Instant::now();
        while !self.find(id).await?.is_enabled().await? {
            if started.elapsed() > STEP {
                self.picture(&format!("disabled-{id}")).await.ok();
                bail!("{id} cannot be pressed within {STEP:?}");
            }
            frames(&self.client).await?;
        }
        Ok(self.find(id).await?.click().await?)
    }

    /// What it says.
    pub async fn text(&self, id: &str) -> Result<String> {
        let text = self.find(id).await?.prop("innerText").await?;
        Ok(text.unwrap_or_default().replace('\n', " "))
    }

    /// Whether it is on the screen now.
    pub async fn shows(&self, id: &str) -> Result<bool> {
        let css = format!("[data-testid='{id}']");
        Ok(!self.client.find_all(Locator::Css(&css)).await?.is_empty())
    }

    /// Waits until what has this test id says something with `part` in it.
    pub async fn until_says(&self, id: &str, part: &str, within: Duration) -> Result<String> {
        let started = Instant::now();
        loop {
            let text = self.text(id).await?;
            if text.contains(part) {
                return Ok(text);
            }
            if started.elapsed() > within {
                self.picture(&format!("waiting-{id}")).await.ok();
                bail!("{id} should say {part:?} within {within:?}, it says {text:?}");
            }
            frames(&self.client).await?;
        }
    }

    /// Types a code as a scanner does: keys 20 ms apart, ended by Enter, wherever the focus is.
    pub async fn scan(&self, code: &str) -> Result<()> {
        let mut keys = KeyActions::new("scanner".to_owned());
        for key in code.chars().chain(['\u{e007}']) {
            keys = keys
                .then(KeyAction::Down { value: key })
                .then(KeyAction::Up { value: key })
                .then(KeyAction::Pause {
                    duration: Duration::from_millis(20),
                });
        }
        Ok(self.client.perform_actions(keys).await?)
    }

    /// Presses keys one after the other, as a hand does.
    pub async fn keys(&self, text: &str) -> Result<()> {
        let mut keys = KeyActions::new("hand".to_owned());
        for key in text.chars() {
            keys = keys
                .then(KeyAction::Down { value: key })
                .then(KeyAction::Up { value: key })
                .then(KeyAction::Pause {
                    duration: Duration::from_millis(120),
                });
        }
        Ok(self.client.perform_actions(keys).await?)
    }

    /// Signs somebody in on the sign-in screen, by touch.
    pub async fn sign_in(&self, name: &str, pin: &str) -> Result<()> {
        self.press(&format!("signin-operator-{name}")).await?;
        for digit in pin.chars() {
            self.press(&format!("key-{digit}")).await?;
        }
        if self.shows("pin-enter").await? {
            self.press("pin-enter").await?;
        }
        Ok(())
    }

    /// Runs a script in the page.
    #[allow(
        dead_code,
        reason = "the bench, which shares this file, reads the page with it"
    )]
    pub async fn script(&self, script: &str) -> Result<Value> {
        Ok(self.client.execute(script, vec![]).await?)
    }

    /// Saves what the screen shows.
    pub async fn picture(&self, name: &str) -> Result<PathBuf> {
        frames(&self.client).await?;
        let path = pictures()?.join(format!("{name}.png"));
        std::fs::write(&path, self.client.screenshot().await?)?;
        Ok(path)
    }
}

/// Two animation frames: WebDriver's pictures are one paint behind.
async fn frames(client: &Client) -> Result<()> {
    let script = "const done = arguments[0]; \
                  requestAnimationFrame(() => requestAnimationFrame(() => done()))";
    client.execute_async(script, vec![]).await?;
    Ok(())
}

async fn connect(port: u16) -> Result<Client> {
    let mut capabilities = Capabilities::new();
    let options = json!({ "binary": window_program(), "args": [] });
    capabilities.insert("webkitgtk:browserOptions".to_owned(), options);
    let url = format!("http://127.0.0.1:{port}");
    let started = Instant::now();
    loop {
        let http = hyper_util::client::legacy::connect::HttpConnector::new();
        let tried = ClientBuilder::new(http)
            .capabilities(capabilities.clone())
            .connect(&url)
            .await;
        match tried {
            Ok(client) => return Ok(client),
            // The driver needs a moment to listen.
            Err(error) if started.elapsed() > Duration::from_mins(1) => {
                return Err(error).context("no WebDriver session");
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}
