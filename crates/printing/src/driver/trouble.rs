//! Why a job was not, or not surely, printed.

/// A printer's "no". Each says what to do, and whether paper may have come out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PrinterTrouble {
    /// No connection: off, unplugged, another address, no permission.
    #[error("the printer {printer} cannot be reached ({reason}); is it on and connected?")]
    Unreachable {
        /// Its address.
        printer: String,
        /// What the system said.
        reason: String,
    },
    /// Connected, but it does not answer the question before the job.
    #[error(
        "the printer {printer} does not answer; it may be busy or blocked. If it never answers, choose \
         a printer profile with answers_status off"
    )]
    Silent {
        /// Its address.
        printer: String,
    },
    /// The paper has run out.
    #[error("the printer {printer} is out of paper; put in a new roll")]
    OutOfPaper {
        /// Its address.
        printer: String,
        /// Bytes of the job that were sent before.
        sent: usize,
    },
    /// The cover is open.
    #[error("the printer {printer} is open; close its cover")]
    CoverOpen {
        /// Its address.
        printer: String,
        /// Bytes of the job that were sent before.
        sent: usize,
    },
    /// It says that it cannot print and not why.
    #[error("the printer {printer} is not ready; look at its lamps, switch it off and on")]
    Offline {
        /// Its address.
        printer: String,
        /// Bytes of the job that were sent before.
        sent: usize,
    },
    /// It took the job or a part of it and then neither took more nor answered.
    #[error(
        "the printer {printer} took {sent} of {of} bytes and fell silent; look at the paper before \
         printing again"
    )]
    Stalled {
        /// Its address.
        printer: String,
        /// Bytes taken.
        sent: usize,
        /// Bytes of the job.
        of: usize,
    },
    /// The connection ended in the middle.
    #[error(
        "the connection to the printer {printer} broke after {sent} of {of} bytes ({reason}); look at \
         the paper before printing again"
    )]
    Broken {
        /// Its address.
        printer: String,
        /// Bytes taken.
        sent: usize,
        /// Bytes of the job.
        of: usize,
        /// What the system said.
        reason: String,
    },
}

impl PrinterTrouble {
    /// One sentence for people, with the next step.
    pub fn words(&self) -> String {
        self.to_string()
    }

    /// A stable name for logs and screens.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "unreachable",
            Self::Silent { .. } => "silent",
            Self::OutOfPaper { .. } => "out_of_paper",
            Self::CoverOpen { .. } => "cover_open",
            Self::Offline { .. } => "offline",
            Self::Stalled { .. } => "stalled",
            Self::Broken { .. } => "broken",
        }
    }

    /// Whether paper may have come out. Then the next print of the same receipt is a COPY; else it may
    /// be sent again as it is.
    pub fn may_have_printed(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Silent { .. } => false,
            Self::OutOfPaper { sent, .. }
            | Self::CoverOpen { sent, .. }
            | Self::Offline { sent, .. }
            | Self::Stalled { sent, .. }
            | Self::Broken { sent, .. } => *sent > 0,
        }
    }
}
