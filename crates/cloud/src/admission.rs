//! How many pushes of one tenant may be under way: one runs, eight wait, the next is told to come
//! back. A tenant whose tills all return at once after a power cut must not make others wait.
//!
//! Also counts wrong enrolment codes by address, and knows which idempotency keys are being worked on right now, so that the same request sent
//! twice at the same time is answered with "still running" rather than done twice side by side.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

/// Pushes of one tenant that wait behind the running one.
const WAITING: usize = 8;

/// The doorkeeper of the push route; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Admission {
    tenants: Arc<Mutex<BTreeMap<Uuid, Gate>>>,
}

#[derive(Debug)]
struct Gate {
    inside: usize,
    running: Arc<Semaphore>,
    keys: BTreeSet<(Uuid, Uuid)>,
}

/// Why a push may not come in now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// One runs and eight wait already.
    Full,
    /// The same till's same key is being worked on.
    KeyBusy,
}

/// A place in the queue; given back when dropped, also when the request is cut off.
#[derive(Debug)]
pub struct Place {
    admission: Admission,
    tenant: Uuid,
    key: (Uuid, Uuid),
    running: Arc<Semaphore>,
    turn: Option<OwnedSemaphorePermit>,
}

impl Admission {
    /// Takes a place for a push of `till` under `key`, or says why there is none.
    pub fn enter(&self, tenant: Uuid, till: Uuid, key: Uuid) -> Result<Place, Refused> {
        let mut tenants = self.lock();
        let gate = tenants.entry(tenant).or_insert_with(|| Gate {
            inside: 0,
            running: Arc::new(Semaphore::new(1)),
            keys: BTreeSet::new(),
        });
        if gate.keys.contains(&(till, key)) {
            return Err(Refused::KeyBusy);
        }
        if gate.inside > WAITING {
            return Err(Refused::Full);
        }
        gate.inside += 1;
        gate.keys.insert((till, key));
        Ok(Place {
            admission: self.clone(),
            tenant,
            key: (till, key),
            running: Arc::clone(&gate.running),
            turn: None,
        })
    }

    /// How many pushes run or wait now, all tenants.
    pub fn inside(&self) -> usize {
        self.lock().values().map(|gate| gate.inside).sum()
    }

    fn leave(&self, tenant: Uuid, key: (Uuid, Uuid)) {
        let mut tenants = self.lock();
        let empty = tenants.get_mut(&tenant).is_some_and(|gate| {
            gate.inside -= 1;
            gate.keys.remove(&key);
            gate.inside == 0
        });
        if empty {
            tenants.remove(&tenant);
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Uuid, Gate>> {
        // Nothing under this lock can be left half changed by a panic.
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Waits until this push is the one of its tenant that runs.
    pub async fn turn(&mut self) {
        // The semaphore is never closed, so the only answer is a permit.
        self.turn = Arc::clone(&self.running).acquire_owned().await.ok();
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.admission.leave(self.tenant, self.key);
    }
}

/// Wrong codes of one address within [`GUESS_MEMORY_MS`]; a shop's whole staff mistypes less.
const MAX_WRONG: u32 = 10;
/// How long a wrong code is remembered.
const GUESS_MEMORY_MS: i64 = 15 * 60 * 1000;
/// Addresses remembered at once; with more the oldest are forgotten.
const MAX_GUESSERS: usize = 10_000;

/// Wrong enrolment codes of the last minutes, by where they came from. 49 bits are not guessed in a
/// quarter of an hour anyway; whoever tries is slowed down and seen.
#[derive(Debug, Default)]
pub struct Guesses {
    wrong: Mutex<BTreeMap<IpAddr, Wrong>>,
}

#[derive(Debug, Clone, Copy)]
struct Wrong {
    count: u32,
    since_ms: i64,
}

impl Guesses {
    /// Whether the address may try a code now; if not, after how many milliseconds.
    pub fn may_try(&self, from: IpAddr, now_ms: i64) -> Result<(), u64> {
        let wrong = self.lock().get(&from).copied();
        let Some(wrong) = wrong.filter(|wrong| wrong.count >= MAX_WRONG) else {
            return Ok(());
        };
        let left = GUESS_MEMORY_MS - now_ms.saturating_sub(wrong.since_ms);
        // A clock that was set back must not lock anybody out longer than the memory.
        match u64::try_from(left.min(GUESS_MEMORY_MS)) {
            Ok(left) if left > 0 => Err(left),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// A code was wrong; how many were since the first of them.
    pub fn was_wrong(&self, from: IpAddr, now_ms: i64) -> u32 {
        let mut all = self.lock();
        all.retain(|_, wrong| now_ms.saturating_sub(wrong.since_ms) < GUESS_MEMORY_MS);
        if all.len() >= MAX_GUESSERS {
            let oldest = all.iter().min_by_key(|(_, wrong)| wrong.since_ms);
            if let Some(oldest) = oldest.map(|(from, _)| *from) {
                all.remove(&oldest);
            }
        }
        let wrong = all.entry(from).or_insert(Wrong {
            count: 0,
            since_ms: now_ms,
        });
        wrong.count += 1;
        wrong.count
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<IpAddr, Wrong>> {
        // Two plain numbers an address: nothing can be left half changed by a panic.
        self.wrong.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_wrong_codes_of_one_address_cost_it_a_quarter_of_an_hour() {
        let guesses = Guesses::default();
        let (here, there) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        for count in 1..=10 {
            assert_eq!(
                guesses.may_try(here, 0),
                Ok(()),
                "guess {count} may be made"
            );
            assert_eq!(guesses.was_wrong(here, 0), count);
        }
        assert_eq!(guesses.may_try(here, 60_000), Err(14 * 60 * 1000));
        assert_eq!(guesses.may_try(there, 60_000), Ok(()), "nobody else waits");
        assert_eq!(guesses.may_try(here, GUESS_MEMORY_MS), Ok(()), "it is over");
    }

    #[test]
    fn one_runs_eight_wait_and_the_tenth_is_sent_away() {
        let admission = Admission::default();
        let (tenant, till) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let places: Vec<_> = (0..9)
            .map(|key| admission.enter(tenant, till, Uuid::from_u128(key)).unwrap())
            .collect();
        let tenth = admission.enter(tenant, till, Uuid::from_u128(99));
        assert_eq!(tenth.err(), Some(Refused::Full), "the tenth has no place");
        let other = admission.enter(Uuid::from_u128(7), till, Uuid::from_u128(99));
        assert!(other.is_ok(), "another tenant is not made to wait");
        drop(places);
        let again = admission.enter(tenant, till, Uuid::from_u128(99));
        assert!(again.is_ok(), "places come back when requests end");
    }

    #[test]
    fn a_key_that_is_being_worked_on_is_not_worked_on_twice() {
        let admission = Admission::default();
        let (tenant, till, key) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
        let first = admission.enter(tenant, till, key).unwrap();
        let second = admission.enter(tenant, till, key);
        assert_eq!(second.err(), Some(Refused::KeyBusy));
        drop(first);
        assert!(admission.enter(tenant, till, key).is_ok(), "it may later");
    }
}
