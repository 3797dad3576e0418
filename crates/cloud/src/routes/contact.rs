//! What tills say of themselves, and which programs may still push.
//!
//! Promises that a till's word is kept at most once a minute as long as it says the same, and that
//! a program which is too old hears so at `hello` and at `push`: it goes on selling, nothing of it
//! is lost, and the till is seen by those who watch all the same. The version is the one of the
//! till's last signed `hello`.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use protocol::error::ApiCode;
use protocol::wire::HelloRequest;
use transport::server::{Refusal, Signed};
use uuid::Uuid;

use super::state::{Api, refused_by_store};
use crate::server::AppVersion;
use crate::store::TillCredential;
use crate::store::admin::TillSeen;

/// How long the same word of a till is not written again.
const AT_MOST_EVERY_MS: i64 = 60_000;
/// The longest version that is kept, in characters.
const MAX_APP_CHARS: usize = 100;

/// What this process wrote last of each till.
#[derive(Debug, Default)]
pub(super) struct Contacts {
    last: Mutex<BTreeMap<Uuid, TillSeen>>,
}

impl Contacts {
    /// Whether the word is new, or old enough to be written again; remembers it if so.
    fn is_news(&self, seen: &TillSeen) -> bool {
        // One row a till, whole or not there: nothing can be left half changed by a panic.
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let same = last.get(&seen.till).is_some_and(|before| {
            let young = (0..AT_MOST_EVERY_MS).contains(&(seen.now_ms - before.now_ms));
            let now_ms = seen.now_ms;
            let before = TillSeen {
                now_ms,
                ..before.clone()
            };
            young && before == *seen
        });
        if !same {
            last.insert(seen.till, seen.clone());
        }
        !same
    }
}

/// Keeps what a till says in its hello, then refuses it if its program is too old.
pub(super) async fn said_hello(
    api: &Api,
    signed: &Signed<TillCredential>,
    request: &HelloRequest,
) -> Result<(), Refusal> {
    let seen = TillSeen {
        tenant: signed.caller.tenant,
        till: signed.till,
        now_ms: api.ports.clock.wall_ms(),
        app: request.app.chars().take(MAX_APP_CHARS).collect(),
        backlog: request.backlog,
        proof_ok: request.proof_ok,
    };
    if api.contacts.is_news(&seen) {
        api.store.till_seen(seen).await.map_err(refused_by_store)?;
    }
    young_enough(api.manners.min_app.as_ref(), &request.app)
}

/// Whether the till may push with the program that it last said hello with.
pub(super) async fn may_push(api: &Api, caller: &TillCredential) -> Result<(), Refusal> {
    let Some(min_app) = &api.manners.min_app else {
        return Ok(());
    };
    let app = api.store.till_app(caller.tenant, caller.till).await;
    let app = app.map_err(refused_by_store)?;
    // A till that never said hello cannot know the heads it pushes to; it will.
    app.map_or(Ok(()), |app| young_enough(Some(min_app), &app))
}

fn young_enough(min_app: Option<&AppVersion>, app: &str) -> Result<(), Refusal> {
    let Some(min_app) = min_app else {
        return Ok(());
    };
    if AppVersion::read(app).is_some_and(|app| app >= *min_app) {
        return Ok(());
    }
    let app: String = app.chars().take(40).collect();
    Err(Refusal::new(
        ApiCode::UpgradeRequired,
        format!(
            "app is {app:?}, this cloud takes {min_app} or newer: update the till's program; it goes on selling meanwhile"
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_till_that_says_the_same_is_written_once_a_minute() {
        let contacts = Contacts::default();
        let seen = |now_ms, backlog| TillSeen {
            tenant: Uuid::nil(),
            till: Uuid::from_u128(1),
            now_ms,
            app: "1.0".into(),
            backlog: Some(backlog),
            proof_ok: None,
        };
        for (now_ms, backlog, news, why) in [
            (0, 1, true, "the first word"),
            (59_999, 1, false, "the same within a minute"),
            (59_999, 2, true, "another word"),
            (119_998, 2, false, "the same within a minute of that"),
            (119_999, 2, true, "a minute later"),
            (5, 2, true, "a clock that was set back"),
        ] {
            assert_eq!(contacts.is_news(&seen(now_ms, backlog)), news, "{why}");
        }
    }

    #[test]
    fn a_version_is_held_against_the_oldest_number_by_number() {
        let min_app = AppVersion::read("1.4.0").unwrap();
        for (app, young) in [
            ("1.4.0", true),
            ("1.10.0", true),
            ("2.0", true),
            ("1.3.99", false),
            ("1.4.0-dev", true),
            ("", false),
            ("new", false),
        ] {
            let answer = young_enough(Some(&min_app), app);
            assert_eq!(answer.is_ok(), young, "{app:?}: {answer:?}");
            assert!(young_enough(None, app).is_ok(), "no limit, no refusal");
        }
    }
}
