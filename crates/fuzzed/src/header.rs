//! The texts in which a request's proofs and places travel.

use cloud::store::Cursor;
use protocol::signing::{AccessToken, Authorization, RequestToSign, sign, verify};
use protocol::{ChainHash, SegmentId};

use crate::bites::Bites;
use crate::seeds::till;

/// A header as it came.
pub(crate) fn body(input: &[u8]) {
    let text = String::from_utf8_lossy(input).into_owned();
    if let Some(read) = Authorization::from_header(&text) {
        let written = read.to_header();
        assert_eq!(
            Authorization::from_header(&written),
            Some(read),
            "{text:?} says the same when it is written again"
        );
        forged(&read, input);
    }
    if let Some(token) = AccessToken::from_text(&text) {
        assert!(
            token.to_text().eq_ignore_ascii_case(&text),
            "{text:?} is a token of one spelling"
        );
    }
    if let Some(place) = Cursor::from_text(&text) {
        assert_eq!(
            Cursor::from_text(&place.to_text()),
            Some(place),
            "{text:?} is one place"
        );
    }
    if let Ok(id) = text.parse::<SegmentId>() {
        assert!(id.to_string().eq_ignore_ascii_case(&text), "{text:?}");
    }
    match text.parse::<ChainHash>() {
        Ok(id) => assert!(id.to_string().eq_ignore_ascii_case(&text), "{text:?}"),
        Err(refused) => {
            let words = refused.to_string();
            assert!(words.contains("ChainHash"), "{words} names the field");
            assert!(words.len() < 2_000, "{} bytes of reason", words.len());
        }
    }
}

/// A signature holds for the statement it was made over alone, and nobody makes one by chance.
fn forged(read: &Authorization, input: &[u8]) {
    let mut bites = Bites::new(input);
    let (key, path) = (bites.text(), bites.text());
    let request = RequestToSign {
        method: "POST",
        path: &path,
        at_ms: read.at_ms,
        idempotency_key: &key,
        body: bites.rest(),
    };
    let (secret, public) = till::keys();
    let right = sign(&secret, &request.statement());
    assert!(
        verify(&public, &request.statement(), &right),
        "the till's own"
    );
    assert!(
        read.signature == right || !verify(&public, &request.statement(), &read.signature),
        "a signature that the till did not make is refused"
    );
}
