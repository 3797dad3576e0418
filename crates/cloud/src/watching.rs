//! The figures of this process, for Prometheus.
//!
//! Owns what is counted and how it is written. Promises that no label tells a tenant, a name, a
//! credential or an amount: a route is its pattern, a till its id. Never decides anything.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use protocol::wire::PushAnswer;

use crate::store::admin::Lag;

/// Failures of the store in this process, whoever asked.
static STORE_ERRORS: AtomicU64 = AtomicU64::new(0);

/// The store failed.
pub fn store_failed() {
    STORE_ERRORS.fetch_add(1, Ordering::Relaxed);
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: String,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Judged {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Refused {
    reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfTill {
    till: String,
}

/// The counters of this process.
pub struct Figures {
    registry: Mutex<Registry>,
    requests: Family<Answered, Histogram>,
    ops: Family<Judged, Counter>,
    pushes: Counter,
    replayed: Counter,
    refusals: Family<Refused, Counter>,
    waiting: Gauge,
    store_errors: Gauge,
    contact_age: Family<OfTill, Gauge>,
    backlog: Family<OfTill, Gauge>,
}

impl Default for Figures {
    fn default() -> Self {
        let mut figures = Self {
            registry: Mutex::default(),
            requests: Family::new_with_constructor(|| {
                // In seconds: a push takes milliseconds, an import minutes.
                Histogram::new([
                    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 45.0, 600.0,
                ])
            }),
            ops: Family::default(),
            pushes: Counter::default(),
            replayed: Counter::default(),
            refusals: Family::default(),
            waiting: Gauge::default(),
            store_errors: Gauge::default(),
            contact_age: Family::default(),
            backlog: Family::default(),
        };
        let registry = figures.registered();
        figures.registry = Mutex::new(registry);
        figures
    }
}

impl Figures {
    fn registered(&self) -> Registry {
        let mut registry = Registry::with_prefix("holdfast");
        registry.register(
            "request_seconds",
            "How long requests took, by route and status",
            self.requests.clone(),
        );
        registry.register("ops", "Ops recorded, by outcome", self.ops.clone());
        registry.register("pushes", "Pushes answered", self.pushes.clone());
        registry.register(
            "pushes_replayed",
            "Pushes answered as an earlier one under the same key",
            self.replayed.clone(),
        );
        registry.register(
            "admission_refusals",
            "Pushes sent away, by reason",
            self.refusals.clone(),
        );
        registry.register(
            "pushes_inside",
            "Pushes that run or wait now, all tenants",
            self.waiting.clone(),
        );
        registry.register(
            "store_errors",
            "Failures of the database since the process began",
            self.store_errors.clone(),
        );
        registry.register(
            "till_contact_age_seconds",
            "Since a till last said hello",
            self.contact_age.clone(),
        );
        registry.register(
            "till_backlog",
            "Ops that a till believed to be beyond the cloud's heads",
            self.backlog.clone(),
        );
        registry
    }

    /// A request was answered. `route` is the pattern, never the path.
    pub fn answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        let labels = Answered {
            method: method.to_owned(),
            route: route.to_owned(),
            status,
        };
        let seconds = took.as_secs_f64();
        self.requests.get_or_create(&labels).observe(seconds);
    }

    /// A push was answered.
    pub fn pushed(&self, answer: &PushAnswer, replayed: bool) {
        self.pushes.inc();
        if replayed {
            self.replayed.inc();
        }
        for result in answer.runs.iter().flat_map(|run| &run.results) {
            let outcome = result.outcome.as_str();
            self.ops.get_or_create(&Judged { outcome }).inc();
        }
    }

    /// A push was sent away: `full` or `key_busy`.
    pub fn sent_away(&self, reason: &'static str) {
        self.refusals.get_or_create(&Refused { reason }).inc();
    }

    /// The page: what was counted, with what is so right now.
    pub fn page(
        &self,
        inside: usize,
        lags: &[Lag],
        now_ms: i64,
    ) -> Result<String, std::fmt::Error> {
        self.waiting.set(i64::try_from(inside).unwrap_or(i64::MAX));
        let errors = STORE_ERRORS.load(Ordering::Relaxed);
        self.store_errors
            .set(i64::try_from(errors).unwrap_or(i64::MAX));
        // A till that was revoked is not to be watched any more.
        self.contact_age.clear();
        self.backlog.clear();
        for lag in lags {
            let till = OfTill {
                till: lag.till.to_string(),
            };
            let age_s = now_ms.saturating_sub(lag.seen_at_ms).max(0) / 1_000;
            self.contact_age.get_or_create(&till).set(age_s);
            if let Some(backlog) = lag.backlog {
                let backlog = i64::try_from(backlog).unwrap_or(i64::MAX);
                self.backlog.get_or_create(&till).set(backlog);
            }
        }
        let mut page = String::new();
        let registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        encode(&mut page, &registry)?;
        Ok(page)
    }
}
