//! What head office does, whether it comes over HTTP or from the command line beside the database.
//!
//! Owns the checks of what a person asks for and the steps that take more than one row: a code, a
//! revocation, a decision, a salvage, an import. Promises that everything is of the one tenant of
//! the person who asks, and that each "no" names the field, the value and the limit.
//! Never does: HTTP, reading a clock but by its port, keeping a secret.

mod checks;
mod goods;
mod import;
mod people;
mod salvage;
mod settle;
mod shop;
mod streams;
mod tills;

use protocol::error::ApiCode;

pub use goods::{ImportReport, ProductEntry, RefusedRow};
pub use import::{ImportForm, Importer};
pub use salvage::{SalvageReport, Salvaged};
pub use settle::SettleWanted;
pub use streams::Streams;

use crate::server::Ports;
use crate::store::admin::Admin;
use crate::store::{Store, StoreError};

/// The longest name of a branch or a person, in characters.
pub const MAX_NAME_CHARS: usize = 200;

/// Why head office did not get what it asked for.
#[derive(Debug, thiserror::Error)]
pub enum OfficeError {
    /// A field that cannot be so.
    #[error("{0}")]
    Malformed(String),
    /// Nothing of that id in this business.
    #[error("there is no {what} {id} in this business")]
    NotThere {
        /// `branch`, `till`, `product`, `operator`, `conflict`.
        what: &'static str,
        /// As asked for.
        id: String,
    },
    /// Another has it, or it has changed meanwhile.
    #[error("{0}")]
    Taken(String),
    /// The person may not.
    #[error("{0}")]
    NotAllowed(String),
    /// The database said no.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl OfficeError {
    /// The kind on the wire.
    pub const fn code(&self) -> ApiCode {
        match self {
            Self::Malformed(_) => ApiCode::Malformed,
            Self::NotThere { .. } => ApiCode::NotFound,
            Self::Taken(_) => ApiCode::Exists,
            Self::NotAllowed(_) => ApiCode::Forbidden,
            Self::Store(_) => ApiCode::Internal,
        }
    }

    fn not_there(what: &'static str, id: &(impl ToString + ?Sized)) -> Self {
        let id = id.to_string();
        Self::NotThere { what, id }
    }
}

/// Head office at work: one person, one tenant.
#[derive(Clone, Copy)]
pub struct Office<'a> {
    store: &'a dyn Store,
    ports: &'a Ports,
    admin: Admin,
}

impl<'a> Office<'a> {
    /// Head office with this person in it.
    pub const fn new(store: &'a dyn Store, ports: &'a Ports, admin: Admin) -> Self {
        Self {
            store,
            ports,
            admin,
        }
    }

    fn now_ms(&self) -> i64 {
        self.ports.clock.wall_ms()
    }
}
