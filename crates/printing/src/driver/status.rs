//! What a printer's answer bytes mean.
//!
//! `DLE EOT n` is answered at once, in the middle of a job too; bits 1 and 4 are always set in the answer.
//! `GS r 1` is answered in turn, after everything before it was printed; bit 4 is never set. So the two
//! cannot be mistaken for each other, and an answer of the second kind proves that the job is through.

use super::PrinterTrouble;

/// How much paper there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Paper {
    /// Enough, as far as the printer knows.
    #[default]
    Enough,
    /// The roll is near its end.
    Low,
    /// None.
    Out,
}

/// How a printer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PrinterStatus {
    /// It was asked and answered. False: reached, but this printer does not tell; all else is then unknown.
    pub known: bool,
    /// The paper.
    pub paper: Paper,
    /// The cover is open.
    pub cover_open: bool,
    /// It cannot print for whatever reason (a fault, the feed button, one of the above).
    pub offline: bool,
}

impl PrinterStatus {
    /// Reads the answers to `DLE EOT` 1, 2 and 4.
    pub(super) fn read(printer: u8, cause: u8, paper: u8) -> Self {
        let paper = if paper & 0x60 != 0 || cause & 0x20 != 0 {
            Paper::Out
        } else if paper & 0x0C != 0 {
            Paper::Low
        } else {
            Paper::Enough
        };
        let offline = printer & 0x08 != 0 || cause & 0x40 != 0;
        Self {
            known: true,
            paper,
            cover_open: cause & 0x04 != 0,
            offline,
        }
    }

    /// What keeps it from printing, if anything does; `sent` bytes of a job are already with it.
    pub fn trouble(self, printer: &str, sent: usize) -> Option<PrinterTrouble> {
        let printer = printer.to_owned();
        if self.paper == Paper::Out {
            Some(PrinterTrouble::OutOfPaper { printer, sent })
        } else if self.cover_open {
            Some(PrinterTrouble::CoverOpen { printer, sent })
        } else if self.offline {
            Some(PrinterTrouble::Offline { printer, sent })
        } else {
            None
        }
    }
}

/// Whether a byte is an answer to `DLE EOT`.
pub(super) fn is_realtime(byte: u8) -> bool {
    byte & 0x93 == 0x12
}

/// Whether a byte is an answer to `GS r`.
pub(super) fn is_in_turn(byte: u8) -> bool {
    byte & 0x90 == 0
}

/// Whether the answer to `GS r 1` says that the paper is out.
pub(super) fn paper_is_out(byte: u8) -> bool {
    byte & 0x0C == 0x0C
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printers_answers_read_as_its_manual_says() {
        let well = PrinterStatus::read(0x12, 0x12, 0x12);
        assert_eq!(
            well,
            PrinterStatus {
                known: true,
                ..PrinterStatus::default()
            }
        );
        assert_eq!(PrinterStatus::read(0x1A, 0x32, 0x72).paper, Paper::Out);
        assert_eq!(PrinterStatus::read(0x12, 0x12, 0x1E).paper, Paper::Low);
        assert!(PrinterStatus::read(0x1A, 0x16, 0x12).cover_open);
    }

    #[test]
    fn low_paper_still_prints() {
        let low = PrinterStatus::read(0x12, 0x12, 0x1E);
        assert_eq!(
            low.trouble("p", 0),
            None,
            "a receipt is not held back for the last metre"
        );
    }

    #[test]
    fn the_two_kinds_of_answers_are_never_confused() {
        for byte in 0..=255_u8 {
            assert!(
                !(is_realtime(byte) && is_in_turn(byte)),
                "{byte:#04x} would prove a job that is not through"
            );
        }
    }
}
