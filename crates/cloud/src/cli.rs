//! The command line: `serve`, and what head office can do beside the database.
//!
//! Everything but `serve` works on the database directly, also while a server runs on it, and
//! prints JSON lines or the one secret that was asked for.

mod verbs;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use crate::database::Database;
use crate::server::AppVersion;

pub use verbs::{
    BranchVerb, ConflictVerb, Of, OperatorVerb, ProductVerb, TaxClassVerb, TenantVerb, TillVerb,
};

/// Where a database lies if nothing is said: beside where the program was started.
const DEFAULT_DATABASE: &str = "sqlite:holdfast-cloud.db";
/// The name a first tenant or branch gets if nothing is said.
const DEFAULT_NAME: &str = "main";

/// The cloud of Holdfast: takes what tills recorded, once each, in order.
#[derive(Debug, Parser)]
#[command(name = "holdfast-cloud", version)]
pub struct Cli {
    /// How the log is written to standard error.
    #[arg(long, global = true, value_enum, default_value_t = LogForm::Text)]
    pub log: LogForm,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogForm {
    /// For people.
    Text,
    /// One JSON object a line, for programs.
    Json,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serves tills until SIGTERM or SIGINT.
    Serve {
        /// Address and port; port 0 takes a free one and prints it.
        #[arg(long, default_value = "127.0.0.1:7071")]
        listen: SocketAddr,
        /// Where the tables are.
        #[arg(long, default_value = DEFAULT_DATABASE)]
        database: Database,
        /// Also stops when standard input closes: for a program that runs a cloud of its own.
        #[arg(long)]
        exit_with_parent: bool,
        /// The oldest program of a till that may still push; older ones go on selling.
        #[arg(long)]
        min_app: Option<AppVersion>,
    },
    /// Prints a one-time code with which one till may enrol within 15 minutes.
    EnrolCode {
        /// Where the tables are; a server may be running on them.
        #[arg(long, default_value = DEFAULT_DATABASE)]
        database: Database,
        /// The business; made if new.
        #[arg(long, default_value = DEFAULT_NAME)]
        tenant: String,
        /// The shop; made if new.
        #[arg(long, default_value = DEFAULT_NAME)]
        branch: String,
    },
    /// Prints a bearer token that reads the sales and stock of one tenant.
    ReadToken {
        /// Where the tables are; a server may be running on them.
        #[arg(long, default_value = DEFAULT_DATABASE)]
        database: Database,
        /// The business.
        #[arg(long, default_value = DEFAULT_NAME)]
        tenant: String,
    },
    /// Prints a bearer token for head office of one tenant: `/v1/admin/*`.
    AdminToken {
        /// Whose.
        #[command(flatten)]
        of: Of,
        /// Ends every older token of the tenant first.
        #[arg(long)]
        anew: bool,
    },
    /// Businesses.
    #[command(subcommand)]
    Tenant(TenantVerb),
    /// Branches.
    #[command(subcommand)]
    Branch(BranchVerb),
    /// Articles.
    #[command(subcommand)]
    Product(ProductVerb),
    /// Tax classes.
    #[command(subcommand)]
    TaxClass(TaxClassVerb),
    /// People.
    #[command(subcommand)]
    Operator(OperatorVerb),
    /// Tills.
    #[command(subcommand, visible_alias = "till")]
    Tills(TillVerb),
    /// What needs a person.
    #[command(subcommand)]
    Conflicts(ConflictVerb),
    /// Records what a revoked till saved: its signatures are checked, its revocation is waived.
    Salvage {
        /// Whose.
        #[command(flatten)]
        of: Of,
        /// The file that the till's support tools wrote: zstd, one request a line.
        #[arg(long)]
        file: PathBuf,
    },
    /// Says that this database was put back to an older day: a new epoch begins and tills send
    /// again what is missing. Prints the epoch.
    Restored {
        /// Where the tables are; no server may be running on the ones that were put back.
        #[arg(long, default_value = DEFAULT_DATABASE)]
        database: Database,
    },
}
