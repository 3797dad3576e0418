//! The line to the database: what its URL says, and whether what runs over it is encrypted.
//!
//! `sslmode=require`, `verify-ca` and `verify-full` all mean the strictest of them here: TLS, a
//! certificate from an authority that is trusted, for the very host of the URL. An encrypted line to
//! nobody knows whom would keep out only those who do not try. Promises that a URL which asks for TLS
//! is never served without, and that no refusal repeats the URL's password.

use std::fs;
use std::net::IpAddr;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::sql::cause;
use crate::store::StoreError;

/// How long a connection may take to come about.
const PATIENCE: Duration = Duration::from_secs(10);
/// A line that is silent this long is asked whether anybody is there.
const SILENCE: Duration = Duration::from_secs(30);
/// What asks for an encrypted line.
const WITH_TLS: [&str; 3] = ["require", "verify-ca", "verify-full"];

/// How the database is reached.
#[derive(Clone)]
pub(super) struct Line {
    pub(super) config: Config,
    pub(super) tls: MakeRustlsConnect,
}

impl Line {
    /// Reads the URL; says what is wrong with it.
    pub(super) fn of(url: &str) -> Result<Self, StoreError> {
        let Asked {
            url,
            tls,
            authority,
        } = Asked::read(url)?;
        let mut config = Config::from_str(&url).map_err(|error| refused(cause(&error)))?;
        let encrypted = tls || config.get_ssl_mode() == SslMode::Require;
        if encrypted && config.get_hosts().iter().any(is_socket) {
            return Err(refused(
                "sslmode asks for TLS and the host is a socket of this machine, which has none: leave sslmode out"
                    .to_owned(),
            ));
        }
        config.ssl_mode(if encrypted {
            SslMode::Require
        } else {
            SslMode::Disable
        });
        if let (false, Some(host)) = (encrypted, far_away(&config)) {
            tracing::warn!(
                host,
                "the line to the database is not encrypted: add sslmode=require, or be sure of the network"
            );
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(PATIENCE);
        }
        if config.get_application_name().is_none() {
            config.application_name("holdfast-cloud");
        }
        config.keepalives_idle(SILENCE);
        // Without TLS nobody is trusted: the store of authorities stays empty, and is never asked.
        let trusted = if encrypted {
            authorities(authority.as_deref())?
        } else {
            RootCertStore::empty()
        };
        Ok(Self {
            config,
            tls: connector(trusted)?,
        })
    }
}

/// What a URL asks for, and the URL without the words that the driver does not know.
struct Asked {
    url: String,
    tls: bool,
    authority: Option<String>,
}

impl Asked {
    fn read(url: &str) -> Result<Self, StoreError> {
        let (address, options) = url.split_once('?').unwrap_or((url, ""));
        let mut asked = Self {
            url: address.to_owned(),
            tls: false,
            authority: None,
        };
        let mut rest = Vec::new();
        for option in options.split('&').filter(|option| !option.is_empty()) {
            match option.split_once('=') {
                Some(("sslmode", mode)) if WITH_TLS.contains(&mode) => asked.tls = true,
                Some(("sslrootcert", "")) => {
                    return Err(refused(
                        "sslrootcert wants the path of a PEM file".to_owned(),
                    ));
                }
                Some(("sslrootcert", path)) => asked.authority = Some(path.replace("%2F", "/")),
                _ => rest.push(option),
            }
        }
        if asked.authority.is_some() && !asked.tls {
            return Err(refused(
                "sslrootcert is for an encrypted line: add sslmode=verify-full".to_owned(),
            ));
        }
        if !rest.is_empty() {
            asked.url = format!("{address}?{}", rest.join("&"));
        }
        Ok(asked)
    }
}

/// Whom the server's certificate must come from: the file's authorities alone, or the machine's.
fn authorities(file: Option<&str>) -> Result<RootCertStore, StoreError> {
    let mut store = RootCertStore::empty();
    let Some(file) = file else {
        let found = rustls_native_certs::load_native_certs();
        store.add_parsable_certificates(found.certs);
        if store.is_empty() {
            return Err(refused(
                "this machine trusts no authority (Debian: ca-certificates): name one with sslrootcert=FILE"
                    .to_owned(),
            ));
        }
        return Ok(store);
    };
    let wrong = |why: String| refused(format!("sslrootcert={file}: {why}"));
    let pem = fs::read(file).map_err(|error| wrong(error.to_string()))?;
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|error| wrong(error.to_string()))?;
        store
            .add(certificate)
            .map_err(|error| wrong(error.to_string()))?;
    }
    if store.is_empty() {
        return Err(wrong("there is no certificate in it".to_owned()));
    }
    Ok(store)
}

fn connector(trusted: RootCertStore) -> Result<MakeRustlsConnect, StoreError> {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| refused(error.to_string()))?
        .with_root_certificates(trusted)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

fn is_socket(host: &Host) -> bool {
    match host {
        Host::Tcp(_) => false,
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

/// A host of the URL that is not this machine.
fn far_away(config: &Config) -> Option<&str> {
    config.get_hosts().iter().find_map(|host| match host {
        Host::Tcp(name) => {
            let address: Result<IpAddr, _> = name.parse();
            let here = address.map_or(name == "localhost", |address| address.is_loopback());
            (!here).then_some(name.as_str())
        }
        #[cfg(unix)]
        Host::Unix(_) => None,
    })
}

fn refused(cause: String) -> StoreError {
    StoreError::Failed {
        doing: "reading the database's URL",
        cause,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(tail: &str) -> String {
        let url = format!("postgres://ann:secret@db/cloud{tail}");
        let refused = Line::of(&url).err().expect("it is refused").to_string();
        assert!(!refused.contains("secret"), "{refused}");
        refused
    }

    #[test]
    fn a_url_that_asks_for_tls_gets_nothing_less() {
        for mode in WITH_TLS {
            for tail in ["", "&application_name=x"] {
                let url = format!("postgres://ann:secret@localhost/cloud?sslmode={mode}{tail}");
                let line = Line::of(&url).unwrap();
                assert_eq!(line.config.get_ssl_mode(), SslMode::Require, "{url}");
            }
        }
        for rest in ["", "?sslmode=disable", "?sslmode=prefer&connect_timeout=3"] {
            let line = Line::of(&format!("postgres://ann:secret@db/cloud{rest}")).unwrap();
            assert_eq!(line.config.get_ssl_mode(), SslMode::Disable, "{rest:?}");
        }
    }

    #[test]
    fn what_is_wrong_with_an_authority_is_said_without_the_password() {
        let none = refusal("?sslmode=require&sslrootcert=/no/such.pem");
        assert!(none.contains("sslrootcert=/no/such.pem"), "{none}");
        let without = refusal("?sslrootcert=/some.pem");
        assert!(without.contains("sslmode=verify-full"), "{without}");
        assert!(refusal("?sslmode=require&sslrootcert=").contains("PEM"));
        let empty = tempfile::NamedTempFile::new().unwrap();
        let path = empty.path().display();
        let nothing = refusal(&format!("?sslmode=require&sslrootcert={path}"));
        assert!(nothing.contains("no certificate"), "{nothing}");
        assert!(refusal("?sslmode=sometimes").contains("sslmode"));
    }

    #[test]
    fn a_socket_has_no_tls_to_ask_for() {
        let url = "postgres://ann@%2Fvar%2Frun%2Fpostgresql/cloud?sslmode=require";
        let refused = Line::of(url).err().unwrap().to_string();
        assert!(refused.contains("leave sslmode out"), "{refused}");
    }

    #[test]
    fn a_database_on_another_machine_is_told_from_one_on_this() {
        for (host, far) in [
            ("localhost", false),
            ("127.0.0.1", false),
            ("[::1]", false),
            ("%2Fvar%2Frun%2Fpostgresql", false),
            ("10.0.0.7", true),
            ("db.example", true),
        ] {
            let line = Line::of(&format!("postgres://ann@{host}/cloud")).unwrap();
            assert_eq!(far_away(&line.config).is_some(), far, "{host}");
        }
    }
}
