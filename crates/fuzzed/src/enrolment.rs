//! Enrolment: the code that was made lets the till in that asks, however a person typed it; nothing else does.

use std::sync::atomic::Ordering;
use std::sync::{LazyLock, Mutex, PoisonError};

use protocol::error::ApiCode;
use protocol::signing::{enrol_statement, sign, verify};
use protocol::wire::{EnrolRequest, PROTO};

use crate::bites::Bites;
use crate::room::{Room, Till};
use crate::seeds::till;

/// Nobody's guesses count against the next input: an hour is longer than any wait.
const AN_HOUR_MS: i64 = 60 * 60 * 1_000;

struct Door {
    room: Room,
    tills: u64,
}

static DOOR: LazyLock<Mutex<Door>> = LazyLock::new(|| {
    Mutex::new(Door {
        room: Room::start(),
        tills: 0,
    })
});

/// How the code was typed, then what happened to the request's bytes.
pub(crate) fn body(input: &[u8]) {
    let mut bites = Bites::new(input);
    let mut door = DOOR.lock().unwrap_or_else(PoisonError::into_inner);
    door.room.clock.0.fetch_add(AN_HOUR_MS, Ordering::SeqCst);
    let (code, at) = (door.room.code(), door.next());
    let till = till::fresh(at);
    let typed = typed(&code, &mut bites);
    let request = request(&till, &typed, &mut bites);
    let sent = meddled(&request, bites);
    let expected = reading(&sent, &code);
    let answer = door.room.enrol(&sent).refusal();
    match &expected {
        Ok(()) => assert_eq!(answer, None, "{typed:?} is {code}, however it is typed"),
        Err(allowed) => {
            let refused = answer.unwrap_or_else(|| panic!("{typed:?} let a till in with {code}"));
            assert!(
                allowed.contains(&refused),
                "{refused:?} instead of {allowed:?}"
            );
            door.nobody_is_in(&till);
        }
    }
    // What the signature does not cover may have been changed on the way: that till is another one.
    if expected.is_err() || same_birth(&sent, &till) {
        door.the_right_one_still_gets_in(&till, &code, expected.is_ok());
    }
}

/// A code as people and programs type it.
fn typed(code: &str, bites: &mut Bites<'_>) -> String {
    let mut typed = match bites.byte() {
        255 => bites.text(),
        254 => code.to_lowercase(),
        _ => code.to_owned(),
    };
    for _ in 0..3 {
        let kind = bites.byte();
        let places: Vec<usize> = typed.char_indices().map(|(at, _)| at).collect();
        let at = *places.get(bites.below(places.len())).unwrap_or(&0);
        match kind % 8 {
            1 => typed.insert(at, ' '),
            2 => typed.insert(at, '-'),
            3 => typed.insert(at, char::from(bites.byte())),
            4 if !typed.is_empty() => {
                typed.remove(at);
            }
            5 => typed.insert_str(at, &bites.text()),
            6 => typed = typed.to_lowercase(),
            _ => {}
        }
    }
    typed
}

fn request(till: &Till, typed: &str, bites: &mut Bites<'_>) -> EnrolRequest {
    let mut request = till.enrol_request(typed);
    match bites.byte() {
        1 => request.proto = u32::from(bites.byte()),
        2 => request.till_name = bites.text().repeat(usize::from(bites.byte() % 8)),
        3 => request.signature.0[usize::from(bites.byte() % 64)] ^= bites.byte(),
        4 => request.public_key[usize::from(bites.byte() % 32)] ^= bites.byte(),
        // Signed for another code than the one handed in.
        5 => {
            let statement = enrol_statement(request.till, &request.public_key, &bites.text());
            request.signature = sign(&till.secret, &statement);
        }
        _ => {}
    }
    request
}

fn meddled(request: &EnrolRequest, mut bites: Bites<'_>) -> Vec<u8> {
    let mut sent = serde_json::to_vec(request).expect("JSON");
    while !bites.is_empty() {
        let kind = bites.byte();
        let at = bites.below(sent.len() + 1);
        match kind % 4 {
            0 => {
                let letter = bites.byte();
                if let Some(old) = sent.get_mut(at) {
                    *old = letter;
                }
            }
            1 => sent.truncate(at),
            2 => {
                let piece = bites.piece();
                sent.splice(at..at, piece.iter().copied());
            }
            _ => {
                sent.drain(at..(at + usize::from(bites.byte())).min(sent.len()));
            }
        }
    }
    sent
}

/// What must become of these bytes, by the rules as PROTOCOL.md states them.
fn reading(sent: &[u8], code: &str) -> Result<(), Vec<ApiCode>> {
    let Ok(read) = serde_json::from_slice::<EnrolRequest>(sent) else {
        return Err(vec![ApiCode::Malformed]);
    };
    if read.proto != PROTO {
        return Err(vec![ApiCode::UpgradeRequired]);
    }
    if read.till_name.chars().count() > 200 {
        return Err(vec![ApiCode::Malformed]);
    }
    let statement = enrol_statement(read.till, &read.public_key, &read.code);
    if !verify(&read.public_key, &statement, &read.signature) {
        return Err(vec![ApiCode::Unauthorized]);
    }
    let letters = read.code.chars().filter(char::is_ascii_alphanumeric);
    if letters.collect::<String>().to_ascii_uppercase() != code {
        return Err(vec![ApiCode::CodeRefused]);
    }
    Ok(())
}

fn same_birth(sent: &[u8], till: &Till) -> bool {
    serde_json::from_slice::<EnrolRequest>(sent).is_ok_and(|read| {
        let identity = &till.identity;
        let born = (identity.genesis_tenant, identity.genesis_branch);
        (read.genesis_tenant, read.genesis_branch) == born
    })
}

impl Door {
    fn next(&mut self) -> u64 {
        self.tills += 1;
        self.tills
    }

    fn nobody_is_in(&self, till: &Till) {
        let found = self.room.store.till(till.identity.till);
        let found = self
            .room
            .runtime
            .block_on(found)
            .expect("the store answers");
        assert_eq!(found, None, "a refused till is not half in");
    }

    /// A wrong try uses nothing up; a lost answer is given again; a used code is used.
    fn the_right_one_still_gets_in(&mut self, till: &Till, code: &str, was_in: bool) {
        let right = serde_json::to_vec(&till.enrol_request(code)).expect("JSON");
        let first = self.room.enrol(&right);
        assert_eq!(
            first.refusal(),
            None,
            "the right code opens (was in: {was_in})"
        );
        let again = self.room.enrol(&right);
        assert_eq!(again.refusal(), None, "and again for the same till");
        assert_eq!(first.body, again.body, "with the same words");
        let other = till::fresh(self.next());
        let stolen = serde_json::to_vec(&other.enrol_request(code)).expect("JSON");
        let refused = self.room.enrol(&stolen).refusal();
        assert_eq!(refused, Some(ApiCode::CodeRefused), "and for no other one");
        self.nobody_is_in(&other);
    }
}
