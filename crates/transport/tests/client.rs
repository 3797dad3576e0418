//! The till's client against a real cloud and against everybody else, over a real socket.

mod common;

use common::{KEY, REVOKED, TILL, client, client_of, hello_request, push_request, serve};
use protocol::SegmentId;
use protocol::cloud::{CallFailure, CloudApi};
use protocol::error::{ApiCode, MEDIA_TYPE};
use protocol::pull::{PullRequest, PullScope, SNAPSHOT_MEDIA_TYPE};
use uuid::Uuid;

fn path_words<T: std::fmt::Debug>(result: Result<T, CallFailure>, why: &str) -> String {
    match result {
        Err(CallFailure::Path { words, .. }) => words,
        other => panic!("{why}: expected a path failure, got {other:?}"),
    }
}

fn refusal<T: std::fmt::Debug>(result: Result<T, CallFailure>) -> (ApiCode, Option<u64>) {
    match result {
        Err(CallFailure::Refused {
            error,
            retry_after_ms,
        }) => (error.code, retry_after_ms),
        other => panic!("expected a refusal, got {other:?}"),
    }
}

#[tokio::test]
async fn a_signed_call_arrives_whole_and_its_answer_comes_back_packed() {
    let (cloud, url) = serve().await;
    for heads in [0, 200] {
        let answer = client(&url).hello(&hello_request(heads)).await.unwrap();
        assert_eq!(
            answer.unknown.len(),
            usize::from(heads),
            "what was sent came back, packed or not"
        );
    }
    client(&url).push(KEY, &push_request()).await.unwrap();
    client(&url).push(KEY, &push_request()).await.unwrap();
    let pushes = cloud.pushes.lock().unwrap().clone();
    assert_eq!(pushes[0].0, Some(KEY), "under its key");
    assert_eq!(pushes[0], pushes[1], "the same body, the same fingerprint");
}

#[tokio::test]
async fn a_cloud_below_a_path_is_found_there() {
    let (_cloud, url) = serve().await;
    let answer = client(&format!("{url}/pos")).hello(&hello_request(1)).await;
    assert!(answer.is_ok(), "{answer:?}");
}

#[tokio::test]
async fn who_may_not_speak_is_told_so_in_our_words() {
    let (_cloud, url) = serve().await;
    for (till, code) in [
        (REVOKED, ApiCode::Revoked),
        (Uuid::from_u128(9), ApiCode::Unauthorized),
    ] {
        let result = client_of(&url, till).hello(&hello_request(0)).await;
        assert_eq!(refusal(result).0, code, "{till}");
    }
}

#[tokio::test]
async fn a_busy_cloud_is_waited_for_and_a_panic_is_an_internal_refusal() {
    let (_cloud, url) = serve().await;
    let busy = client(&url).ops(SegmentId([1; 16]), 1).await;
    assert_eq!(
        refusal(busy),
        (ApiCode::Busy, Some(3_000)),
        "whole seconds, rounded up"
    );
    let panicked = client(&url).audit().await;
    assert_eq!(refusal(panicked).0, ApiCode::Internal);
}

#[tokio::test]
async fn only_our_media_type_with_our_error_can_be_a_refusal() {
    let ours = MEDIA_TYPE;
    let error = r#"{"code":"revoked","message":"no"}"#;
    for (status, content_type, body, word) in [
        ("200 OK", "text/html", "<html>sign in</html>", "sign-in"),
        ("200 OK", "application/json", "{}", "other than the cloud"),
        ("302 Found", "text/html", "", "elsewhere"),
        ("401 Unauthorized", "application/json", error, "status 401"),
        ("403 Forbidden", "text/html", "blocked", "status 403"),
        ("407 Proxy", "text/html", "who are you", "proxy"),
        ("413 Too Large", "text/html", "nginx", "size"),
        ("520 Unknown", "text/html", "<html>", "front door"),
        ("200 OK", ours, "{not json", "could not be read"),
        ("401 Unauthorized", ours, "{not json", "status 401"),
        ("500 Error", ours, error, "status 500"),
        (
            "401 Unauthorized",
            ours,
            r#"{"code":"new","message":""}"#,
            "401",
        ),
    ] {
        let length = body.len();
        let answer = format!(
            "HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        let url = common::serve_bytes(answer.into_bytes()).await;
        let words = path_words(client(&url).hello(&hello_request(0)).await, status);
        assert!(words.contains(word), "{status} {content_type}: {words}");
    }
}

#[tokio::test]
async fn retry_after_counts_whoever_says_it() {
    let answer = "HTTP/1.1 503 Busy\r\nretry-after: 7\r\ncontent-length: 0\r\n\r\n";
    let url = common::serve_bytes(answer.into()).await;
    let result = client(&url).hello(&hello_request(0)).await;
    let Err(CallFailure::Path { retry_after_ms, .. }) = result else {
        panic!("a box on the way is a path failure, got {result:?}")
    };
    assert_eq!(retry_after_ms, Some(7_000));
}

#[tokio::test]
async fn an_answer_that_breaks_off_lies_or_explodes_is_a_path_failure() {
    let cut =
        format!("HTTP/1.1 200 OK\r\ncontent-type: {MEDIA_TYPE}\r\ncontent-length: 99\r\n\r\n{{");
    let mut bomb = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {MEDIA_TYPE}\r\ncontent-encoding: zstd\r\nconnection: close\r\n\r\n"
    )
    .into_bytes();
    bomb.extend(zstd::bulk::compress(&vec![b' '; 64 * 1024 * 1024], 3).unwrap());
    for (answer, why) in [
        (cut.into_bytes(), "cut in the middle"),
        (bomb, "a bomb"),
        (Vec::new(), "hung up"),
        (b"SSH-2.0-nothing\r\n".to_vec(), "no HTTP at all"),
    ] {
        let url = common::serve_bytes(answer).await;
        let words = path_words(client(&url).hello(&hello_request(0)).await, why);
        assert!(!words.is_empty(), "{why} has words");
    }
}

#[tokio::test]
async fn a_cloud_that_is_not_there_or_says_nothing_is_named() {
    let silent = common::serve_silence().await;
    let words = path_words(client(&silent).hello(&hello_request(0)).await, "silence");
    assert!(words.contains("did not answer in time"), "{words}");
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = gone.local_addr().unwrap();
    drop(gone);
    let url = format!("http://{address}");
    let words = path_words(client(&url).hello(&hello_request(0)).await, "nobody");
    assert!(
        words.contains(&format!("no connection to {address}")),
        "{words}"
    );
    assert_eq!(TILL, Uuid::from_u128(1), "the till of all these calls");
}

fn part_answer(range: &str, more: &str, body: &str) -> Vec<u8> {
    let status = if range.is_empty() {
        "200 OK"
    } else {
        "206 Partial Content"
    };
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {SNAPSHOT_MEDIA_TYPE}\r\netag: \"a\"\r\n{range}{more}\
         connection: close\r\n\r\n{body}"
    )
    .into_bytes()
}

#[tokio::test]
async fn a_part_of_a_snapshot_is_taken_only_if_it_is_exactly_what_was_asked_for() {
    let html = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>";
    let range = "content-range: bytes 3-5/9\r\n";
    for (answer, why) in [
        (html.into(), "a sign-in page"),
        (
            part_answer(range, "content-length: 3\r\n", "ab"),
            "cut in the middle",
        ),
        (
            part_answer(range, "", "ab"),
            "cut where nothing told its length",
        ),
        (part_answer(range, "", "abcd"), "longer than it says"),
        (
            part_answer("content-range: bytes 0-2/9\r\n", "", "abc"),
            "another part",
        ),
        (
            part_answer("content-range: bytes 3-5/5\r\n", "", "abc"),
            "beyond its own end",
        ),
        (
            part_answer("content-range: bytes 5-3/9\r\n", "", "abc"),
            "backwards",
        ),
        (
            part_answer("content-range: nonsense\r\n", "", "abc"),
            "no place",
        ),
        (
            part_answer(range, "content-encoding: gzip\r\n", "abc"),
            "packed again",
        ),
        (
            part_answer("", "", "abcdefghi"),
            "the whole where a part was asked for",
        ),
    ] {
        let url = common::serve_answer(answer).await;
        let words = path_words(client(&url).snapshot(Some("\"a\""), 3).await, why);
        assert!(!words.is_empty(), "{why} has words");
    }
    let url = common::serve_answer(part_answer(range, "", "abc")).await;
    let part = client(&url).snapshot(Some("\"a\""), 3).await.unwrap();
    assert_eq!((part.from, part.total, part.bytes), (3, 9, b"abc".to_vec()));
    let url = common::serve_answer(part_answer("", "", "abcdefghi")).await;
    let whole = client(&url).snapshot(None, 0).await.unwrap();
    assert_eq!(
        (whole.from, whole.total),
        (0, 9),
        "a box dropped the range: all of it came"
    );
}

#[tokio::test]
async fn a_page_that_breaks_off_or_explodes_is_a_path_failure() {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: {MEDIA_TYPE}\r\n");
    let cut = format!("{head}content-length: 999\r\n\r\n{{\"rows\":[");
    let mut bomb =
        format!("{head}content-encoding: zstd\r\nconnection: close\r\n\r\n").into_bytes();
    bomb.extend(zstd::bulk::compress(&vec![b' '; 64 * 1024 * 1024], 3).unwrap());
    let request = PullRequest {
        scope: PullScope::Stock,
        cursor: Some("a-b_c".into()),
        limit: 10,
    };
    for (answer, why) in [(cut.into_bytes(), "cut in the middle"), (bomb, "a bomb")] {
        let url = common::serve_answer(answer).await;
        let words = path_words(client(&url).pull(&request).await, why);
        assert!(!words.is_empty(), "{why} has words");
    }
}
