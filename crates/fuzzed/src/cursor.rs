//! Pull cursors: those that the cloud wrote are read as written, and nobody else writes one.

use std::fmt::Write as _;
use std::sync::{LazyLock, Mutex, PoisonError};

use protocol::error::ApiCode;
use protocol::pull::{PullAnswer, PullScope};

use crate::bites::Bites;
use crate::room::goods;
use crate::room::{Room, Till};
use crate::seeds::till;

/// A cloud with some goods, and every cursor that it ever gave.
struct Fetched {
    room: Room,
    till: Till,
    /// Scope, cursor, and the answer to it.
    given: Vec<(PullScope, String, Vec<u8>)>,
}

static FETCHED: LazyLock<Mutex<Fetched>> = LazyLock::new(|| Mutex::new(Fetched::new()));

/// A scope, then a cursor: as it came, or one of the cloud's own, changed.
pub(crate) fn body(input: &[u8]) {
    let mut bites = Bites::new(input);
    let scope = PullScope::ALL[usize::from(bites.byte()) % 4];
    let how = bites.byte();
    let mut fetched = FETCHED.lock().unwrap_or_else(PoisonError::into_inner);
    let cursor = if how == 0 {
        bites.rest().to_vec()
    } else {
        changed(
            &fetched.given[usize::from(how) % fetched.given.len()].1,
            bites,
        )
    };
    fetched.ask(scope, &cursor);
}

/// One of our own with a few letters of it changed, moved or lost.
fn changed(cursor: &str, mut bites: Bites<'_>) -> Vec<u8> {
    let mut text = cursor.as_bytes().to_vec();
    for _ in 0..4 {
        if bites.is_empty() {
            break;
        }
        let kind = bites.byte();
        let at = bites.below(text.len() + 1);
        match kind % 5 {
            0 => {
                let letter = bites.byte();
                if let Some(old) = text.get_mut(at) {
                    *old = letter;
                }
            }
            1 => text.truncate(at),
            2 => {
                let piece = bites.piece();
                text.splice(at..at, piece.iter().copied());
            }
            3 => {
                text.drain(at..(at + usize::from(bites.byte())).min(text.len()));
            }
            _ => text.push(bites.byte()),
        }
    }
    text
}

impl Fetched {
    fn new() -> Self {
        let mut room = Room::start();
        let mut till = room.let_in(till::fresh(3));
        goods::bring(&mut room, &mut till);
        let mut fetched = Self {
            room,
            till,
            given: Vec::new(),
        };
        for scope in PullScope::ALL {
            fetched.page_through(scope);
        }
        assert!(fetched.given.len() > 6, "there is something to fetch");
        fetched
    }

    /// Fetches a scope row by row and keeps each cursor with what it answers.
    fn page_through(&mut self, scope: PullScope) {
        let mut cursor = String::new();
        loop {
            let answer = self.get(scope, cursor.as_bytes());
            let page: PullAnswer = serde_json::from_slice(&answer.1).expect("a page");
            if !cursor.is_empty() {
                let known = self.given.iter().any(|one| one.1 == cursor);
                assert!(!known, "a cursor never leads back");
                self.given.push((scope, cursor, answer.1));
            }
            cursor = page.next;
            if !page.more && page.rows.is_empty() {
                return;
            }
        }
    }

    fn get(&mut self, scope: PullScope, cursor: &[u8]) -> (Option<ApiCode>, Vec<u8>) {
        let mut path = format!("/v1/sync/pull?scope={}&limit=1&cursor=", scope.as_str());
        for byte in cursor {
            let _ = write!(path, "%{byte:02X}");
        }
        let answer = self.room.signed(&self.till, "GET", &path, b"");
        (answer.refusal(), answer.body)
    }

    fn ask(&mut self, scope: PullScope, cursor: &[u8]) {
        // A line of HTTP has an end; what is longer never reaches a route.
        if cursor.len() > 2_000 {
            return;
        }
        let (refused, body) = self.get(scope, cursor);
        let text = std::str::from_utf8(cursor);
        let given = self
            .given
            .iter()
            .find(|(of, given, _)| *of == scope && Ok(given.as_str()) == text);
        match given {
            Some((_, cursor, page)) => {
                assert_eq!(refused, None, "{cursor} is one of the cloud's own");
                assert!(body == *page, "{cursor} leads where it led before");
            }
            None if cursor.is_empty() => assert_eq!(refused, None, "none: from the beginning"),
            // A text that is no text cannot be read at all; every other is a cursor of nobody.
            None if text.is_err() => assert!(
                matches!(refused, Some(ApiCode::Malformed | ApiCode::CursorReset)),
                "{cursor:?} was answered {refused:?}"
            ),
            None => assert_eq!(
                refused,
                Some(ApiCode::CursorReset),
                "{text:?} was never given for {scope:?}"
            ),
        }
    }
}
