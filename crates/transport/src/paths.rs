//! Where each call of the protocol lives, and the header that names a batch.

/// `POST`: joins a branch with a one-time code.
pub const ENROL: &str = "/v1/enrol";
/// `POST`: asks what the cloud holds.
pub const HELLO: &str = "/v1/sync/hello";
/// `POST`: hands in a batch.
pub const PUSH: &str = "/v1/sync/push";
/// `GET ?segment=<hex>&from=<seq>`: a till's own ops back.
pub const OPS: &str = "/v1/sync/ops";
/// `GET`: what the cloud counts for the till.
pub const AUDIT: &str = "/v1/sync/audit";

/// `GET ?scope=&cursor=&limit=`: the cloud's rows changed since the cursor.
pub const PULL: &str = "/v1/sync/pull";
/// `GET` with `Range`: the catalogue's snapshot.
pub const SNAPSHOT: &str = "/v1/sync/snapshot";
/// `POST`: an access token, bound to the till's key.
pub const TOKEN: &str = "/v1/sync/token";

/// Names a batch, a UUID; required on every mutating call.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// `true` on the answer to a key that was answered before.
pub const IDEMPOTENCY_REPLAYED: &str = "idempotency-replayed";
