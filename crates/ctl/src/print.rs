//! How answers are printed: words for people, one JSON value for scripts.

use std::io::Write as _;

use app::AppError;
use serde::Serialize;

/// Prints an answer as JSON, or in the words given.
#[expect(
    clippy::print_stdout,
    reason = "a command line's answer goes to standard output"
)]
pub(crate) fn answer<T: Serialize>(
    json: bool,
    value: &T,
    words: impl FnOnce(&T) -> String,
) -> Result<(), AppError> {
    if json {
        let text = serde_json::to_string(value).map_err(|error| AppError::internal(&error))?;
        println!("{text}");
    } else {
        println!("{}", words(value));
    }
    Ok(())
}

/// Writes bytes to standard output as they are.
pub(crate) fn bytes(bytes: &[u8]) -> Result<(), AppError> {
    let mut out = std::io::stdout().lock();
    out.write_all(bytes)
        .and_then(|()| out.flush())
        .map_err(|error| AppError::internal(&error))
}

/// Prints a refusal to standard error.
pub(crate) fn refusal(error: &AppError, json: bool) {
    let text = if json {
        serde_json::to_string(error).ok()
    } else {
        None
    };
    // Nobody to tell if standard error is gone; the exit status says it.
    let _ = match text {
        Some(text) => writeln!(std::io::stderr(), "{text}"),
        None => writeln!(std::io::stderr(), "holdfastctl: {error}"),
    };
}
