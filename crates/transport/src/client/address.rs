//! The cloud's address as a person typed it.

use std::net::IpAddr;

use reqwest::Url;

/// Why an address cannot be a cloud's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressRefused {
    /// It is not a URL.
    #[error(
        "the cloud's address {typed:?} is not a URL ({why}): write it like https://cloud.example"
    )]
    NotAUrl {
        /// What was typed.
        typed: String,
        /// What is wrong with it.
        why: String,
    },
    /// It is a URL of something else.
    #[error("the cloud's address {typed:?} must begin with https:// (or http:// inside the house)")]
    NotHttp {
        /// What was typed.
        typed: String,
    },
    /// It carries a password, a query or a fragment.
    #[error("the cloud's address {typed:?} must be host and path alone, without user, ? or #")]
    TooMuch {
        /// What was typed.
        typed: String,
    },
    /// The machine's TLS could not be set up.
    #[error("this machine's TLS could not be set up: {0}")]
    NoTls(String),
}

/// Host, port and the path below which the protocol lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CloudAddress {
    base: Url,
    prefix: String,
    shown: String,
}

impl CloudAddress {
    pub(super) fn parse(typed: &str) -> Result<Self, AddressRefused> {
        let typed = typed.trim();
        let owned = || typed.chars().take(200).collect::<String>();
        let base = Url::parse(typed).map_err(|error| AddressRefused::NotAUrl {
            typed: owned(),
            why: error.to_string(),
        })?;
        if !matches!(base.scheme(), "https" | "http") || base.host_str().is_none() {
            return Err(AddressRefused::NotHttp { typed: owned() });
        }
        let with_user = !base.username().is_empty() || base.password().is_some();
        if with_user || base.query().is_some() || base.fragment().is_some() {
            return Err(AddressRefused::TooMuch { typed: owned() });
        }
        let prefix = base.path().trim_end_matches('/').to_owned();
        let shown = match (base.host_str().unwrap_or_default(), base.port()) {
            (host, Some(port)) => format!("{host}:{port}"),
            (host, None) => host.to_owned(),
        };
        Ok(Self {
            base,
            prefix,
            shown,
        })
    }

    /// The whole URL of a path.
    pub(super) fn url(&self, path: &str) -> Url {
        let (path, query) = match path.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (path, None),
        };
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.prefix));
        url.set_query(query);
        url
    }

    /// Host and port, for a person.
    pub(super) fn shown(&self) -> &str {
        &self.shown
    }

    pub(super) fn is_loopback(&self) -> bool {
        let host = self.base.host_str().unwrap_or_default();
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }

    pub(super) fn in_clear(&self) -> bool {
        self.base.scheme() == "http" && !self.is_loopback()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_below_the_host_is_kept() {
        for (typed, expected) in [
            ("http://127.0.0.1:7071", "http://127.0.0.1:7071/v1/x?a=1"),
            ("http://127.0.0.1:7071/", "http://127.0.0.1:7071/v1/x?a=1"),
            (
                " https://shop.example/pos/ ",
                "https://shop.example/pos/v1/x?a=1",
            ),
        ] {
            let address = CloudAddress::parse(typed).unwrap();
            assert_eq!(address.url("/v1/x?a=1").as_str(), expected, "{typed}");
        }
    }

    #[test]
    fn what_cannot_be_a_cloud_is_refused_with_what_was_typed() {
        for typed in [
            "cloud",
            "ftp://x",
            "https://u:p@x",
            "https://x/?a",
            "https://x/#a",
        ] {
            let refused = CloudAddress::parse(typed).unwrap_err().to_string();
            assert!(refused.contains(typed), "{refused} must name {typed}");
        }
    }

    #[test]
    fn only_plain_http_over_a_network_is_in_clear() {
        let in_clear = |typed| CloudAddress::parse(typed).unwrap().in_clear();
        assert!(
            in_clear("http://10.0.0.5"),
            "readable on the shop's network"
        );
        assert!(!in_clear("http://[::1]:80"), "never leaves the machine");
        assert!(!in_clear("http://localhost:80"), "never leaves the machine");
        assert!(!in_clear("https://cloud.example"), "encrypted");
    }
}
