//! `Retry-After`: seconds or a date.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How long the other side asks us to wait, milliseconds. A date is read against the answer's own
/// `Date`, so that a till with a wrong clock waits the right time; the till's clock is the fallback.
pub(super) fn parse(text: &str, date: Option<&str>, wall_ms: i64) -> Option<u64> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(seconds.saturating_mul(1_000));
    }
    let until = httpdate::parse_http_date(text).ok()?;
    let now = date
        .and_then(|date| httpdate::parse_http_date(date.trim()).ok())
        .unwrap_or_else(|| from_wall(wall_ms));
    let wait = until.duration_since(now).unwrap_or(Duration::ZERO);
    u64::try_from(wait.as_millis()).ok()
}

fn from_wall(wall_ms: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(u64::try_from(wall_ms).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn seconds_and_dates_are_both_read() {
        let until = "Fri, 20 Nov 2026 12:02:00 GMT";
        let date = Some("Fri, 20 Nov 2026 12:00:00 GMT");
        for (text, date, wall_ms, expected, why) in [
            ("7", None, 0, Some(7_000), "seconds"),
            (" 0 ", None, 0, Some(0), "at once"),
            (
                until,
                date,
                0,
                Some(120_000),
                "the answer's own clock counts",
            ),
            (
                until,
                None,
                1_795_176_090_000,
                Some(30_000),
                "or else the till's",
            ),
            (until, Some(until), 0, Some(0), "a date gone by is now"),
            ("soon", None, 0, None, "words are no time"),
            ("-3", None, 0, None, "nor is the past"),
            ("99999999999999999999", None, 0, None, "nor is for ever"),
        ] {
            assert_eq!(parse(text, date, wall_ms), expected, "{text:?}: {why}");
        }
    }
}
