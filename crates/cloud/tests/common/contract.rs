//! One contract, two stores: each behaviour is written once and held on both.
//!
//! A test is a plain `async fn`; [`both_stores`] lists them by name and makes `sqlite::name` and
//! `postgres::name` of each. Which store a [`super::World`] stands on is known to the task.

use std::future::Future;

/// Which store a test stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

tokio::task_local! {
    static ON: Kind;
}

/// Runs a test on one of them.
pub async fn on(kind: Kind, test: impl Future<Output = ()>) {
    ON.scope(kind, test).await;
}

/// The store of this test; SQLite where nobody asked for another.
pub fn kind() -> Kind {
    ON.try_with(|kind| *kind).unwrap_or(Kind::Sqlite)
}

/// Makes a test on SQLite and one on PostgreSQL of each name.
#[macro_export]
macro_rules! both_stores {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            use $crate::common::contract::{Kind, on};
            $(#[tokio::test]
            async fn $name() {
                on(Kind::Sqlite, super::$name()).await;
            })*
        }
        mod postgres {
            use $crate::common::contract::{Kind, on};
            $(#[tokio::test]
            async fn $name() {
                on(Kind::Postgres, super::$name()).await;
            })*
        }
    };
}
