//! Faults of the list that cannot live in this world, and the layer that has them. None is faked here.
//!
//! | fault | why not here | where |
//! |---|---|---|
//! | slow-loris, wrong `Content-Length`, gzip bomb | there are no bytes on this line, only messages | L4 (proxy), `transport` and `cloud` tests |
//! | DNS that lies | to the engine it is a portal or a dead line, which are here | L4 |
//! | misdirected write, torn sector | this disk keeps ops, not sectors | L2 (simulated disk under SQLite and journal) |
//! | `EIO` on sync, file copied without its WAL, unclean WAL | the answer to it (end, start again, read back) is the vault's | L2, L4 |
//! | restart in the middle of a migration | there is no schema here | upgrade tests, L2 |
//! | crash at each statement of the ingest transaction | a transaction is one step here; before and after it are here | `cloud` tests, L4 (PostgreSQL) |
//! | row level security misconfigured | there is no SQL here; a stranger's credential is here | `cloud` tests |
//! | read replica behind | the cloud has none: every read is of the primary | nowhere, until there is one |
//! | leap second, daylight saving | a jump of the wall clock by a second or an hour: here as `clock_nudge` | here |
//! | hosts and leases (7) | till and cloud alone are proved here | with the LAN host |
