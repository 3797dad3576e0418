//! office.db: what head office tells that hangs on no shelf: people, settings, conflicts.
//!
//! Owns that file. It has the shape of shop.db and its own key, because a person's PIN verifier and what a sale came
//! to do not lie open on a till's disk. Promises: it may be thrown away; damaged or of another version, it is removed
//! and made anew, and the next pull fills it.

use std::path::Path;
use std::sync::Mutex;

use protocol::conflict::{ConflictRow, ConflictStatus};
use protocol::pull::{OperatorRow, PullRow, PullScope, RowRead, SettingRow};
use rusqlite::{Connection, OptionalExtension, named_params};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::super::doors::lock;
use super::super::error::ShopError;
use super::super::words::folded;
use super::super::{Shop, ShopKey, anew, doors};
use super::apply;
use super::publish::Published;
use crate::reads::int;

const FILE: &str = "office.db";
/// The most conflicts of one answer.
const MAX_CONFLICTS: u32 = 1_000;

/// Which conflicts are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConflictQuery {
    /// Words in title, kind, field or name; empty: all.
    pub text: String,
    /// The settled ones instead of the open ones.
    pub settled: bool,
    /// At most so many.
    pub limit: u32,
}

/// Everybody and every setting that head office gave this branch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OfficePeople {
    /// Operators, inactive ones too.
    pub operators: Vec<OperatorRow>,
    /// Settings by name.
    pub settings: Vec<SettingRow>,
    /// How often they were published; 0: never.
    pub revision: u64,
}

/// Opens the file, made anew if it is not sound.
pub(in super::super) fn open(dir: &Path, key: &ShopKey) -> Result<Mutex<Connection>, ShopError> {
    let file = dir.join(FILE);
    match doors::office(&file, key) {
        Ok(connection) => Ok(Mutex::new(connection)),
        Err(error) if error.is_damage() => {
            tracing::warn!(%error, "what head office told is damaged: it is thrown away and pulled again");
            anew::remove_with_sides(&file);
            Ok(Mutex::new(doors::office(&file, key)?))
        }
        Err(error) => Err(error),
    }
}

impl Shop {
    /// Conflicts, the newest first.
    pub fn conflicts(&self, query: &ConflictQuery) -> Result<Vec<ConflictRow>, ShopError> {
        self.with_office(Vec::new(), |office| {
            let mut statement = office.prepare_cached(
                "SELECT row FROM conflict WHERE is_open = :open AND instr(words, :words) > 0 \
                 ORDER BY opened_at_ms DESC, conflict LIMIT :limit",
            )?;
            let found = statement.query_map(
                named_params! {
                    ":open": !query.settled,
                    ":words": searchable(query.text.trim()),
                    ":limit": query.limit.min(MAX_CONFLICTS),
                },
                |row| row.get::<_, String>(0),
            )?;
            found.map(|text| read(&text?)).collect()
        })
    }

    /// One conflict.
    pub fn conflict(&self, conflict: Uuid) -> Result<Option<ConflictRow>, ShopError> {
        self.one_conflict("SELECT row FROM conflict WHERE conflict = ?1", conflict)
    }

    /// The newest open conflict about a product or its stock.
    pub fn open_conflict_of_product(
        &self,
        product_id: Uuid,
    ) -> Result<Option<ConflictRow>, ShopError> {
        self.one_conflict(
            "SELECT row FROM conflict WHERE product_id = ?1 AND is_open = 1 ORDER BY opened_at_ms DESC LIMIT 1",
            product_id,
        )
    }

    /// The conflict that an op opened or touched last.
    pub fn conflict_of_op(&self, op_id: Uuid) -> Result<Option<ConflictRow>, ShopError> {
        self.one_conflict(
            "SELECT row FROM conflict WHERE op_id = ?1 ORDER BY is_open DESC, opened_at_ms DESC LIMIT 1",
            op_id,
        )
    }

    /// How many conflicts need a person.
    pub fn open_conflicts(&self) -> Result<u64, ShopError> {
        self.with_office(0, |office| {
            let count: i64 = office
                .prepare_cached("SELECT count(*) FROM conflict WHERE is_open = 1")?
                .query_row([], |row| row.get(0))?;
            Ok(crate::reads::uint(count))
        })
    }

    /// People and settings as head office gave them.
    pub fn office_people(&self) -> Result<OfficePeople, ShopError> {
        self.with_office(OfficePeople::default(), |office| {
            Ok(OfficePeople {
                operators: all(office, "operator")?,
                settings: all(office, "setting")?,
                revision: super::place::load(office, PullScope::Config)?.revision,
            })
        })
    }

    fn one_conflict(&self, sql: &str, key: Uuid) -> Result<Option<ConflictRow>, ShopError> {
        self.with_office(None, |office| {
            let found: Option<String> = office
                .prepare_cached(sql)?
                .query_row([key.as_bytes()], |row| row.get(0))
                .optional()?;
            found.map(|text| read(&text)).transpose()
        })
    }

    /// Runs `work` on the office's file; a till without one answers `otherwise`.
    fn with_office<T>(
        &self,
        otherwise: T,
        work: impl FnOnce(&Connection) -> Result<T, ShopError>,
    ) -> Result<T, ShopError> {
        match self.office.get() {
            Some(office) => work(&lock(office)),
            None => Ok(otherwise),
        }
    }
}

fn all<T: DeserializeOwned>(office: &Connection, entity: &str) -> Result<Vec<T>, ShopError> {
    let mut statement =
        office.prepare_cached("SELECT row FROM office_row WHERE entity = ?1 ORDER BY id")?;
    let found = statement.query_map([entity], |row| row.get::<_, String>(0))?;
    found.map(|text| read(&text?)).collect()
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, ShopError> {
    serde_json::from_str(text).map_err(|error| ShopError::Damaged {
        detail: format!("a row of {FILE}: {error}"),
    })
}

/// Publishes the staged rows of one of the office's scopes.
pub(super) fn publish(
    connection: &Connection,
    scope: PullScope,
    sweep: bool,
    done: &mut Published,
) -> Result<(), ShopError> {
    if sweep {
        let sql = match scope {
            PullScope::Conflicts => "DELETE FROM conflict",
            PullScope::Config => "DELETE FROM office_row",
            PullScope::Stock | PullScope::Catalogue => return Ok(()),
        };
        done.removed += connection.execute(sql, [])? as u64;
    }
    apply::each(connection, scope, "IS NOT NULL", |row| {
        apply::one(connection, row, done, |done| take(connection, row, done))
    })
}

fn take(connection: &Connection, row: &PullRow, done: &mut Published) -> Result<(), ShopError> {
    match row.read() {
        Ok(RowRead::Conflict(conflict)) => put_conflict(connection, row, &conflict, done)?,
        Ok(RowRead::Operator(_)) => put_row(connection, row, "operator", done)?,
        Ok(RowRead::Setting(_)) => put_row(connection, row, "setting", done)?,
        Ok(RowRead::Gone) => done.removed += gone(connection, row)?,
        // Of another scope, or of a time to come.
        Ok(
            RowRead::TaxClass(_)
            | RowRead::Product(_)
            | RowRead::InStoreRule(_)
            | RowRead::Stock(_)
            | RowRead::Unknown,
        ) => {}
        Err(error) => apply::refused(done, row, &error),
    }
    Ok(())
}

fn put_row(
    connection: &Connection,
    row: &PullRow,
    entity: &str,
    done: &mut Published,
) -> Result<(), ShopError> {
    let Some(data) = &row.data else { return Ok(()) };
    connection
        .prepare_cached(
            "INSERT INTO office_row (entity, id, row_version, row) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (entity, id) DO UPDATE SET row_version = excluded.row_version, row = excluded.row",
        )?
        .execute((entity, &row.id, int(row.rv), data.get()))?;
    done.rows += 1;
    Ok(())
}

fn put_conflict(
    connection: &Connection,
    row: &PullRow,
    conflict: &ConflictRow,
    done: &mut Published,
) -> Result<(), ShopError> {
    let Some(data) = &row.data else { return Ok(()) };
    connection
        .prepare_cached(
            "INSERT INTO conflict (conflict, is_open, opened_at_ms, op_id, product_id, words, row_version, row) \
             VALUES (:conflict, :is_open, :opened_at_ms, :op_id, :product_id, :words, :row_version, :row) \
             ON CONFLICT (conflict) DO UPDATE SET is_open = excluded.is_open, \
             opened_at_ms = excluded.opened_at_ms, op_id = excluded.op_id, product_id = excluded.product_id, \
             words = excluded.words, row_version = excluded.row_version, row = excluded.row",
        )?
        .execute(named_params! {
            ":conflict": conflict.conflict.as_bytes(),
            ":is_open": conflict.status == ConflictStatus::Open,
            ":opened_at_ms": conflict.opened_at_ms,
            ":op_id": conflict.op_id.as_bytes(),
            ":product_id": product_of(&conflict.entity).as_ref().map(|id| id.as_bytes().as_slice()),
            ":words": searchable(data.get()),
            ":row_version": int(row.rv),
            ":row": data.get(),
        })?;
    done.rows += 1;
    Ok(())
}

fn gone(connection: &Connection, row: &PullRow) -> Result<u64, ShopError> {
    let removed = match (row.entity.as_str(), Uuid::parse_str(&row.id)) {
        ("conflict", Ok(conflict)) => connection
            .prepare_cached("DELETE FROM conflict WHERE conflict = ?1")?
            .execute([conflict.as_bytes()])?,
        _ => connection
            .prepare_cached("DELETE FROM office_row WHERE entity = ?1 AND id = ?2")?
            .execute((&row.entity, &row.id))?,
    };
    Ok(removed as u64)
}

/// The product of `product:<id>` or `stock:<branch>/<id>`.
pub fn product_of(entity: &str) -> Option<Uuid> {
    let id = match entity.split_once(':')? {
        ("product", id) => id,
        ("stock", place) => place.rsplit('/').next()?,
        _ => return None,
    };
    Uuid::parse_str(id).ok()
}

/// Text as it is compared: folded and in small letters.
fn searchable(text: &str) -> String {
    folded(text).to_lowercase()
}
