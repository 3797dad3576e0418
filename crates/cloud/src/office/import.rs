//! A file of products, row by row: it may have 800,000 and never lies in memory whole.
//!
//! Reads what a till's import reads: a header (`barcode` or `barcodes`, `code`, `name`, `price`,
//! `category`, `tax_class`, `unit`), comma, semicolon or tab, quotes within a row; a product's id
//! follows from its own code, or else from its first barcode and name, so that a till that imported
//! the same file by itself means the same products. A row that cannot be taken is named by its
//! number and the others go on; a row that says nothing new takes no version.

use std::collections::BTreeMap;

use domain::catalogue_file::{ArticleRow, Columns, MAX_LINE_BYTES, RowReason, is_blank, text_of};
use domain::{Currency, normal_key};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::goods::{checked, code_taken, no_class};
use super::{ImportReport, Office, OfficeError, ProductEntry, RefusedRow};
use crate::store::admin::{ProductPut, Put};

/// Rows of one transaction: tills' pushes come in between two of them.
const ROWS_AT_ONCE: usize = 1_000;
/// Refused rows that are listed; all are counted.
const MAX_REFUSED_LISTED: usize = 1_000;

/// How the file is to be read.
#[derive(Debug, Clone)]
pub struct ImportForm {
    /// How many decimals a price has.
    pub currency: Currency,
    /// The tax class of rows that name none; `None`: such rows are refused.
    pub default_tax_class: Option<String>,
}

/// Takes a file in pieces, as it arrives.
pub struct Importer<'a> {
    office: Office<'a>,
    form: ImportForm,
    columns: Option<Columns>,
    rest: Vec<u8>,
    /// The row under way is too long and is passed over to its end.
    passing: bool,
    row: u64,
    waiting: Vec<(u64, ProductPut)>,
    /// The name under each own code of this file, both as hashes: 24 bytes a row.
    codes: BTreeMap<u128, u64>,
    report: ImportReport,
}

impl<'a> Importer<'a> {
    /// An import that has read nothing yet.
    pub fn new(office: Office<'a>, form: ImportForm) -> Self {
        Self {
            office,
            form,
            columns: None,
            rest: Vec::new(),
            passing: false,
            row: 0,
            waiting: Vec::new(),
            codes: BTreeMap::new(),
            report: ImportReport::default(),
        }
    }

    /// Takes the next piece of the file.
    pub async fn take(&mut self, piece: &[u8]) -> Result<(), OfficeError> {
        let mut lines = piece.split(|byte| *byte == b'\n').peekable();
        while let Some(end) = lines.next() {
            if !self.passing {
                self.rest.extend_from_slice(end);
            }
            if self.rest.len() >= MAX_LINE_BYTES {
                self.passing = true;
                self.rest.truncate(MAX_LINE_BYTES);
            }
            if lines.peek().is_some() {
                self.line().await?;
            }
        }
        Ok(())
    }

    /// The file is over: what became of it.
    pub async fn finish(mut self) -> Result<ImportReport, OfficeError> {
        if !self.rest.is_empty() {
            self.line().await?;
        }
        self.write().await?;
        if self.columns.is_none() {
            return Err(no_header(""));
        }
        // Rows are refused when they are read or when their thousand is written.
        self.report.refused_rows.sort_by_key(|refused| refused.row);
        Ok(self.report)
    }

    /// A line has come to its end.
    async fn line(&mut self) -> Result<(), OfficeError> {
        self.row += 1;
        let line = std::mem::take(&mut self.rest);
        let passed = std::mem::take(&mut self.passing);
        if !passed && is_blank(&line) {
            return Ok(());
        }
        let text = if passed {
            Err(RowReason::TooLong)
        } else {
            text_of(&line, self.row == 1)
        };
        let Some(columns) = &self.columns else {
            let header = text.map_err(|reason| no_header(&reason.to_string()))?;
            let columns = Columns::of(header);
            let columns = columns.ok_or_else(|| no_header(header))?;
            self.report.ignored_columns.clone_from(&columns.ignored);
            self.columns = Some(columns);
            return Ok(());
        };
        self.report.rows += 1;
        let read = text.and_then(|text| {
            let default = self.form.default_tax_class.as_deref();
            ArticleRow::read(text, columns, Some(self.form.currency), default)
        });
        match read
            .map_err(|reason| reason.to_string())
            .and_then(|row| self.product(row))
        {
            Ok(put) => self.waiting.push((self.row, put)),
            Err(reason) => self.refuse(self.row, reason),
        }
        if self.waiting.len() >= ROWS_AT_ONCE {
            self.write().await?;
        }
        Ok(())
    }

    /// The product that a row states, unless its code stands for another one in this file already.
    fn product(&mut self, row: ArticleRow) -> Result<ProductPut, String> {
        let product_id = match (&row.code, row.barcodes.first()) {
            (Some(code), _) => id_of(&[b"code", code.as_bytes()]),
            (None, Some(barcode)) => {
                let key = normal_key(barcode);
                id_of(&[b"barcode", key.as_bytes(), row.name.as_bytes()])
            }
            (None, None) => return Err(RowReason::NoCode.to_string()),
        };
        if row.code.is_some() {
            let (name, _) = id_of(&[b"name", row.name.as_bytes()]).as_u64_pair();
            let stands = *self.codes.entry(product_id.as_u128()).or_insert(name);
            if stands != name {
                let code = row.code.unwrap_or_default();
                return Err(format!(
                    "code {code:?} already stands in this file for another name"
                ));
            }
        }
        let entry = ProductEntry {
            code: row.code,
            name: row.name,
            unit: row.unit,
            price_minor: row.price_minor,
            tax_class: row.tax_class,
            category: row.category,
            barcodes: row.barcodes,
        };
        checked(product_id, &entry).map_err(|refused| refused.to_string())
    }

    fn refuse(&mut self, row: u64, reason: String) {
        self.report.refused += 1;
        if self.report.refused_rows.len() < MAX_REFUSED_LISTED {
            self.report.refused_rows.push(RefusedRow { row, reason });
        }
    }

    async fn write(&mut self) -> Result<(), OfficeError> {
        let waiting = std::mem::take(&mut self.waiting);
        let puts = waiting.iter().map(|(_, put)| put.clone()).collect();
        let (tenant, now_ms) = (self.office.admin.tenant, self.office.now_ms());
        let became = self.office.store.put_products(tenant, puts, now_ms).await?;
        for ((row, put), became) in waiting.iter().zip(became) {
            match became {
                Put::Made => self.report.made += 1,
                Put::Changed => self.report.changed += 1,
                Put::Same => self.report.same += 1,
                Put::Taken => self.refuse(*row, code_taken(put)),
                Put::Orphan => self.refuse(*row, no_class(put)),
            }
        }
        Ok(())
    }
}

fn no_header(found: &str) -> OfficeError {
    let found: String = found.chars().take(200).collect();
    OfficeError::Malformed(format!(
        "the header must name the columns name and barcode or code (and may name price, category, tax_class, unit), got {found:?}"
    ))
}

/// The id that a till gives the same row: a version 8 UUID of SHA-256 over the parts.
fn id_of(parts: &[&[u8]]) -> Uuid {
    let mut hash = Sha256::new();
    hash.update(b"holdfast/product/1");
    for part in parts {
        hash.update([0]);
        hash.update(part);
    }
    let mut bytes = [0_u8; 16];
    for (to, from) in bytes.iter_mut().zip(hash.finalize()) {
        *to = from;
    }
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}
