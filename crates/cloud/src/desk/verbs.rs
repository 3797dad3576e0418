//! The verbs of head office at the command line: each says what it found or made, a JSON line a
//! thing.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use protocol::ports::new_id;
use protocol::pull::TaxClassRow;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{DeskError, named};
use crate::cli::{BranchVerb, ConflictVerb, OperatorVerb, ProductVerb, TaxClassVerb, TillVerb};
use crate::office::{ImportForm, Importer, Office, SettleWanted, Streams};
use crate::server::Ports;
use crate::store::Store;
use crate::store::admin::{
    Admin, ConflictsWanted, GoodsWanted, OperatorEntry, ShopRow, ShopTable, TenantRow,
};

/// Rows of one list.
const MAX_ROWS: u32 = 1_000;
/// Bytes of a file that are read at once.
const PIECE: usize = 256 * 1024;

/// The desk of one tenant.
pub struct TenantDesk<'a> {
    store: &'a dyn Store,
    ports: &'a Ports,
    admin: Admin,
}

/// Every tenant, a line each.
pub async fn tenants(store: &dyn Store) -> Result<Vec<String>, DeskError> {
    let rows = store.tenants().await?;
    let line = |row: TenantRow| json!({ "tenant": row.tenant, "name": row.name }).to_string();
    Ok(rows.into_iter().map(line).collect())
}

/// Makes a tenant unless it is there; its id.
pub async fn add_tenant(
    store: &dyn Store,
    ports: &Ports,
    tenant: &str,
) -> Result<String, DeskError> {
    let row = TenantRow {
        tenant: new_id(&*ports.clock, &*ports.entropy),
        name: named("tenant", tenant)?,
        created_at_ms: ports.clock.wall_ms(),
    };
    Ok(store.put_tenant(row).await?.to_string())
}

impl<'a> TenantDesk<'a> {
    /// The desk of the tenant of that name.
    pub async fn of(
        store: &'a dyn Store,
        ports: &'a Ports,
        tenant: &str,
    ) -> Result<Self, DeskError> {
        let name = named("tenant", tenant)?;
        let all = store.tenants().await?;
        let found = all.into_iter().find(|row| row.name == name);
        let tenant = found.ok_or(DeskError::TenantUnknown { name })?.tenant;
        let admin = Admin {
            tenant,
            token_id: None,
        };
        Ok(Self {
            store,
            ports,
            admin,
        })
    }

    const fn office(&self) -> Office<'a> {
        Office::new(self.store, self.ports, self.admin)
    }

    fn new_id(&self) -> Uuid {
        new_id(&*self.ports.clock, &*self.ports.entropy)
    }

    /// Branches.
    pub async fn branch(&self, verb: &BranchVerb) -> Result<Vec<String>, DeskError> {
        let office = self.office();
        match verb {
            BranchVerb::List(_) => Ok(lines(&office.branches().await?)),
            BranchVerb::Add { name, .. } => {
                Ok(vec![line(&office.put_branch(self.new_id(), name).await?)])
            }
            BranchVerb::Rename { branch, name, .. } => {
                Ok(vec![line(&office.put_branch(*branch, name).await?)])
            }
        }
    }

    /// Articles.
    pub async fn product(&self, verb: &ProductVerb) -> Result<Vec<String>, DeskError> {
        match verb {
            ProductVerb::List { words, .. } => {
                let wanted = GoodsWanted {
                    words: words.clone(),
                    after: None,
                    limit: MAX_ROWS,
                };
                Ok(lines(
                    &self.store.products(self.admin.tenant, wanted).await?,
                ))
            }
            ProductVerb::Import {
                file,
                currency,
                default_tax_class,
                ..
            } => {
                let form = ImportForm {
                    currency: *currency,
                    default_tax_class: default_tax_class.clone(),
                };
                let mut importer = Importer::new(self.office(), form);
                let mut source = opened(file)?;
                let mut piece = vec![0; PIECE];
                loop {
                    let read = source.read(&mut piece).map_err(unreadable(file))?;
                    if read == 0 {
                        break;
                    }
                    importer.take(&piece[..read]).await?;
                }
                Ok(vec![line(&importer.finish().await?)])
            }
        }
    }

    /// Tax classes.
    pub async fn tax_class(&self, verb: &TaxClassVerb) -> Result<Vec<String>, DeskError> {
        match verb {
            TaxClassVerb::List(_) => {
                let rows = self.office().rows(ShopTable::TaxClasses).await?;
                let rows = rows.into_iter().filter_map(|row| match row {
                    ShopRow::TaxClass(class) => Some(line(&class)),
                    ShopRow::InStoreRule(_) | ShopRow::Operator(_) | ShopRow::Setting(_) => None,
                });
                Ok(rows.collect())
            }
            TaxClassVerb::Set {
                code,
                name,
                rate_bp,
                ..
            } => {
                let class = TaxClassRow {
                    code: code.clone(),
                    name: name.clone(),
                    rate_bp: *rate_bp,
                };
                Ok(vec![line(&self.office().put_tax_class(class).await?)])
            }
        }
    }

    /// People. `pin` is the first line of standard input, if there is one.
    pub async fn operator(
        &self,
        verb: &OperatorVerb,
        pin: Option<&str>,
    ) -> Result<Vec<String>, DeskError> {
        let office = self.office();
        match verb {
            OperatorVerb::List(_) => Ok(lines(&office.operators().await?)),
            OperatorVerb::Add { name, role, .. } => {
                let operator_id = self.new_id();
                let entry = OperatorEntry {
                    operator_id,
                    name: name.clone(),
                    role: *role,
                    active: true,
                    has_pin: false,
                    branches: None,
                };
                let mut made = office.put_operator(entry).await?;
                if let Some(pin) = pin {
                    office.set_pin(operator_id, pin).await?;
                    made.has_pin = true;
                }
                Ok(vec![line(&made)])
            }
        }
    }

    /// Tills.
    pub async fn till(&self, verb: &TillVerb) -> Result<Vec<String>, DeskError> {
        let office = self.office();
        match verb {
            TillVerb::List(_) => Ok(lines(&office.tills().await?)),
            TillVerb::Revoke { till, .. } => Ok(vec![line(&office.revoke_till(*till).await?)]),
        }
    }

    /// What needs a person.
    pub async fn conflict(&self, verb: &ConflictVerb) -> Result<Vec<String>, DeskError> {
        let office = self.office();
        match verb {
            ConflictVerb::List { settled, .. } => {
                let wanted = ConflictsWanted {
                    settled: *settled,
                    before: None,
                    limit: MAX_ROWS,
                };
                Ok(lines(&office.conflicts(wanted).await?))
            }
            ConflictVerb::Settle {
                conflict,
                version,
                decision,
                operator,
                note,
                ..
            } => {
                let wanted = SettleWanted {
                    version: *version,
                    decision: *decision,
                    operator_id: *operator,
                    product: None,
                    note: note.clone(),
                };
                let streams = Streams::default();
                let key = self.new_id();
                let (row, _) = office.settle(&streams, *conflict, wanted, key).await?;
                Ok(vec![line(&row)])
            }
        }
    }

    /// What a revoked till saved.
    pub async fn salvage(&self, file: &Path) -> Result<Vec<String>, DeskError> {
        Ok(vec![line(&self.office().salvage(opened(file)?).await?)])
    }
}

fn opened(file: &Path) -> Result<File, DeskError> {
    File::open(file).map_err(unreadable(file))
}

fn unreadable(file: &Path) -> impl Fn(std::io::Error) -> DeskError {
    move |error| DeskError::File {
        file: file.to_owned(),
        error,
    }
}

fn line(thing: &impl Serialize) -> String {
    // Our own rows: writing them as JSON cannot fail, and a line that is null is still a line.
    serde_json::to_value(thing)
        .unwrap_or(Value::Null)
        .to_string()
}

fn lines<T: Serialize>(things: &[T]) -> Vec<String> {
    things.iter().map(line).collect()
}
