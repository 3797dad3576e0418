//! A till whose clock is wrong, or whose token is over, calls as if nothing were: over a real socket.

mod common;

use std::sync::atomic::Ordering;

use common::{KEY, REVOKED, client, client_of, hello_request, push_request, serve};
use protocol::cloud::{CallFailure, CloudApi};
use protocol::error::ApiCode;

const YEAR_MS: i64 = 365 * 24 * 60 * 60 * 1000;

#[tokio::test]
async fn a_till_whose_clock_is_years_off_still_syncs() {
    let (cloud, url) = serve().await;
    // The till's clock stands at 1970.
    for now_ms in [56 * YEAR_MS, -3 * YEAR_MS] {
        cloud.now_ms.store(now_ms, Ordering::SeqCst);
        let line = client(&url);
        for call in 0..3 {
            let answer = line.hello(&hello_request(1)).await;
            assert!(answer.is_ok(), "call {call} at {now_ms}: {answer:?}");
        }
        let pushed = line.push(KEY, &push_request()).await;
        assert!(pushed.is_ok(), "and it hands its sales in: {pushed:?}");
    }
    assert_eq!(cloud.pushes.lock().unwrap().len(), 2, "each push once");
    assert_eq!(
        cloud.tokens.load(Ordering::SeqCst),
        2,
        "one token a line, held against the cloud's clock"
    );
}

#[tokio::test]
async fn a_clock_that_is_set_in_the_middle_is_followed() {
    let (cloud, url) = serve().await;
    let line = client(&url);
    for now_ms in [0, YEAR_MS, 2 * YEAR_MS, 0] {
        cloud.now_ms.store(now_ms, Ordering::SeqCst);
        let answer = line.hello(&hello_request(1)).await;
        assert!(answer.is_ok(), "at {now_ms}: {answer:?}");
    }
}

#[tokio::test]
async fn a_token_that_the_cloud_does_not_take_any_more_is_fetched_anew_unseen() {
    let (cloud, url) = serve().await;
    let line = client(&url);
    line.hello(&hello_request(1)).await.unwrap();
    // The cloud forgets what it gave, as it does when its key is changed.
    cloud.tokens.fetch_add(1, Ordering::SeqCst);
    line.push(KEY, &push_request()).await.unwrap();
    assert_eq!(cloud.tokens.load(Ordering::SeqCst), 3, "one more was given");
    assert_eq!(cloud.pushes.lock().unwrap().len(), 1, "pushed once");
}

#[tokio::test]
async fn who_was_revoked_hears_that_and_nothing_of_tokens() {
    let (_cloud, url) = serve().await;
    let refused = client_of(&url, REVOKED).push(KEY, &push_request()).await;
    assert!(
        matches!(&refused, Err(CallFailure::Refused { error, .. }) if error.code == ApiCode::Revoked),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_cloud_that_never_agrees_on_the_time_is_tried_again_later() {
    let body = r#"{"code":"clock_wrong","message":"no","server_time_ms":1}"#;
    let answer = format!(
        "HTTP/1.1 401 Unauthorized\r\ncontent-type: {}\r\ncontent-length: {}\r\n\r\n{body}",
        protocol::error::MEDIA_TYPE,
        body.len()
    );
    let url = common::serve_bytes(answer.into_bytes()).await;
    let result = client(&url).hello(&hello_request(0)).await;
    assert!(
        matches!(result, Err(CallFailure::Path { .. })),
        "a clock is never the last word: {result:?}"
    );
}
