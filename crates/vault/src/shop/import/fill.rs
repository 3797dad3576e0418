//! Reading a whole source into a catalogue that is being built and that nobody sees yet.
//!
//! Promises: streams (one line in memory); a row is imported or reported, never dropped; stops with an error,
//! and so without a new catalogue, only if the source cannot be read on or the disk refuses.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};

use domain::catalogue_file::{Columns, RowReason};
use rusqlite::Connection;

use super::article::{Article, article};
use super::lines::{Line, Lines};
use super::{
    ImportOptions, ImportReport, MAX_REFUSED_LISTED, MAX_ROWS, MAX_SOURCE_BYTES, RowRefused,
};
use crate::shop::error::ShopError;
use crate::shop::rows::{self, Wrote};

/// How often the progress is told, in rows.
const PROGRESS_EVERY: u64 = 1_000;

/// Fills the catalogue; the caller opened the transaction and chose the import's number.
pub(in crate::shop) fn fill(
    connection: &Connection,
    source: impl Read,
    options: &ImportOptions,
    import_no: i64,
    progress: &mut dyn FnMut(u64),
) -> Result<ImportReport, ShopError> {
    let mut lines = Lines::new(BufReader::with_capacity(
        262_144,
        source.take(MAX_SOURCE_BYTES + 1),
    ));
    let columns = header(&mut lines)?;
    let filler = Filler {
        connection,
        options,
        import_no,
        tax_classes: tax_classes(connection, options)?,
        columns,
    };
    let mut report = ImportReport::new(&filler.columns);
    loop {
        let read_to = lines.row();
        let line = lines.next().map_err(|source| ShopError::Source {
            row: read_to,
            source,
        })?;
        let Some(line) = line else { break };
        report.rows += 1;
        let outcome = match line {
            Line::Text(text) => filler.take(text)?,
            Line::Refused(reason) => Err(reason),
        };
        report.count(lines.row(), outcome);
        if report.rows > MAX_ROWS {
            return Err(ShopError::TooLarge {
                what: "rows",
                limit: MAX_ROWS,
            });
        }
        if report.rows.is_multiple_of(PROGRESS_EVERY) {
            progress(report.rows);
        }
    }
    if lines.bytes() > MAX_SOURCE_BYTES {
        return Err(ShopError::TooLarge {
            what: "bytes",
            limit: MAX_SOURCE_BYTES,
        });
    }
    progress(report.rows);
    Ok(report)
}

fn header<R: BufRead>(lines: &mut Lines<R>) -> Result<Columns, ShopError> {
    match lines
        .next()
        .map_err(|source| ShopError::Source { row: 0, source })?
    {
        Some(Line::Text(text)) => Columns::of(text).ok_or_else(|| ShopError::HeaderUnknown {
            found: text.chars().take(200).collect(),
        }),
        Some(Line::Refused(reason)) => Err(ShopError::HeaderUnknown {
            found: reason.to_string(),
        }),
        None => Err(ShopError::HeaderUnknown {
            found: "(an empty file)".to_owned(),
        }),
    }
}

fn tax_classes(
    connection: &Connection,
    options: &ImportOptions,
) -> Result<BTreeSet<String>, ShopError> {
    let known: BTreeSet<String> = connection
        .prepare("SELECT code FROM tax_class")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    match &options.default_tax_class {
        Some(code) if !known.contains(code) => {
            Err(ShopError::TaxClassUnknown { code: code.clone() })
        }
        _ => Ok(known),
    }
}

/// What a row is judged with.
struct Filler<'a> {
    connection: &'a Connection,
    options: &'a ImportOptions,
    import_no: i64,
    tax_classes: BTreeSet<String>,
    columns: Columns,
}

impl Filler<'_> {
    /// Takes one line; the inner "no" is the row's, the outer error the whole import's.
    fn take(&self, line: &str) -> Result<Result<Wrote, RowReason>, ShopError> {
        let read = article(line, &self.columns, self.options, &self.tax_classes);
        let Article { product, barcodes } = match read {
            Ok(article) => article,
            Err(reason) => return Ok(Err(reason)),
        };
        if let Some(code) = &product.code {
            let other =
                rows::other_name_of_code(self.connection, code, &product.name, self.import_no)?;
            if let Some(name) = other {
                return Ok(Err(RowReason::CodeTaken {
                    code: code.clone(),
                    name,
                }));
            }
        }
        Ok(Ok(rows::write(
            self.connection,
            &product,
            &barcodes,
            rows::Origin::Import(self.import_no),
        )?))
    }
}

impl ImportReport {
    fn new(columns: &Columns) -> Self {
        Self {
            form: columns.form,
            rows: 0,
            imported: 0,
            updated: 0,
            refused_rows: 0,
            refused: Vec::new(),
            ignored_columns: columns.ignored.clone(),
            source_sha256: String::new(),
            dry_run: false,
        }
    }

    fn count(&mut self, row: u64, outcome: Result<Wrote, RowReason>) {
        match outcome {
            Ok(Wrote::New) => self.imported += 1,
            Ok(Wrote::Updated) => self.updated += 1,
            Err(reason) => {
                self.refused_rows += 1;
                if self.refused.len() < MAX_REFUSED_LISTED {
                    self.refused.push(RowRefused {
                        row,
                        reason: reason.to_string(),
                    });
                }
            }
        }
    }
}
