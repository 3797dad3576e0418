//! What head office can do at the command line, beside the database.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use domain::{Currency, Role};
use uuid::Uuid;

use super::{DEFAULT_DATABASE, DEFAULT_NAME};
use crate::database::Database;

/// Whose business it is, and where.
#[derive(Debug, Args)]
pub struct Of {
    /// Where the tables are; a server may be running on them.
    #[arg(long, default_value = DEFAULT_DATABASE)]
    pub database: Database,
    /// The business.
    #[arg(long, default_value = DEFAULT_NAME)]
    pub tenant: String,
}

/// Businesses.
#[derive(Debug, Subcommand)]
pub enum TenantVerb {
    /// Prints every business: id and name.
    List {
        /// Where the tables are.
        #[arg(long, default_value = DEFAULT_DATABASE)]
        database: Database,
    },
    /// Makes a business unless it is there; prints its id.
    Add(Of),
}

/// Branches.
#[derive(Debug, Subcommand)]
pub enum BranchVerb {
    /// Prints every branch.
    List(Of),
    /// Makes a branch; prints it.
    Add {
        /// Whose.
        #[command(flatten)]
        of: Of,
        /// Its name.
        name: String,
    },
    /// Gives a branch another name.
    Rename {
        /// Whose.
        #[command(flatten)]
        of: Of,
        /// The branch.
        branch: Uuid,
        /// Its new name.
        name: String,
    },
}

/// Articles.
#[derive(Debug, Subcommand)]
pub enum ProductVerb {
    /// Prints articles whose name, code or barcode holds all the words; at most 1,000.
    List {
        /// Whose.
        #[command(flatten)]
        of: Of,
        /// The words.
        words: Vec<String>,
    },
    /// Reads a CSV file of articles and prices.
    Import {
        /// Whose.
        #[command(flatten)]
        of: Of,
        /// The file.
        #[arg(long)]
        file: PathBuf,
        /// How many decimals a price has: ISO 4217.
        #[arg(long, value_parser = currency)]
        currency: Currency,
        /// The tax class of rows that name none.
        #[arg(long)]
        default_tax_class: Option<String>,
    },
}

/// Tax classes.
#[derive(Debug, Subcommand)]
pub enum TaxClassVerb {
    /// Prints every tax class.
    List(Of),
    /// Makes a tax class be so.
    Set {
        /// Whose.
        #[command(flatten)]
        of: Of,
        /// Its code.
        code: String,
        /// For people.
        #[arg(long)]
        name: String,
        /// Basis points: 20 % is 2000.
        #[arg(long)]
        rate_bp: i64,
    },
}

/// People.
#[derive(Debug, Subcommand)]
pub enum OperatorVerb {
    /// Prints everybody.
    List(Of),
    /// Makes an operator; prints them. The PIN is read from standard input, one line, and is not
    /// set if there is none: an argument could be read by everybody on the machine.
    Add {
        /// Whose.
        #[command(flatten)]
        of: Of,
        /// Their name.
        name: String,
        /// `cashier`, `supervisor`, `manager`, `installer`.
        #[arg(long, value_parser = role)]
        role: Role,
    },
}

/// Tills.
#[derive(Debug, Subcommand)]
pub enum TillVerb {
    /// Prints every till with the last it said of itself.
    List(Of),
    /// Ends a till's credential; it goes on selling.
    Revoke {
        /// Whose.
        #[command(flatten)]
        of: Of,
        /// The till.
        till: Uuid,
    },
}

/// What needs a person.
#[derive(Debug, Subcommand)]
pub enum ConflictVerb {
    /// Prints what is open, the newest first; at most 1,000.
    List {
        /// Whose.
        #[command(flatten)]
        of: Of,
        /// What is settled instead.
        #[arg(long)]
        settled: bool,
    },
    /// Decides on one.
    Settle {
        /// Whose.
        #[command(flatten)]
        of: Of,
        /// The conflict.
        conflict: Uuid,
        /// Its version as it was looked at.
        #[arg(long)]
        version: u32,
        /// `keep_mine`, `keep_theirs`, `accept_count`, `keep_computed`, `count_again`, `acknowledge`.
        #[arg(long, value_parser = decision)]
        decision: protocol::conflict::Decision,
        /// The supervisor or manager who decided.
        #[arg(long)]
        operator: Option<Uuid>,
        /// In their words.
        #[arg(long)]
        note: Option<String>,
    },
}

/// Whose business each verb is about.
macro_rules! verbs_of {
    ($($verb:ident { $($flat:ident),* ; $($with:ident),* })*) => {$(
        impl $verb {
            /// Whose business it is about.
            pub const fn of(&self) -> &Of {
                match self {
                    $(Self::$flat(of) => of,)*
                    $(Self::$with { of, .. } => of,)*
                }
            }
        }
    )*};
}

verbs_of! {
    BranchVerb { List; Add, Rename }
    ProductVerb { ; List, Import }
    TaxClassVerb { List; Set }
    OperatorVerb { List; Add }
    TillVerb { List; Revoke }
    ConflictVerb { ; List, Settle }
}

fn currency(text: &str) -> Result<Currency, String> {
    Currency::from_code(text).ok_or_else(|| format!("{text:?} is no ISO 4217 code such as GBP"))
}

fn role(text: &str) -> Result<Role, String> {
    serde_json::from_value(text.into())
        .map_err(|_| format!("{text:?} is none of cashier, supervisor, manager, installer"))
}

fn decision(text: &str) -> Result<protocol::conflict::Decision, String> {
    protocol::conflict::Decision::from_word(text)
        .ok_or_else(|| format!("{text:?} is no decision such as keep_theirs or acknowledge"))
}
