//! A printer behind a file: a device file such as `/dev/usb/lp0`, or a plain file to which jobs are
//! appended. Nothing can be asked, so a job is never more than unconfirmed.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

use crate::profile::DrawerPulse;

use super::{PrintOutcome, PrinterDriver, PrinterStatus, PrinterTrouble};

pub(super) struct FileDriver {
    pub(super) path: PathBuf,
}

impl FileDriver {
    fn unreachable(&self, error: &std::io::Error) -> PrinterTrouble {
        PrinterTrouble::Unreachable {
            printer: self.name(),
            reason: error.to_string(),
        }
    }

    fn name(&self) -> String {
        format!("file:{}", self.path.display())
    }
}

impl PrinterDriver for FileDriver {
    fn print(&mut self, bytes: &[u8]) -> Result<PrintOutcome, PrinterTrouble> {
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.path)
            .map_err(|error| self.unreachable(&error))?;
        let mut sent = 0;
        while sent < bytes.len() {
            let reason = match file.write(&bytes[sent..]) {
                Ok(0) => "nothing more is taken".to_owned(),
                Ok(count) => {
                    sent += count;
                    continue;
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => error.to_string(),
            };
            let (printer, of) = (self.name(), bytes.len());
            return Err(PrinterTrouble::Broken {
                printer,
                sent,
                of,
                reason,
            });
        }
        Ok(PrintOutcome::Unconfirmed)
    }

    fn open_drawer(&mut self, pulse: DrawerPulse) -> Result<(), PrinterTrouble> {
        self.print(&pulse.in_turn()).map(|_| ())
    }

    fn status(&mut self) -> Result<PrinterStatus, PrinterTrouble> {
        // Opening a device file is the only question there is; a plain file must not be made by asking.
        let parent = self
            .path
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty());
        if self.path.exists() {
            OpenOptions::new()
                .append(true)
                .open(&self.path)
                .map_err(|error| self.unreachable(&error))?;
        } else if let Some(parent) = parent {
            std::fs::metadata(parent).map_err(|error| self.unreachable(&error))?;
        }
        Ok(PrinterStatus::default())
    }
}
