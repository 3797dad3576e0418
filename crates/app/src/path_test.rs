//! The way to the cloud, step by step: where it ends is where to look.
//!
//! Owns the order of the steps and their words. Each step that was not reached says so; nothing is
//! sent but a hello, and nothing is changed by it.

use std::net::{SocketAddr, TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use domain::Right;
use protocol::cloud::{CallFailure, CloudApi as _};
use protocol::limits::MAX_HELLO_HEADS;
use protocol::wire::{HelloAnswer, HelloRequest, PROTO};
use vault::{outbox, settings};

use crate::bring_up::APP_VERSION;
use crate::config::CloudLink;
use crate::dto::{PathStep, PathStepName};
use crate::error::{AppError, Code};
use crate::till::Till;

/// How long one address may take to answer.
const CONNECT: Duration = Duration::from_secs(5);
/// A clock wrong by less than this is right, milliseconds.
const CLOCK_TOLERANCE_MS: i64 = 120_000;

impl Till {
    /// Tries the way to the cloud from its name to its limits.
    pub fn test_path(&self) -> Result<Vec<PathStep>, AppError> {
        self.session_with(Right::SyncTools)?;
        let url = match &self.config()?.cloud {
            CloudLink::None => {
                return Err(AppError::new(
                    Code::NoCloud,
                    "this till belongs to no cloud: there is no way to try",
                ));
            }
            CloudLink::Joined { url } => Some(url.clone()),
            CloudLink::Own => None,
        };
        let mut steps = Vec::new();
        let reached = match &url {
            None => {
                for name in [PathStepName::Name, PathStepName::Tcp] {
                    steps.push(good(name, "this till's own demo cloud: nothing in between"));
                }
                true
            }
            Some(url) => reach(url, &mut steps),
        };
        if reached {
            let said = self.say_hello();
            steps.extend(heard(said, url.as_deref(), self.now_ms()));
        }
        for name in ALL.into_iter().skip(steps.len()) {
            steps.push(bad(name, "not reached"));
        }
        Ok(steps)
    }

    fn say_hello(&self) -> Result<HelloAnswer, CallFailure> {
        let path = |error: AppError| CallFailure::Path {
            words: error.to_string(),
            retry_after_ms: None,
        };
        let most = u32::try_from(MAX_HELLO_HEADS).unwrap_or(u32::MAX);
        let (heads, cloud_epoch_seen) = self
            .vault
            .read(|reader| {
                let heads = outbox::own_heads(reader, most)?;
                Ok((heads, settings::get(reader, "cloud_epoch")?.flatten()))
            })
            .map_err(|error| path(error.into()))?;
        let request = HelloRequest {
            proto: PROTO,
            till: self.identity().map_err(path)?.till,
            cloud_epoch_seen,
            heads,
            app: APP_VERSION.to_owned(),
            backlog: None,
            proof_ok: None,
            seen: Vec::new(),
        };
        let line = self.cloud_line().map_err(path)?;
        line.block_on(|cloud| async move { cloud.hello(&request).await })
    }
}

const ALL: [PathStepName; 6] = [
    PathStepName::Name,
    PathStepName::Tcp,
    PathStepName::Tls,
    PathStepName::Clock,
    PathStepName::Token,
    PathStepName::Limits,
];

/// Name and connection; `true`: something listens there.
fn reach(url: &str, steps: &mut Vec<PathStep>) -> bool {
    let Some((host, port)) = host_and_port(url) else {
        steps.push(bad(PathStepName::Name, format!("{url:?} is no address")));
        return false;
    };
    let found: Vec<SocketAddr> = match (host.as_str(), port).to_socket_addrs() {
        Ok(found) => found.collect(),
        Err(error) => {
            steps.push(bad(
                PathStepName::Name,
                format!("{host} is not known here: {error}"),
            ));
            return false;
        }
    };
    let shown: Vec<String> = found.iter().map(|at| at.ip().to_string()).collect();
    steps.push(good(
        PathStepName::Name,
        format!("{host} is {}", shown.join(", ")),
    ));
    let mut last = "no address".to_owned();
    for at in &found {
        match TcpStream::connect_timeout(at, CONNECT) {
            Ok(_) => {
                steps.push(good(
                    PathStepName::Tcp,
                    format!("something answers at {at}"),
                ));
                return true;
            }
            Err(error) => last = format!("{at}: {error}"),
        }
    }
    steps.push(bad(
        PathStepName::Tcp,
        format!("nothing answers ({last}): check the network, the port and the firewall"),
    ));
    false
}

/// Host and port of an address as the configuration keeps it.
fn host_and_port(url: &str) -> Option<(String, u16)> {
    let (scheme, rest) = url.trim().split_once("://")?;
    let usual = match scheme {
        "https" => 443,
        "http" => 80,
        _ => return None,
    };
    let place = rest.split('/').next().filter(|place| !place.is_empty())?;
    if let Some(rest) = place.strip_prefix('[') {
        let (host, port) = rest.split_once(']')?;
        let port = port
            .strip_prefix(':')
            .map_or(Some(usual), |p| p.parse().ok())?;
        return Some((host.to_owned(), port));
    }
    match place.rsplit_once(':') {
        Some((host, port)) => Some((host.to_owned(), port.parse().ok()?)),
        None => Some((place.to_owned(), usual)),
    }
}

/// What the hello's answer says of the steps from TLS on.
fn heard(said: Result<HelloAnswer, CallFailure>, url: Option<&str>, now_ms: i64) -> Vec<PathStep> {
    let tls = || match url {
        Some(url) if url.starts_with("https") => good(
            PathStepName::Tls,
            "the cloud showed a certificate that this till trusts",
        ),
        Some(_) => good(
            PathStepName::Tls,
            "not used: this address is plain http, for a cloud in the same house",
        ),
        None => good(
            PathStepName::Tls,
            "not needed: it never leaves this machine",
        ),
    };
    match said {
        Err(CallFailure::Path { words, .. }) => vec![bad(PathStepName::Tls, words)],
        Err(CallFailure::Refused { error, .. }) => vec![
            tls(),
            good(
                PathStepName::Clock,
                "not the reason: a request is signed again with the cloud's time",
            ),
            bad(PathStepName::Token, error.message),
        ],
        Ok(answer) => {
            let off_ms = now_ms - answer.server_time_ms;
            let clock = if off_ms.abs() <= CLOCK_TOLERANCE_MS {
                good(PathStepName::Clock, "both clocks agree")
            } else {
                bad(
                    PathStepName::Clock,
                    format!(
                        "this till's clock is {} s off: set it; sending goes on",
                        off_ms / 1_000
                    ),
                )
            };
            let limits = &answer.limits;
            vec![
                tls(),
                clock,
                good(PathStepName::Token, "the cloud knows this till"),
                good(
                    PathStepName::Limits,
                    format!(
                        "one batch holds up to {} records and {} bytes",
                        limits.max_ops, limits.max_bytes
                    ),
                ),
            ]
        }
    }
}

fn good(name: PathStepName, words: impl Into<String>) -> PathStep {
    PathStep {
        name,
        ok: true,
        words: words.into(),
    }
}

fn bad(name: PathStepName, words: impl Into<String>) -> PathStep {
    PathStep {
        name,
        ok: false,
        words: words.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_apart_as_it_is_dialled() {
        let table = [
            ("https://cloud.example", Some(("cloud.example", 443))),
            ("http://10.0.0.5:7071/pos", Some(("10.0.0.5", 7071))),
            ("http://[::1]:80", Some(("::1", 80))),
            ("https://[::1]/", Some(("::1", 443))),
            ("ftp://x", None),
            ("cloud", None),
        ];
        for (url, expected) in table {
            let expected = expected.map(|(host, port)| (host.to_owned(), port));
            assert_eq!(host_and_port(url), expected, "{url}");
        }
    }

    #[test]
    fn a_refusal_is_found_at_the_step_that_refused() {
        let refused = CallFailure::Refused {
            error: protocol::error::ApiError::new(protocol::error::ApiCode::Revoked, "revoked"),
            retry_after_ms: None,
        };
        let steps = heard(Err(refused), Some("https://x"), 0);
        let last = steps.last().map(|step| (step.name, step.ok));
        assert_eq!(
            last,
            Some((PathStepName::Token, false)),
            "the line is fine, the credential is not: {steps:?}"
        );
    }
}
