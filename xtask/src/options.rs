//! The command line, read once: `--name value` pairs, flags and plain words.
//!
//! Promises that an option nobody asked for is refused by name, so that a misspelt one never passes for
//! the default. Owns no meaning: each command asks for what it knows.

use anyhow::{Context, Result, bail};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

/// What followed the command's name.
pub(crate) struct Options {
    values: BTreeMap<String, Option<String>>,
    words: Vec<String>,
    asked: RefCell<BTreeSet<String>>,
}

impl Options {
    /// Reads `--name value`, `--name=value`, `--flag` and plain words, in any order.
    pub(crate) fn read(arguments: impl Iterator<Item = String>) -> Result<Self> {
        let mut values = BTreeMap::new();
        let mut words = Vec::new();
        let mut arguments = arguments.peekable();
        while let Some(argument) = arguments.next() {
            let Some(name) = argument.strip_prefix("--") else {
                words.push(argument);
                continue;
            };
            let (name, value) = if let Some((name, value)) = name.split_once('=') {
                (name, Some(value.to_owned()))
            } else {
                (name, arguments.next_if(|next| !next.starts_with("--")))
            };
            if values.insert(name.to_owned(), value).is_some() {
                bail!("--{name} is given twice; give it once");
            }
        }
        let asked = RefCell::default();
        Ok(Self {
            values,
            words,
            asked,
        })
    }

    /// The value of `--name`, or the default where it is not given.
    pub(crate) fn value<T: FromStr>(&self, name: &str, default: T) -> Result<T>
    where
        T::Err: std::error::Error + Send + Sync + 'static,
    {
        self.asked.borrow_mut().insert(name.to_owned());
        match self.values.get(name) {
            None => Ok(default),
            Some(None) => bail!("--{name} wants a value"),
            Some(Some(text)) => text
                .parse()
                .with_context(|| format!("--{name} {text} cannot be read")),
        }
    }

    /// Whether `--name` is given.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.asked.borrow_mut().insert(name.to_owned());
        self.values.contains_key(name)
    }

    /// Refuses whatever no earlier question named.
    pub(crate) fn nothing_else(&self) -> Result<()> {
        let asked = self.asked.borrow();
        if let Some(word) = self.words.first() {
            bail!("'{word}' is more than this command takes");
        }
        match self.values.keys().find(|name| !asked.contains(*name)) {
            Some(name) => bail!("--{name} is not an option of this command"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Options {
        Options::read(line.split_whitespace().map(str::to_owned)).expect("a well-formed line")
    }

    #[test]
    fn values_flags_and_words_are_told_apart() {
        let options = read("commit --runs 12 --quick --seed=7");
        assert_eq!(
            options.value("runs", 0_u32).unwrap(),
            12,
            "a pair is a value"
        );
        assert_eq!(
            options.value("seed", 0_u64).unwrap(),
            7,
            "an equals sign too"
        );
        assert!(options.flag("quick"), "a lone name is a flag");
        let refused = options.nothing_else().unwrap_err().to_string();
        assert!(
            refused.contains("'commit'"),
            "a word nobody takes is refused: {refused}"
        );
    }

    #[test]
    fn a_misspelt_option_is_refused_by_name() {
        let options = read("--rums 12");
        assert_eq!(
            options.value("runs", 3_u32).unwrap(),
            3,
            "the default stands"
        );
        let refused = options.nothing_else().unwrap_err().to_string();
        assert!(
            refused.contains("--rums"),
            "the refusal names it: {refused}"
        );
    }
}
