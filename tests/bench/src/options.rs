//! The command line: what is measured, how often, and where.
//!
//! Promises that an option nobody knows is refused by name.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

/// What can be measured, in its order.
const NAMES: [&str; 6] = [
    "commit",
    "scan",
    "start",
    "drain",
    "catch-up",
    "cloud-ingest",
];

/// What was asked for.
pub(crate) struct Options {
    /// Which benches.
    pub(crate) names: Vec<String>,
    /// Sizes of the vault, in sales.
    pub(crate) sales: Vec<u64>,
    /// Sales committed and measured for each vault.
    pub(crate) samples: usize,
    /// Codes scanned in the core.
    pub(crate) scans: usize,
    /// Codes scanned in the window.
    pub(crate) window_scans: usize,
    /// Cold starts of the window.
    pub(crate) starts: usize,
    /// Sales that wait to be sent.
    pub(crate) waiting: u64,
    /// Articles of the catalogue that a till fetches and catches up with.
    pub(crate) articles: u64,
    /// Everything once, small.
    pub(crate) quick: bool,
    /// Filled vaults stay for the next run.
    pub(crate) keep: bool,
    /// Where the files under measurement lie: the disk that is measured.
    pub(crate) folder: PathBuf,
    /// A catalogue in a CSV; made up where there is none.
    pub(crate) catalogue: PathBuf,
    /// Where the figures are written too.
    pub(crate) json: Option<PathBuf>,
}

impl Options {
    /// Reads names, `--quick`, `--keep` and `--name value` pairs. `--quick` sets the sizes that a later
    /// option may set again.
    pub(crate) fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self> {
        let mut options = Self::usual();
        let mut named = Vec::new();
        while let Some(argument) = arguments.next() {
            let mut value = || {
                let missing = || format!("{argument} wants a value");
                arguments.next().with_context(missing)
            };
            match argument.as_str() {
                "--quick" => options.hurry(),
                "--keep" => options.keep = true,
                "--sales" => options.sales = sizes(&value()?)?,
                "--samples" => options.samples = value()?.parse()?,
                "--scans" => options.scans = value()?.parse()?,
                "--window-scans" => options.window_scans = value()?.parse()?,
                "--starts" => options.starts = value()?.parse()?,
                "--waiting" => options.waiting = value()?.parse()?,
                "--articles" => options.articles = value()?.parse()?,
                "--folder" => options.folder = value()?.into(),
                "--catalogue" => options.catalogue = value()?.into(),
                "--json" => options.json = Some(value()?.into()),
                other if other.starts_with("--") => bail!("{other} is not an option of bench"),
                _ => named.push(argument),
            }
        }
        if !named.is_empty() {
            // In the house's order, whatever order they were asked for in.
            named.sort_by_key(|name| NAMES.iter().position(|known| known == name));
            options.names = named;
        }
        Ok(options)
    }

    fn usual() -> Self {
        let root = crate::place::root();
        Self {
            names: NAMES.map(str::to_owned).to_vec(),
            sales: vec![0, 10_000, 1_000_000],
            samples: 2_000,
            scans: 2_000,
            window_scans: 200,
            starts: 10,
            waiting: 20_000,
            articles: 100_000,
            quick: false,
            keep: false,
            folder: root.join("target/bench"),
            catalogue: root.join("../shared/data/catalogue-100k.csv.gz"),
            json: None,
        }
    }

    /// Everything once, small: shows that it works, not what it costs.
    fn hurry(&mut self) {
        self.quick = true;
        self.sales = vec![0, 10_000];
        self.samples = 500;
        self.scans = 400;
        self.window_scans = 40;
        self.starts = 3;
        self.waiting = 3_000;
        self.articles = 10_000;
    }

    /// An empty folder for one measurement.
    pub(crate) fn fresh(&self, name: &str) -> Result<PathBuf> {
        let folder = self.folder.join(name);
        remove(&folder)?;
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("{} cannot be made", folder.display()))?;
        Ok(folder)
    }
}

/// Removes a folder of ours, if it is there.
pub(crate) fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)
            .with_context(|| format!("{} cannot be removed", folder.display()))?;
    }
    Ok(())
}

fn sizes(text: &str) -> Result<Vec<u64>> {
    let each = text.split(',').map(|size| size.trim().parse());
    let mut sizes: Vec<u64> = each.collect::<Result<_, _>>().with_context(|| {
        format!("--sales {text}: wanted are numbers with commas, such as 0,10000")
    })?;
    sizes.sort_unstable();
    sizes.dedup();
    Ok(sizes)
}
