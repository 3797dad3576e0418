//! The command line's forms. Scripts outside the project use them: they only grow.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// The till's command line.
#[derive(Debug, Parser)]
#[command(
    name = "holdfastctl",
    version,
    about = "The till's command line: set up, sell, look, prove"
)]
pub(crate) struct Forms {
    /// The till's data folder.
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Answer with one JSON value on standard output.
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Set up a new till.
    Init(Init),
    /// Join a branch of a cloud with a one-time code.
    Enrol {
        /// The cloud's address, such as http://127.0.0.1:7071.
        #[arg(long)]
        cloud: String,
        /// The code.
        #[arg(long)]
        code: String,
    },
    /// Read a catalogue.
    Catalogue {
        #[command(subcommand)]
        command: Catalogue,
    },
    /// Ring up articles and take cash for them.
    Sell {
        /// What is scanned; once for each article.
        #[arg(long, required = true)]
        code: Vec<String>,
        /// What the customer hands over, such as 20 or 12.50.
        #[arg(long, value_name = "AMOUNT")]
        cash: String,
    },
    /// What a scan answers; nothing is sold.
    Scan {
        /// The code.
        code: String,
    },
    /// Search the catalogue.
    Search {
        /// Words and beginnings of words.
        #[arg(required = true)]
        words: Vec<String>,
        /// How many hits at most.
        #[arg(long, default_value_t = 20)]
        limit: u32,
    },
    /// Ring the invoices of a file of the Online Retail form.
    Replay {
        /// The CSV, or CSV.gz.
        file: PathBuf,
        /// Only the first N invoices.
        #[arg(long)]
        limit: Option<usize>,
        /// Append `invoice sale_id` here after each acknowledged invoice.
        #[arg(long, value_name = "FILE")]
        acks: Option<PathBuf>,
        /// Send in the background meanwhile, as the window does.
        #[arg(long)]
        sending: bool,
        /// Wait so long before each invoice, milliseconds.
        #[arg(long, value_name = "MS", default_value_t = 0)]
        every: u64,
    },
    /// Send what waits.
    Sync {
        /// Return when everything is in the cloud; not done is exit status 1.
        #[arg(long)]
        until_drained: bool,
        /// Give up waiting after S seconds; nothing is lost.
        #[arg(long, value_name = "S", default_value_t = 600)]
        timeout: u64,
    },
    /// Check every link of the chain, vault against journal, and the cloud if asked.
    Verify {
        /// Compare with what the cloud counts.
        #[arg(long)]
        against_cloud: bool,
    },
    /// Look at what waits for the cloud.
    Queue {
        #[command(subcommand)]
        command: Queue,
    },
    /// A sale's receipt.
    Receipt {
        /// The sale's id or receipt number, or `last`.
        sale: String,
        #[arg(long, value_enum, default_value_t = ReceiptFormat::Text)]
        format: ReceiptFormat,
        /// Write here instead of to standard output.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Check the till: disk, key, vault, clock, printer, cloud.
    Doctor,
    /// What needs a person, and how earlier ones ended.
    Conflicts {
        /// Words to find.
        words: Vec<String>,
        /// The settled ones.
        #[arg(long)]
        settled: bool,
        /// How many at most.
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
    /// Decide on a conflict.
    Settle(Settle),
    /// Book goods in.
    Receive {
        /// Article code, barcode or id, and how much: TEA=3.
        #[arg(required = true, value_name = "ARTICLE=QUANTITY")]
        line: Vec<String>,
        /// The delivery note's number.
        #[arg(long)]
        reference: Option<String>,
    },
    /// Book a count.
    Count {
        /// Article code, barcode or id, and what was found: TEA=8.
        #[arg(required = true, value_name = "ARTICLE=QUANTITY")]
        line: Vec<String>,
        /// Why.
        #[arg(long)]
        reason: Option<String>,
        /// The conflict that asked for it.
        #[arg(long)]
        settles: Option<app::Uuid>,
    },
    /// Correct one article's stock.
    Adjust {
        /// Article code, barcode or id, and the signed difference: TEA=-1.
        #[arg(value_name = "ARTICLE=QUANTITY", allow_hyphen_values = true)]
        line: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Change an article.
    EditProduct(EditProduct),
    /// How much there is; of one article with how it came to be.
    Stock {
        /// Article code, barcode or id; without it, all.
        article: Option<String>,
        /// How many at most.
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
    /// Read both media again and compare with what the cloud counts.
    Proof,
    /// Write a file for support: no PINs, no keys, no names, no amounts.
    SupportBundle {
        /// Where; beside the till's files if absent.
        #[arg(long, value_name = "FILE")]
        out: Option<String>,
    },
    /// Write everything this till recorded to a file that head office can take in.
    Export {
        /// The file; must not exist yet.
        file: String,
    },
    /// Write what the cloud does not hold yet to a file that head office can take in.
    SalvageFile {
        /// The file; must not exist yet.
        file: String,
    },
    /// Try the way to the cloud, step by step.
    TestPath,
    /// Leave the cloud; refused while anything is unsent, unless it is exported first.
    Leave {
        /// Write what is unsent here first.
        #[arg(long, value_name = "FILE")]
        export_to: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Settle {
    /// The conflict.
    pub conflict: app::Uuid,
    /// keep_mine, keep_theirs, accept_count, keep_computed, count_again or acknowledge.
    #[arg(long)]
    pub decision: String,
    /// The version that was looked at; the one at hand if absent.
    #[arg(long)]
    pub version: Option<u32>,
    /// In your words.
    #[arg(long)]
    pub note: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct EditProduct {
    /// Article code, barcode or id.
    pub article: String,
    /// The name.
    #[arg(long)]
    pub name: Option<String>,
    /// The list price, such as 2.55; `ask`: the till asks at each sale.
    #[arg(long)]
    pub price: Option<String>,
    /// The article code; empty: none.
    #[arg(long)]
    pub code: Option<String>,
    /// The category; empty: none.
    #[arg(long)]
    pub category: Option<String>,
    /// The tax class's code.
    #[arg(long)]
    pub tax_class: Option<String>,
    /// All barcodes; once for each.
    #[arg(long)]
    pub barcode: Vec<String>,
    /// Yes to a code that another article has too.
    #[arg(long)]
    pub sure: bool,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false, id = "what")]
pub(crate) struct InitWhat {
    /// A demo branch: 200 articles, three operators.
    #[arg(long, group = "what")]
    pub demo: bool,
    /// Nothing but a currency.
    #[arg(long, group = "what", requires = "currency")]
    pub empty: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Init {
    #[command(flatten)]
    pub what: InitWhat,
    /// ISO 4217, such as GBP.
    #[arg(long)]
    pub currency: Option<String>,
    /// The shop's name.
    #[arg(long, default_value = "Main branch")]
    pub branch_name: String,
    /// This till's name; part of every receipt number.
    #[arg(long, default_value = "1")]
    pub till_name: String,
    /// The manager's PIN; made and told once if absent.
    #[arg(long)]
    pub pin: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Catalogue {
    /// Import a CSV; bad rows are told by number and reason, the rest is imported.
    Import {
        /// The CSV, or CSV.gz.
        file: PathBuf,
        /// Say what would happen, change nothing.
        #[arg(long)]
        dry_run: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Queue {
    /// What waits, in cashier order.
    List {
        /// How many at most.
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReceiptFormat {
    /// As text.
    Text,
    /// As the printer draws it.
    Png,
    /// As the printer's bytes.
    Escpos,
}
