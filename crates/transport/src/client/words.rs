//! What went wrong on the way, in words for the person at the till.

use std::error::Error;
use std::fmt::Write;

use reqwest::StatusCode;

/// An attempt that brought no answer at all.
pub(super) fn of_error(error: &reqwest::Error, shown: &str) -> String {
    let cause = chain(error);
    if error.is_timeout() && error.is_connect() {
        return format!("no connection to {shown} in time");
    }
    if error.is_timeout() {
        return format!("{shown} did not answer in time");
    }
    if error.is_connect() {
        return format!("no connection to {shown}: {cause}");
    }
    if error.is_body() || error.is_decode() {
        return format!("the answer of {shown} broke off: {cause}");
    }
    format!("the call to {shown} failed: {cause}")
}

/// An answer, but not our cloud's.
pub(super) fn of_foreign_answer(status: StatusCode, location: Option<&str>, shown: &str) -> String {
    let code = status.as_u16();
    let who = match code {
        200..=299 => "something other than the cloud answered: a sign-in page of this network?",
        300..=399 => "the network sends the till elsewhere: a sign-in page?",
        407 => "a proxy on the way wants a sign-in",
        404 => "there is a web server, but no cloud at this address",
        413 => "a box on the way refuses bodies of this size",
        429 => "a box on the way says: too many requests",
        502..=504 | 520..=530 => "the cloud's front door answers, the cloud behind it does not",
        500..=599 => "a server on the way failed",
        _ => "something other than the cloud answered",
    };
    let mut words = format!("{shown}: {who} (status {code}");
    if let Some(location) = location {
        let short: String = location.chars().take(120).collect();
        // Writing into a String cannot fail.
        let _ = write!(words, ", to {short}");
    }
    words.push(')');
    words
}

/// Our media type around something that cannot be read.
pub(super) fn of_unreadable(why: &str, shown: &str) -> String {
    format!("the answer of {shown} could not be read: {why}")
}

/// An error with its causes, each once.
pub(super) fn chain(error: &dyn Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
