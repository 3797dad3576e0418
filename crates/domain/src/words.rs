//! The text of closed word lists: one spelling for SQL, JSON, logs and the screen.
//!
//! Owns `as_str`, `FromStr`, `Display` and `ALL` of every enum without fields. Promises that `as_str` equals the serde
//! text (a test holds every list to it). Never guesses: a word that is not in the list is refused by name.

use thiserror::Error;

/// A text that is none of a list's words.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{list} \"{word}\" is unknown: use one of {expected}")]
pub struct UnknownWord {
    /// Which list was asked, e.g. `Unit`.
    pub list: &'static str,
    /// The text as given.
    pub word: String,
    /// The words that are known, separated by commas.
    pub expected: String,
}

/// Gives an enum without fields its words.
macro_rules! words {
    ($list:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
        impl $list {
            /// Every word of the list, in order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word as SQL and JSON spell it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl std::str::FromStr for $list {
            type Err = $crate::words::UnknownWord;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word {
                    $($text => Ok(Self::$variant),)+
                    _ => Err($crate::words::UnknownWord {
                        list: stringify!($list),
                        word: word.to_owned(),
                        expected: [$($text),+].join(", "),
                    }),
                }
            }
        }

        impl std::fmt::Display for $list {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use words;
