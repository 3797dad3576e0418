//! What a line has learned of its cloud: how far the till's clock is off, and the token it holds.
//!
//! Lives as long as the line and is kept nowhere else: a new line learns it again with its first
//! call. Never shown to anyone, never a reason not to call.

use std::sync::{Mutex, MutexGuard, PoisonError};

use protocol::signing::AccessToken;

/// A token that ends sooner than this is not used any more: the call takes time to arrive.
const END_MARGIN_MS: i64 = 30_000;

/// The line's standing with its cloud.
#[derive(Debug, Default)]
pub(super) struct Standing {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    offset_ms: i64,
    token: Option<AccessToken>,
}

impl Standing {
    /// The cloud's time as far as it is known, for a till whose clock says `wall_ms`.
    pub(super) fn cloud_ms(&self, wall_ms: i64) -> i64 {
        wall_ms.saturating_add(self.lock().offset_ms)
    }

    /// The cloud said what time it is.
    pub(super) fn learn_time(&self, server_ms: i64, wall_ms: i64) {
        self.lock().offset_ms = server_ms.saturating_sub(wall_ms);
    }

    /// The token, if there is one that still holds.
    pub(super) fn token(&self, wall_ms: i64) -> Option<AccessToken> {
        let known = self.lock();
        let now_ms = wall_ms.saturating_add(known.offset_ms);
        known
            .token
            .filter(|token| token.expires_at_ms.saturating_sub(END_MARGIN_MS) > now_ms)
    }

    /// Keeps a new token, or forgets one that the cloud does not take.
    pub(super) fn keep_token(&self, token: Option<AccessToken>) {
        self.lock().token = token;
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        // Two plain values: nothing under this lock can be left half changed by a panic.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_held_against_the_clouds_clock_and_not_the_tills() {
        let standing = Standing::default();
        let an_hour = AccessToken {
            expires_at_ms: 10_000_000,
            proof: [1; 32],
        };
        standing.keep_token(Some(an_hour));
        assert_eq!(standing.token(0), Some(an_hour), "long before its end");
        standing.learn_time(9_990_000, 0);
        assert_eq!(standing.token(0), None, "ten seconds before its end");
        standing.learn_time(5, i64::MIN);
        assert!(
            standing.cloud_ms(i64::MIN) < 0,
            "no clock reading overflows"
        );
    }
}
