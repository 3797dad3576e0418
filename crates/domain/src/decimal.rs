//! Decimal text to a scaled integer and back: the one reader and the one writer behind amounts, quantities and rates.
//!
//! Owns the grammar: an optional `-`, digits with (in amounts only) groups of three (`1,234`), an optional `.` with at most as
//! many decimals as the unit has. Never guesses: `12,50` is refused, because it is twelve and a half in one country and
//! a typing error in the next.

/// Why a text is no number of the wanted scale.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum DecimalRefused {
    Malformed,
    TooManyDecimals,
    TooLarge,
}

/// Whether commas may group the digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grouping {
    /// `1,234` is a thousand and more.
    Commas,
    /// `1,234` is refused: a weight of `1,250` is a kilogram and a quarter to half the world.
    None,
}

/// A refused text as far as a sentence needs it: somebody may have typed with a scanner, or named the wrong file.
pub(crate) fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}

/// Digits beyond this cannot matter: every limit of the domain is far below 10^18.
const MAX_DIGITS: usize = 18;

/// Reads `text` as thousandths, hundredths … by `decimals`: `("1.5", 3)` is 1500.
pub(crate) fn parse_scaled(
    text: &str,
    decimals: u8,
    grouping: Grouping,
) -> Result<i64, DecimalRefused> {
    let text = text.trim();
    let (negative, unsigned) = text
        .strip_prefix('-')
        .map_or((false, text), |rest| (true, rest));
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let whole = ungrouped(whole, grouping).ok_or(DecimalRefused::Malformed)?;
    if !all_digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return Err(DecimalRefused::Malformed);
    }
    // Trailing zeros say nothing: "5.000" is 5 in every currency.
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > usize::from(decimals) {
        return Err(DecimalRefused::TooManyDecimals);
    }
    let padding = usize::from(decimals) - fraction.len();
    let digits = whole
        .trim_start_matches('0')
        .bytes()
        .chain(fraction.bytes())
        .chain(std::iter::repeat_n(b'0', padding));
    let mut value = 0_i64;
    for (count, digit) in digits.enumerate() {
        if count >= MAX_DIGITS {
            return Err(DecimalRefused::TooLarge);
        }
        value = value * 10 + i64::from(digit - b'0');
    }
    Ok(if negative { -value } else { value })
}

/// The digits of a whole part without its grouping commas; `None` if the groups are not of three, or the first is `0`.
fn ungrouped(whole: &str, grouping: Grouping) -> Option<String> {
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let rest: Vec<&str> = groups.collect();
    let leads = (1..=3).contains(&first.len()) && !first.starts_with('0');
    let first_fits = rest.is_empty() || (leads && grouping == Grouping::Commas);
    let well_grouped = first_fits && rest.iter().all(|group| group.len() == 3);
    let digits = whole.replace(',', "");
    (well_grouped && all_digits(&digits)).then_some(digits)
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Writes a scaled integer with exactly `decimals` decimals: `(1250, 3)` is `1.250`.
pub(crate) fn format_scaled(value: i64, decimals: u8) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let magnitude = value.unsigned_abs();
    if decimals == 0 {
        return format!("{sign}{magnitude}");
    }
    let scale = 10_u64.pow(u32::from(decimals));
    let width = usize::from(decimals);
    format!("{sign}{}.{:0width$}", magnitude / scale, magnitude % scale)
}

/// As [`format_scaled`], without decimals that are zero: `(1250, 3)` is `1.25`, `(1000, 3)` is `1`.
pub(crate) fn format_trimmed(value: i64, decimals: u8) -> String {
    let text = format_scaled(value, decimals);
    if decimals == 0 {
        text
    } else {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}
