//! The shape of shop.db, made and raised by refinery from `migrations/shop/`.
//!
//! Promises: a file made by another version of the program (newer, or with an edited migration) is told
//! from a disk that refuses: the first is made anew, the second is an error.

use rusqlite::Connection;

use super::error::ShopError;

mod embedded {
    refinery::embed_migrations!("../../migrations/shop");
}

/// Brings the file to this program's shape.
pub(super) fn raise(connection: &mut Connection) -> Result<(), ShopError> {
    use refinery::error::Kind;
    // Grouped: else refinery commits what a migration does apart from the note that it was done, and a
    // program that dies in between never opens the file again.
    match embedded::migrations::runner()
        .set_grouped(true)
        .run(connection)
    {
        Ok(_) => Ok(()),
        Err(error) => match error.kind() {
            Kind::DivergentVersion(..) | Kind::MissingVersion(..) | Kind::RepeatedVersion(..) => {
                Err(ShopError::Damaged {
                    detail: format!("made by another version of the program: {error}"),
                })
            }
            Kind::Connection(_, cause) => Err(of_cause(cause.as_ref(), &error)),
            Kind::InvalidName
            | Kind::InvalidVersion
            | Kind::InvalidMigrationPath(..)
            | Kind::ConfigError(_)
            | Kind::InvalidMigrationFile(..) => Err(ShopError::Damaged {
                detail: error.to_string(),
            }),
        },
    }
}

/// The SQLite error below refinery's, judged as any other SQLite error.
fn of_cause(cause: &(dyn std::error::Error + 'static), whole: &refinery::Error) -> ShopError {
    match cause.downcast_ref::<rusqlite::Error>() {
        Some(sql) if super::error::sql_damage(sql) => ShopError::Damaged {
            detail: sql.to_string(),
        },
        // A table or column that is there already, or is not: no shape that any program left whole.
        Some(sql) if sql.sqlite_error_code() == Some(rusqlite::ErrorCode::Unknown) => {
            ShopError::Damaged {
                detail: sql.to_string(),
            }
        }
        Some(rusqlite::Error::SqliteFailure(code, text)) => {
            ShopError::Sql(rusqlite::Error::SqliteFailure(*code, text.clone()))
        }
        _ => ShopError::Damaged {
            detail: whole.to_string(),
        },
    }
}
