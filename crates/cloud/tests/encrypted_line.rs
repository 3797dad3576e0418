//! The line to a PostgreSQL on another machine: TLS, with a certificate that is checked.

#![allow(clippy::pedantic, missing_docs)]

mod common;

use std::fs;

use cloud::store::postgres::PgStore;
use common::postgres::Server;
use common::{StandingClock, entropy};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio_postgres::NoTls;

/// An authority, and a server's certificate from it, for `localhost` alone: certificate, key.
fn certified() -> (String, String, String) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let server = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = server.signed_by(&key, &authority).unwrap();
    (authority.pem(), certificate.pem(), key.serialize_pem())
}

async fn opened(url: &str) -> Result<PgStore, String> {
    PgStore::open(url, &StandingClock::default(), &*entropy())
        .await
        .map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_line_is_encrypted_to_the_server_that_was_meant_and_to_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let (authority, certificate, key) = certified();
    let (trusted, stranger) = (
        folder.path().join("ca.pem"),
        folder.path().join("other.pem"),
    );
    fs::write(&trusted, authority).unwrap();
    fs::write(&stranger, certified().0).unwrap();
    let (server, port) = Server::encrypted(folder.path(), &certificate, &key).unwrap();
    let url = |host: &str, tail: &str| {
        format!("postgres://holdfast@{host}:{port}/postgres?sslmode=require{tail}")
    };
    let trusting = |file: &std::path::Path| format!("&sslrootcert={}", file.display());

    let unknown = opened(&url("localhost", &trusting(&stranger))).await;
    let unknown = unknown.expect_err("an authority that nobody named is not believed");
    assert!(unknown.to_lowercase().contains("certificate"), "{unknown}");
    let elsewhere = opened(&url("127.0.0.1", &trusting(&trusted))).await;
    let elsewhere = elsewhere.expect_err("a certificate for another name is not believed");
    assert!(
        elsewhere.to_lowercase().contains("certificate"),
        "{elsewhere}"
    );

    let beside = format!("{} port={port}", server.url("postgres"));
    let line = url("localhost", &trusting(&trusted));
    let store = opened(&line).await.expect("the server that was meant");
    let (client, connection) = tokio_postgres::connect(&beside, NoTls).await.unwrap();
    tokio::spawn(connection);
    let lines = "SELECT count(*), count(*) FILTER (WHERE ssl) FROM pg_stat_ssl
                 JOIN pg_stat_activity USING (pid) WHERE application_name = 'holdfast-cloud'";
    let row = client.query_one(lines, &[]).await.unwrap();
    let (all, encrypted): (i64, i64) = (row.get(0), row.get(1));
    assert!(all > 0, "it keeps a line");
    assert_eq!(all, encrypted, "and each is encrypted");
    drop(store);
    server.stop().unwrap();
}
