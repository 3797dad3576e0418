//! Printers as data: what `assets/printers/*.json` says of each model.
//!
//! Promises: every profile that leaves this module has been checked (columns fit the dots, at least
//! one code page), so the layout and the bytes need not doubt it. A shop's own profile is read by the
//! same door as the bundled ones. Never knows how a printer is reached; that is [`crate::driver`].

use serde::{Deserialize, Serialize};

use crate::encode::Encoding;

/// One font of a printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrinterFont {
    /// Characters on a line.
    pub columns: u16,
    /// Dots of one character's cell, across.
    pub cell_width: u16,
    /// Dots of one character's cell, down.
    pub cell_height: u16,
}

/// A code page the printer holds: the number to select it by, and what its bytes mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodePage {
    /// The `n` of `ESC t n` on this model.
    pub number: u8,
    /// What its bytes mean.
    pub encoding: Encoding,
}

/// How the paper is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CutKind {
    /// All the way.
    Full,
    /// One point stays.
    Partial,
}

/// The cutter and how far the paper must be fed to reach it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cutter {
    /// How it cuts.
    pub kind: CutKind,
    /// Empty lines between the last printed one and the blade.
    pub feed_lines: u8,
}

/// The pulse that opens the drawer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawerPulse {
    /// Connector pin: 2 or 5.
    pub pin: u8,
    /// Length of the pulse, milliseconds (sent in steps of 2 ms, at most 510).
    pub on_ms: u16,
    /// The pause after it, milliseconds (the same).
    pub off_ms: u16,
}

/// Who draws a QR code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QrPrinting {
    /// The printer, from the text.
    Native,
    /// The till, as a picture.
    Raster,
}

/// One printer model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrinterProfile {
    /// Stable name in settings.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Width of the roll: 58 or 80.
    pub paper_mm: u16,
    /// Printable dots across.
    pub dots: u16,
    /// Dots from one text line to the next.
    pub line_dots: u16,
    /// The normal font.
    pub font_a: PrinterFont,
    /// The small font.
    pub font_b: PrinterFont,
    /// Code pages, the preferred one first.
    pub code_pages: Vec<CodePage>,
    /// None: the paper is torn by hand.
    pub cutter: Option<Cutter>,
    /// None: no drawer connector.
    pub drawer: Option<DrawerPulse>,
    /// Who draws QR codes.
    pub qr: QrPrinting,
    /// Answers `DLE EOT`, so that a job can be confirmed.
    pub answers_status: bool,
    /// Starts in a Chinese double-byte mode that must be left before code pages mean anything.
    #[serde(default)]
    pub leave_double_byte_mode: bool,
}

/// Why a profile is refused.
#[derive(Debug, thiserror::Error)]
pub enum ProfileRefused {
    /// Not JSON of this shape.
    #[error(
        "the printer profile cannot be read: {0}; compare it with assets/printers/generic-80.json"
    )]
    Unreadable(#[from] serde_json::Error),
    /// A number that cannot be.
    #[error("printer profile {id}: {field} is {value}, allowed is {allowed}; correct the profile")]
    OutOfRange {
        /// The profile.
        id: String,
        /// The field's name.
        field: &'static str,
        /// What it says.
        value: u64,
        /// What it may say.
        allowed: &'static str,
    },
}

const BUNDLED: [&str; 8] = [
    include_str!("../../../assets/printers/generic-80.json"),
    include_str!("../../../assets/printers/generic-58.json"),
    include_str!("../../../assets/printers/basic-80.json"),
    include_str!("../../../assets/printers/epson-tm-t20.json"),
    include_str!("../../../assets/printers/epson-tm-t88.json"),
    include_str!("../../../assets/printers/epson-tm-m30-58.json"),
    include_str!("../../../assets/printers/xprinter-80.json"),
    include_str!("../../../assets/printers/bixolon-srp-350.json"),
];

impl PrinterProfile {
    /// Reads and checks a profile.
    pub fn from_json(json: &str) -> Result<Self, ProfileRefused> {
        let profile: Self = serde_json::from_str(json)?;
        profile.check()?;
        Ok(profile)
    }

    /// Every bundled profile, the two generic ones first.
    pub fn bundled() -> Vec<Self> {
        // A bundled file that does not pass is found by this module's test, before it ships.
        BUNDLED
            .iter()
            .filter_map(|json| Self::from_json(json).ok())
            .collect()
    }

    /// The bundled profile of that id.
    pub fn by_id(id: &str) -> Option<Self> {
        Self::bundled().into_iter().find(|profile| profile.id == id)
    }

    /// The profile a till starts with: any 80 mm printer.
    pub fn generic_80() -> Self {
        Self {
            id: "generic-80".to_owned(),
            name: "Any 80 mm printer (48 columns)".to_owned(),
            paper_mm: 80,
            dots: 576,
            line_dots: 30,
            font_a: PrinterFont {
                columns: 48,
                cell_width: 12,
                cell_height: 24,
            },
            font_b: PrinterFont {
                columns: 64,
                cell_width: 9,
                cell_height: 17,
            },
            code_pages: vec![
                CodePage {
                    number: 19,
                    encoding: Encoding::Cp858,
                },
                CodePage {
                    number: 16,
                    encoding: Encoding::Windows1252,
                },
                CodePage {
                    number: 2,
                    encoding: Encoding::Cp850,
                },
                CodePage {
                    number: 0,
                    encoding: Encoding::Cp437,
                },
                CodePage {
                    number: 18,
                    encoding: Encoding::Cp852,
                },
                CodePage {
                    number: 17,
                    encoding: Encoding::Cp866,
                },
            ],
            cutter: Some(Cutter {
                kind: CutKind::Partial,
                feed_lines: 4,
            }),
            drawer: Some(DrawerPulse {
                pin: 2,
                on_ms: 50,
                off_ms: 500,
            }),
            qr: QrPrinting::Native,
            answers_status: true,
            leave_double_byte_mode: true,
        }
    }

    fn check(&self) -> Result<(), ProfileRefused> {
        let refuse = |field, value: u64, allowed| {
            Err(ProfileRefused::OutOfRange {
                id: self.id.clone(),
                field,
                value,
                allowed,
            })
        };
        if !(200..=1_200).contains(&self.dots) {
            return refuse("dots", self.dots.into(), "200 to 1200");
        }
        if !(24..=60).contains(&self.line_dots) {
            return refuse("line_dots", self.line_dots.into(), "24 to 60");
        }
        if self.code_pages.is_empty() {
            return refuse("code_pages", 0, "at least one");
        }
        for font in [self.font_a, self.font_b] {
            if !(24..=120).contains(&font.columns) {
                return refuse("columns", font.columns.into(), "24 to 120");
            }
            if !(6..=32).contains(&font.cell_width) || font.columns * font.cell_width > self.dots {
                return refuse(
                    "cell_width",
                    font.cell_width.into(),
                    "6 to 32, all columns within the dots",
                );
            }
            if !(8..=48).contains(&font.cell_height) || font.cell_height > self.line_dots {
                return refuse(
                    "cell_height",
                    font.cell_height.into(),
                    "8 to 48, within line_dots",
                );
            }
        }
        match self.drawer {
            Some(drawer) if drawer.pin != 2 && drawer.pin != 5 => {
                refuse("drawer.pin", drawer.pin.into(), "2 or 5")
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bundled_printer_can_be_used() {
        for json in BUNDLED {
            let read = PrinterProfile::from_json(json);
            assert!(
                read.is_ok(),
                "a bundled profile is refused: {:?} in {json}",
                read.err()
            );
        }
        assert_eq!(
            PrinterProfile::by_id("generic-80"),
            Some(PrinterProfile::generic_80()),
            "the file and the default say the same"
        );
    }

    #[test]
    fn a_profile_wider_than_its_paper_is_refused_by_field_and_value() {
        let json = BUNDLED[1].replace("\"columns\": 32", "\"columns\": 48");
        let words = PrinterProfile::from_json(&json)
            .expect_err("48 cells of 12 dots do not fit 384 dots")
            .to_string();
        assert!(
            words.contains("cell_width") && words.contains("generic-58"),
            "must name profile and field: {words}"
        );
    }
}
