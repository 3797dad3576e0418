//! The cloud's door against tills that lie, swell and break off, over a real socket.

mod common;

use common::{KEY, TILL, key, serve};
use protocol::error::{ApiCode, ApiError, MEDIA_TYPE};
use protocol::signing::{Authorization, RequestToSign, sign};
use reqwest::{Client, RequestBuilder, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use transport::paths;

struct Sent<'a> {
    path: &'a str,
    key: &'a str,
    body: Vec<u8>,
    encoding: Option<&'a str>,
}

fn signed(url: &str, sent: Sent<'_>) -> RequestBuilder {
    let request = RequestToSign {
        method: "POST",
        path: sent.path,
        at_ms: 5,
        idempotency_key: sent.key,
        body: &sent.body,
    };
    let header = Authorization {
        till: TILL,
        at_ms: 5,
        token: Some(common::token(0)),
        signature: sign(&key(), &request.statement()),
    };
    let mut builder = client()
        .post(format!("{url}{}", sent.path))
        .header("authorization", header.to_header())
        .body(sent.body);
    if !sent.key.is_empty() {
        builder = builder.header(paths::IDEMPOTENCY_KEY, sent.key);
    }
    if let Some(encoding) = sent.encoding {
        builder = builder.header("content-encoding", encoding);
    }
    builder
}

/// A client of our own TLS, made here because each test may be a process of its own.
fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().build().unwrap()
}

fn push_of(body: Vec<u8>, encoding: Option<&str>) -> Sent<'_> {
    Sent {
        path: paths::PUSH,
        key: "00000000-0000-0000-0000-00000000004d",
        body,
        encoding,
    }
}

async fn refused(response: Response) -> ApiCode {
    assert_eq!(
        response.headers()["content-type"],
        MEDIA_TYPE,
        "every refusal is in our media type"
    );
    let status = response.status().as_u16();
    let error: ApiError = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
    assert_eq!(error.code.status(), status, "the code fixes the status");
    assert!(!error.message.is_empty(), "and it has a sentence");
    error.code
}

#[tokio::test]
async fn what_swells_is_refused_in_our_media_type() {
    let (cloud, url) = serve().await;
    let bomb = zstd::bulk::compress(&vec![0_u8; 200 * 1024 * 1024], 3).unwrap();
    let large: Vec<u8> = (0..2_000_000_u32).flat_map(u32::to_be_bytes).collect();
    let packed = zstd::bulk::compress(&vec![b' '; 3_000_000], 1).unwrap();
    for (body, encoding, why) in [
        (bomb, Some("zstd"), "200 MB in a few KB"),
        (large, None, "8 MB plain"),
        (packed, Some("zstd"), "3 MB of blanks in nothing"),
    ] {
        let response = signed(&url, push_of(body, encoding)).send().await.unwrap();
        assert_eq!(refused(response).await, ApiCode::TooLarge, "{why}");
    }
    assert!(cloud.pushes.lock().unwrap().is_empty(), "none got through");
}

#[tokio::test]
async fn a_body_without_an_announced_length_is_bounded_too() {
    let (_cloud, url) = serve().await;
    let address = url.strip_prefix("http://").unwrap();
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let header = Authorization {
        till: TILL,
        at_ms: 5,
        token: None,
        signature: sign(&key(), b"anything"),
    };
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: x\r\nauthorization: {}\r\ntransfer-encoding: chunked\r\n\r\n",
        paths::PUSH,
        header.to_header()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x1_0000));
    for _ in 0..40 {
        if stream.write_all(chunk.as_bytes()).await.is_err() {
            break;
        }
    }
    let mut answer = vec![0_u8; 256];
    let read = stream.read(&mut answer).await.unwrap_or(0);
    let text = String::from_utf8_lossy(&answer[..read]).into_owned();
    assert!(
        text.is_empty() || text.starts_with("HTTP/1.1 413"),
        "refused or hung up, never taken: {text}"
    );
}

#[tokio::test]
async fn a_forged_or_altered_call_is_not_heard() {
    let (cloud, url) = serve().await;
    let body = serde_json::to_vec(&common::push_request()).unwrap();
    let altered = signed(&url, push_of(body.clone(), None)).body(b"{}".to_vec());
    let other_key =
        signed(&url, push_of(body.clone(), None)).header(paths::IDEMPOTENCY_KEY, KEY.to_string());
    let replayed_elsewhere = Client::builder().no_proxy().build().unwrap();
    let header = signed(&url, push_of(body.clone(), None)).build().unwrap();
    let elsewhere = replayed_elsewhere
        .post(format!("{url}{}", paths::HELLO))
        .headers(header.headers().clone())
        .body(body);
    for (request, why) in [(altered, "another body"), (elsewhere, "another path")] {
        let response = request.send().await.unwrap();
        assert_eq!(refused(response).await, ApiCode::Unauthorized, "{why}");
    }
    // The header is there twice: the first one is read, and it is the signed one.
    assert!(other_key.send().await.unwrap().status().is_success());
    assert_eq!(cloud.pushes.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_missing_or_malformed_is_named() {
    let (_cloud, url) = serve().await;
    let good = serde_json::to_vec(&common::push_request()).unwrap();
    let no_key = Sent {
        key: "",
        ..push_of(good.clone(), None)
    };
    let bad_key = Sent {
        key: "seven",
        ..push_of(good.clone(), None)
    };
    let broken = zstd::bulk::compress(&vec![b'x'; 5_000], 3).unwrap();
    let half = broken[..broken.len() / 2].to_vec();
    for (sent, code) in [
        (no_key, ApiCode::IdempotencyKeyMissing),
        (bad_key, ApiCode::Malformed),
        (push_of(half, Some("zstd")), ApiCode::Malformed),
        (push_of(good, Some("br")), ApiCode::Malformed),
        (push_of(b"{\"proto\":1}".to_vec(), None), ApiCode::Malformed),
    ] {
        let response = signed(&url, sent).send().await.unwrap();
        assert_eq!(refused(response).await, code);
    }
    let client = Client::builder().no_proxy().build().unwrap();
    let response = client.post(format!("{url}{}", paths::PUSH)).send().await;
    assert_eq!(refused(response.unwrap()).await, ApiCode::Unauthorized);
}

#[tokio::test]
async fn what_nobody_answers_is_answered_in_our_words() {
    let (_cloud, url) = serve().await;
    let client = client();
    let nowhere = client.get(format!("{url}/nowhere")).send().await.unwrap();
    assert_eq!(refused(nowhere).await, ApiCode::NotFound, "unknown path");
    let wrong = client.get(format!("{url}{}", paths::PUSH)).send().await;
    assert_eq!(refused(wrong.unwrap()).await, ApiCode::NotFound, "method");
}

#[tokio::test]
async fn a_till_that_breaks_off_in_the_middle_leaves_nothing() {
    let (cloud, url) = serve().await;
    let address = url.strip_prefix("http://").unwrap();
    let body = serde_json::to_vec(&common::push_request()).unwrap();
    let whole = signed(&url, push_of(body.clone(), None)).build().unwrap();
    let authorization = whole.headers()["authorization"].to_str().unwrap();
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: x\r\nauthorization: {authorization}\r\ncontent-length: {}\r\n\r\n",
        paths::PUSH,
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&body[..body.len() / 2]).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
    assert!(cloud.pushes.lock().unwrap().is_empty(), "half is nothing");
}
