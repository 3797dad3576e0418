//! Which part of a file a `Range` header asks for.

/// What is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Range {
    /// All of it.
    Whole,
    /// A part that lies within it.
    Part { from: u64, bytes: u64 },
    /// Nothing: the part begins behind the end.
    Behind,
}

/// Reads a header against the size of the file. One that says anything but one range of bytes is
/// as if it were not there, as HTTP wants it.
pub(super) fn of(header: Option<&str>, total: u64) -> Range {
    let asked = header
        .and_then(|text| text.trim().strip_prefix("bytes="))
        .and_then(|range| range.trim().split_once('-'));
    let Some((first, last)) = asked else {
        return Range::Whole;
    };
    match (number(first), number(last)) {
        (Some(from), None) if last.is_empty() => part(from, u64::MAX, total),
        (Some(from), Some(to)) if from <= to => part(from, to, total),
        (None, Some(bytes)) if first.is_empty() => part(total.saturating_sub(bytes), total, total),
        _ => Range::Whole,
    }
}

fn part(from: u64, to: u64, total: u64) -> Range {
    if from >= total {
        return Range::Behind;
    }
    Range::Part {
        from,
        bytes: to.min(total - 1) - from + 1,
    }
}

fn number(digits: &str) -> Option<u64> {
    let plain = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    plain.then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_cut_to_the_file_and_nonsense_is_as_if_it_were_not_there() {
        let part = |from, bytes| Range::Part { from, bytes };
        for (header, expected) in [
            (None, Range::Whole),
            (Some("bytes=0-0"), part(0, 1)),
            (Some("bytes=0-99"), part(0, 100)),
            (Some("bytes=40-1000000"), part(40, 60)),
            (Some("bytes=40-"), part(40, 60)),
            (Some("bytes=-10"), part(90, 10)),
            (Some("bytes=-1000"), part(0, 100)),
            (Some("bytes=99-99"), part(99, 1)),
            (Some("bytes=100-"), Range::Behind),
            (Some("bytes=100-200"), Range::Behind),
            (Some("bytes=-0"), Range::Behind),
            (Some("bytes=9-3"), Range::Whole),
            (Some("bytes=0-1,5-6"), Range::Whole),
            (Some("bytes=+1-2"), Range::Whole),
            (Some("bytes=-"), Range::Whole),
            (Some("lines=0-1"), Range::Whole),
            (Some("bytes=99999999999999999999-"), Range::Whole),
            (Some(""), Range::Whole),
        ] {
            assert_eq!(of(header, 100), expected, "{header:?}");
        }
    }
}
