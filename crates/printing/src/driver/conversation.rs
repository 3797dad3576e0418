//! The conversation about one job, the same over every line that can carry answers.
//!
//! 1. Connect.
//! 2. Ask (`DLE EOT` 1, 2, 4): a printer that cannot print gets nothing, so nothing is printed twice
//!    later.
//! 3. Send.
//! 4. Ask in turn (`GS r 1`): the answer comes after the last line is printed. A printer that was never
//!    going to read is found out here: crate escpos called such a job done in 7 ms.
//!
//! Time is counted in slices, not read from a clock: every call on a line lasts one slice at most.

use std::io;
use std::time::Duration;

use crate::profile::DrawerPulse;

use super::status::{is_in_turn, is_realtime, paper_is_out};
use super::{Patience, PrintOutcome, PrinterDriver, PrinterStatus, PrinterTrouble};

/// The longest a line may block in one call.
pub(super) const SLICE: Duration = Duration::from_millis(50);
/// Jobs go out in pieces of this size, so that the count of what was taken is near the truth.
const PIECE: usize = 2_048;
/// A printer burns about this many bytes of text a millisecond; the last answer waits for the paper.
const BYTES_PER_MS: usize = 2;
/// The longest wait for the last line of the longest receipt.
const LONGEST_PRINTING: Duration = Duration::from_mins(2);

/// Something that connects.
pub(super) trait Way: Send {
    type Line: Line;

    fn connect(&self, at_most: Duration) -> io::Result<Self::Line>;
}

/// An open line to a printer.
pub(super) trait Line {
    /// Sends some of the bytes. An error of kind `TimedOut` or `WouldBlock`: none was taken in a slice.
    fn write_some(&mut self, bytes: &[u8]) -> io::Result<usize>;

    /// Receives some bytes; the same errors when nothing came in a slice; 0 when the line has ended.
    fn read_some(&mut self, buffer: &mut [u8]) -> io::Result<usize>;

    /// Ends the line so that nothing that was sent is lost on the way.
    fn finish(&mut self, slices: u32);
}

pub(super) struct Conversation<W> {
    pub(super) way: W,
    pub(super) printer: String,
    pub(super) asks: bool,
    pub(super) patience: Patience,
}

impl<W: Way> PrinterDriver for Conversation<W> {
    fn print(&mut self, bytes: &[u8]) -> Result<PrintOutcome, PrinterTrouble> {
        let mut line = self.connect()?;
        if self.asks {
            let status = self.ask(&mut line).ok_or_else(|| self.silent())?;
            if let Some(trouble) = status.trouble(&self.printer, 0) {
                return Err(trouble);
            }
        }
        self.send(&mut line, bytes)?;
        let outcome = if self.asks {
            self.confirm(&mut line, bytes.len())
        } else {
            Ok(PrintOutcome::Unconfirmed)
        };
        line.finish(slices(self.patience.answer));
        outcome
    }

    fn open_drawer(&mut self, pulse: DrawerPulse) -> Result<(), PrinterTrouble> {
        let mut line = self.connect()?;
        let blocked = if self.asks {
            let status = self.ask(&mut line).ok_or_else(|| self.silent())?;
            status.trouble(&self.printer, 0).is_some()
        } else {
            false
        };
        let command = if blocked {
            pulse.at_once()
        } else {
            pulse.in_turn()
        };
        self.send(&mut line, &command)?;
        line.finish(slices(self.patience.answer));
        Ok(())
    }

    fn status(&mut self) -> Result<PrinterStatus, PrinterTrouble> {
        let mut line = self.connect()?;
        if !self.asks {
            return Ok(PrinterStatus::default());
        }
        let status = self.ask(&mut line).ok_or_else(|| self.silent());
        line.finish(slices(self.patience.answer));
        status
    }
}

impl<W: Way> Conversation<W> {
    fn connect(&self) -> Result<W::Line, PrinterTrouble> {
        self.way
            .connect(self.patience.connect)
            .map_err(|error| PrinterTrouble::Unreachable {
                printer: self.printer.clone(),
                reason: error.to_string(),
            })
    }

    fn silent(&self) -> PrinterTrouble {
        PrinterTrouble::Silent {
            printer: self.printer.clone(),
        }
    }

    /// None when one of the three questions stays without an answer.
    fn ask(&self, line: &mut W::Line) -> Option<PrinterStatus> {
        let mut answer = |question: u8| {
            self.send(line, &[0x10, 0x04, question]).ok()?;
            receive(line, is_realtime, slices(self.patience.answer))
        };
        Some(PrinterStatus::read(answer(1)?, answer(2)?, answer(4)?))
    }

    fn send(&self, line: &mut W::Line, bytes: &[u8]) -> Result<(), PrinterTrouble> {
        let mut idle = slices(self.patience.idle);
        let (printer, of) = (self.printer.clone(), bytes.len());
        let mut sent = 0;
        while sent < of {
            let piece = &bytes[sent..of.min(sent + PIECE)];
            match line.write_some(piece) {
                Ok(0) => {
                    let reason = "the printer closed it".to_owned();
                    return Err(PrinterTrouble::Broken {
                        printer,
                        sent,
                        of,
                        reason,
                    });
                }
                Ok(taken) => sent += taken.min(piece.len()),
                Err(error) if is_waiting(&error) && idle > 0 => idle -= 1,
                Err(error) if is_waiting(&error) => {
                    return Err(PrinterTrouble::Stalled { printer, sent, of });
                }
                Err(error) => {
                    let reason = error.to_string();
                    return Err(PrinterTrouble::Broken {
                        printer,
                        sent,
                        of,
                        reason,
                    });
                }
            }
        }
        Ok(())
    }

    /// Asks in turn; failing that, asks at once.
    fn confirm(&self, line: &mut W::Line, sent: usize) -> Result<PrintOutcome, PrinterTrouble> {
        let burning = Duration::from_millis((sent / BYTES_PER_MS) as u64).min(LONGEST_PRINTING);
        let in_turn = self
            .send(line, &[0x1D, b'r', 1])
            .ok()
            .and_then(|()| receive(line, is_in_turn, slices(self.patience.answer + burning)));
        let now = self.ask(line);
        let trouble = now.and_then(|status| status.trouble(&self.printer, sent));
        match (in_turn, now, trouble) {
            (_, _, Some(trouble)) => Err(trouble),
            (Some(byte), _, None) if paper_is_out(byte) => Err(PrinterTrouble::OutOfPaper {
                printer: self.printer.clone(),
                sent,
            }),
            // Not every printer knows `GS r`; one that is well after the time a job takes has printed it.
            (Some(_), _, None) | (None, Some(_), None) => Ok(PrintOutcome::Printed),
            (None, None, None) => Err(PrinterTrouble::Stalled {
                printer: self.printer.clone(),
                sent,
                of: sent,
            }),
        }
    }
}

/// The next byte that is an answer of the wanted kind; other bytes (a printer that reports by itself)
/// are passed over.
fn receive(line: &mut impl Line, wanted: fn(u8) -> bool, mut slices: u32) -> Option<u8> {
    let mut buffer = [0; 16];
    while slices > 0 {
        slices -= 1;
        match line.read_some(&mut buffer) {
            Ok(0) => return None,
            Ok(count) => {
                if let Some(byte) = buffer[..count].iter().find(|byte| wanted(**byte)) {
                    return Some(*byte);
                }
            }
            Err(error) if is_waiting(&error) => {}
            Err(_) => return None,
        }
    }
    None
}

fn is_waiting(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
    )
}

/// How many slices a time has, at least one.
fn slices(time: Duration) -> u32 {
    u32::try_from(time.as_millis() / SLICE.as_millis())
        .unwrap_or(u32::MAX)
        .max(1)
}
