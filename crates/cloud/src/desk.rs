//! What the command line asks of the store: a code, a token, and head office's verbs.
//!
//! Promises that the secret is returned once and kept nowhere but as a hash.

mod verbs;

use std::path::PathBuf;

use protocol::ports::new_id;

pub use verbs::{TenantDesk, add_tenant, tenants};

use crate::office::OfficeError;
use crate::secrets;
use crate::server::Ports;
use crate::store::admin::AdminTokenWanted;
use crate::store::{CodeWanted, Store, StoreError, TokenWanted};

/// The longest name of a tenant or a branch, in characters.
pub const MAX_NAME_CHARS: usize = 200;

/// Why the desk could not give what was asked for.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// A name that cannot be one.
    #[error("--{which} must have 1 to {MAX_NAME_CHARS} characters, got {chars}")]
    Name {
        /// `tenant` or `branch`.
        which: &'static str,
        /// How many it has.
        chars: usize,
    },
    /// Nothing to read there.
    #[error("there is no tenant {name:?} in this database: the first enrol-code for it makes it")]
    TenantUnknown {
        /// The name as given.
        name: String,
    },
    /// A file that cannot be read.
    #[error("{file} cannot be read: {error}")]
    File {
        /// The file.
        file: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// Head office's own no.
    #[error(transparent)]
    Office(#[from] OfficeError),
    /// The database said no.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A new one-time code for a branch; makes the tenant and the branch if they are new.
pub async fn enrol_code(
    store: &dyn Store,
    ports: &Ports,
    tenant: &str,
    branch: &str,
) -> Result<String, DeskError> {
    let tenant_name = named("tenant", tenant)?;
    let branch_name = named("branch", branch)?;
    let code = secrets::new_code(&*ports.entropy);
    let now_ms = ports.clock.wall_ms();
    store
        .make_code(CodeWanted {
            tenant_name,
            branch_name,
            new_tenant: new_id(&*ports.clock, &*ports.entropy),
            new_branch: new_id(&*ports.clock, &*ports.entropy),
            code_hash: secrets::code_hash(&code),
            now_ms,
            expires_at_ms: now_ms.saturating_add(secrets::CODE_LIFE_MS),
        })
        .await?;
    Ok(code)
}

/// A new token that reads a tenant's reports.
pub async fn read_token(
    store: &dyn Store,
    ports: &Ports,
    tenant: &str,
) -> Result<String, DeskError> {
    let tenant_name = named("tenant", tenant)?;
    let token = secrets::new_token(&*ports.entropy);
    let made = store
        .make_read_token(TokenWanted {
            tenant_name: tenant_name.clone(),
            token_hash: secrets::token_hash(&token),
            now_ms: ports.clock.wall_ms(),
        })
        .await?;
    if made {
        Ok(token)
    } else {
        Err(DeskError::TenantUnknown { name: tenant_name })
    }
}

/// A new token for head office of one tenant; with `anew` every older one ends.
pub async fn admin_token(
    store: &dyn Store,
    ports: &Ports,
    tenant: &str,
    anew: bool,
) -> Result<String, DeskError> {
    let tenant_name = named("tenant", tenant)?;
    let token = secrets::new_admin_token(&*ports.entropy);
    let now_ms = ports.clock.wall_ms();
    if anew {
        store
            .revoke_admin_tokens(tenant_name.clone(), now_ms)
            .await?;
    }
    let made = store
        .make_admin_token(AdminTokenWanted {
            tenant_name: tenant_name.clone(),
            token_id: new_id(&*ports.clock, &*ports.entropy),
            token_hash: secrets::admin_token_hash(&token),
            now_ms,
        })
        .await?;
    if made {
        Ok(token)
    } else {
        Err(DeskError::TenantUnknown { name: tenant_name })
    }
}

fn named(which: &'static str, name: &str) -> Result<String, DeskError> {
    let name = name.trim();
    match name.chars().count() {
        1..=MAX_NAME_CHARS => Ok(name.to_owned()),
        chars => Err(DeskError::Name { which, chars }),
    }
}
