//! Text to the bytes of a printer's code page, by our own tables.
//!
//! Promises: a byte is only given for a character that the page truly holds; text that does not
//! encode is a `None`, never a guess or a question mark (it is then drawn, see [`crate::raster`]).
//! No byte below 0x20 ever comes out, so text cannot carry a command. Crate escpos's own encoder is
//! not used: it mis-encodes "-" in twelve pages and sends what it cannot encode as raw UTF-8.

mod tables;

use std::collections::HashMap;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

/// A code page's meaning, apart from the number a printer gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// US, the page every printer has.
    Cp437,
    /// Western Europe.
    Cp850,
    /// Central Europe.
    Cp852,
    /// Turkish.
    Cp857,
    /// Western Europe with the euro.
    Cp858,
    /// Cyrillic.
    Cp866,
    /// Central Europe, Windows.
    Windows1250,
    /// Cyrillic, Windows.
    Windows1251,
    /// Western Europe, Windows.
    Windows1252,
    /// Greek, Windows.
    Windows1253,
    /// Turkish, Windows.
    Windows1254,
    /// Baltic, Windows.
    Windows1257,
}

/// All encodings, in the order of their tables.
const ALL: [(Encoding, &str); 12] = [
    (Encoding::Cp437, tables::CP437),
    (Encoding::Cp850, tables::CP850),
    (Encoding::Cp852, tables::CP852),
    (Encoding::Cp857, tables::CP857),
    (Encoding::Cp858, tables::CP858),
    (Encoding::Cp866, tables::CP866),
    (Encoding::Windows1250, tables::WINDOWS1250),
    (Encoding::Windows1251, tables::WINDOWS1251),
    (Encoding::Windows1252, tables::WINDOWS1252),
    (Encoding::Windows1253, tables::WINDOWS1253),
    (Encoding::Windows1254, tables::WINDOWS1254),
    (Encoding::Windows1257, tables::WINDOWS1257),
];

type Reverse = HashMap<char, u8>;

impl Encoding {
    /// The character's byte in this page.
    pub fn byte(self, c: char) -> Option<u8> {
        match c {
            ' '..='~' => u8::try_from(c).ok(),
            _ => self.reverse().get(&c).copied(),
        }
    }

    /// The whole text in this page, or None if one character is missing.
    pub fn encode(self, text: &str) -> Option<Vec<u8>> {
        text.chars().map(|c| self.byte(c)).collect()
    }

    /// The same, with plain signs where the page lacks typographic ones of the same meaning.
    pub fn encode_alike(self, text: &str) -> Option<Vec<u8>> {
        text.chars()
            .map(|c| self.byte(c).or_else(|| self.byte(look_alike(c)?)))
            .collect()
    }

    fn reverse(self) -> &'static Reverse {
        static REVERSE: OnceLock<HashMap<Encoding, Reverse>> = OnceLock::new();
        static NONE: OnceLock<Reverse> = OnceLock::new();
        REVERSE
            .get_or_init(|| {
                ALL.iter()
                    .map(|(encoding, upper)| (*encoding, reverse_of(upper)))
                    .collect()
            })
            .get(&self)
            .unwrap_or_else(|| NONE.get_or_init(Reverse::new))
    }
}

fn reverse_of(upper: &str) -> Reverse {
    (0x80..=0xFF_u8)
        .zip(upper.chars())
        .filter(|(_, c)| !matches!(c, '\u{FFFD}' | '\u{A0}' | '\u{AD}'))
        .map(|(byte, c)| (c, byte))
        .collect()
}

/// Typographic signs that read the same in plain letters of the same width. Letters and money signs are
/// not here: "€" as "E" would be another receipt.
fn look_alike(c: char) -> Option<char> {
    Some(match c {
        '×' => 'x',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '‘' | '’' | '‚' | '′' => '\'',
        '“' | '”' | '„' | '″' => '"',
        '•' | '·' => '*',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_exactly_128_upper_characters() {
        for (encoding, upper) in ALL {
            assert_eq!(
                upper.chars().count(),
                128,
                "{encoding:?} would shift every letter after a gap"
            );
        }
    }

    #[test]
    fn minus_point_and_digits_are_ascii_on_every_page() {
        for (encoding, _) in ALL {
            assert_eq!(
                encoding.encode("-12.50"),
                Some(b"-12.50".to_vec()),
                "{encoding:?} prints money wrong"
            );
        }
    }

    #[test]
    fn known_bytes_are_the_printers_bytes() {
        assert_eq!(Encoding::Cp858.byte('€'), Some(0xD5));
        assert_eq!(Encoding::Cp437.byte('é'), Some(0x82));
        assert_eq!(Encoding::Cp866.byte('Ж'), Some(0x86));
        assert_eq!(Encoding::Windows1252.byte('€'), Some(0x80));
        assert_eq!(Encoding::Cp852.byte('Ł'), Some(0x9D));
    }

    #[test]
    fn what_a_page_lacks_is_a_no_and_never_a_guess() {
        assert_eq!(Encoding::Cp437.encode("5 €"), None);
        assert_eq!(Encoding::Cp858.encode("Чай"), None);
        assert_eq!(
            Encoding::Cp437.encode_alike("2 × 3"),
            Some(b"2 x 3".to_vec()),
            "a sign of the same meaning is no loss"
        );
    }

    #[test]
    fn no_text_becomes_a_control_byte() {
        for (encoding, _) in ALL {
            for c in (0..0x20).chain([0x7F]).filter_map(char::from_u32) {
                assert_eq!(encoding.byte(c), None, "{encoding:?} lets {c:?} through");
            }
        }
    }
}
