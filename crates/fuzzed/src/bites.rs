//! Values bitten off the front of an input, so that a mutated byte changes one decision.
//!
//! Promises that every input is one history: where the bytes run out, zeros follow.

/// What is left of an input.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bites<'a>(&'a [u8]);

impl<'a> Bites<'a> {
    pub(crate) const fn new(input: &'a [u8]) -> Self {
        Self(input)
    }

    /// Whether nothing is left.
    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn byte(&mut self) -> u8 {
        self.take(1).first().copied().unwrap_or(0)
    }

    pub(crate) fn number(&mut self) -> u64 {
        let mut bytes = [0; 8];
        for (to, from) in bytes.iter_mut().zip(self.take(8)) {
            *to = *from;
        }
        u64::from_le_bytes(bytes)
    }

    /// A place below `end`, two bytes' worth of choice; 0 if `end` is 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let (low, high) = (usize::from(self.byte()), usize::from(self.byte()));
        (low | high << 8).checked_rem(end).unwrap_or(0)
    }

    /// Up to so many bytes.
    pub(crate) fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(count.min(self.0.len()));
        self.0 = rest;
        taken
    }

    /// A byte for the length, then so many bytes.
    pub(crate) fn piece(&mut self) -> &'a [u8] {
        let count = self.byte();
        self.take(usize::from(count))
    }

    /// The same as text.
    pub(crate) fn text(&mut self) -> String {
        String::from_utf8_lossy(self.piece()).into_owned()
    }

    pub(crate) const fn rest(self) -> &'a [u8] {
        self.0
    }
}
