//! The command line: `serve`, `enrol-code`, `read-token`.

use std::net::SocketAddr;

use clap::{Parser, Subcommand};

use crate::database::Database;

/// Where a database lies if nothing is said: beside where the program was started.
const DEFAULT_DATABASE: &str = "sqlite:holdfast-cloud.db";
/// The name a first tenant or branch gets if nothing is said.
const DEFAULT_NAME: &str = "main";

/// The cloud of Holdfast: takes what tills recorded, once each, in order.
#[derive(Debug, Parser)]
#[command(name = "holdfast-cloud", version)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
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
}
