//! How many pushes of one tenant may be under way: one runs, eight wait, the next is told to come
//! back. A tenant whose tills all return at once after a power cut must not make others wait.
//!
//! Also knows which idempotency keys are being worked on right now, so that the same request sent
//! twice at the same time is answered with "still running" rather than done twice side by side.

use std::collections::{BTreeMap, BTreeSet};
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

#[cfg(test)]
mod tests {
    use super::*;

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
