//! A file of products, row by row: it may have 800,000 and never lies in memory whole.
//!
//! Reads what a till's import reads: a header (`barcode` or `barcodes`, `code`, `name`, `price`,
//! `category`, `tax_class`, `unit`), comma, semicolon or tab, quotes within a row; a product's id
//! follows from its own code, or else from its first barcode and name, so that a till that imported
//! the same file by itself means the same products. A row that cannot be taken is named by its
//! number and the others go on; a row that says nothing new takes no version.

use domain::{Currency, Unit, normal_key, parse_minor};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::goods::{checked, code_taken, no_class};
use super::{ImportReport, Office, OfficeError, ProductEntry, RefusedRow};
use crate::store::admin::{ProductPut, Put};

/// Rows of one transaction: tills' pushes come in between two of them.
const ROWS_AT_ONCE: usize = 1_000;
/// The longest row, in bytes.
const MAX_ROW_BYTES: usize = 64 * 1024;
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
    row: u64,
    waiting: Vec<(u64, ProductPut)>,
    report: ImportReport,
}

/// Where each column stands.
#[derive(Debug, Clone)]
struct Columns {
    separator: u8,
    width: usize,
    name: usize,
    barcodes: Option<usize>,
    code: Option<usize>,
    price: Option<usize>,
    category: Option<usize>,
    tax_class: Option<usize>,
    unit: Option<usize>,
}

impl<'a> Importer<'a> {
    /// An import that has read nothing yet.
    pub fn new(office: Office<'a>, form: ImportForm) -> Self {
        Self {
            office,
            form,
            columns: None,
            rest: Vec::new(),
            row: 0,
            waiting: Vec::new(),
            report: ImportReport::default(),
        }
    }

    /// Takes the next piece of the file.
    pub async fn take(&mut self, piece: &[u8]) -> Result<(), OfficeError> {
        self.rest.extend_from_slice(piece);
        let mut lines = std::mem::take(&mut self.rest);
        let mut begin = 0;
        while let Some(end) = lines[begin..].iter().position(|byte| *byte == b'\n') {
            self.line(&lines[begin..begin + end]).await?;
            begin += end + 1;
        }
        lines.drain(..begin);
        if lines.len() > MAX_ROW_BYTES {
            return Err(OfficeError::Malformed(format!(
                "row {} is longer than {MAX_ROW_BYTES} bytes: is this a CSV file?",
                self.row + 1
            )));
        }
        self.rest = lines;
        Ok(())
    }

    /// The file is over: what became of it.
    pub async fn finish(mut self) -> Result<ImportReport, OfficeError> {
        let last = std::mem::take(&mut self.rest);
        if !last.is_empty() {
            self.line(&last).await?;
        }
        self.write().await?;
        if self.columns.is_none() {
            return Err(no_header(""));
        }
        // Rows are refused when they are read or when their thousand is written.
        self.report.refused_rows.sort_by_key(|refused| refused.row);
        Ok(self.report)
    }

    async fn line(&mut self, line: &[u8]) -> Result<(), OfficeError> {
        self.row += 1;
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let Some(columns) = &self.columns else {
            let header =
                String::from_utf8_lossy(line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line))
                    .into_owned();
            let (columns, ignored) = columns(&header)?;
            self.columns = Some(columns);
            self.report.ignored_columns = ignored;
            return Ok(());
        };
        if line.trim_ascii().is_empty() {
            return Ok(());
        }
        self.report.rows += 1;
        match product(line, columns, &self.form) {
            Ok(put) => self.waiting.push((self.row, put)),
            Err(reason) => self.refuse(self.row, reason),
        }
        if self.waiting.len() >= ROWS_AT_ONCE {
            self.write().await?;
        }
        Ok(())
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
    OfficeError::Malformed(format!(
        "the header must name the columns name and barcode or code (and may name price, category, tax_class, unit), got {found:?}"
    ))
}

fn columns(header: &str) -> Result<(Columns, Vec<String>), OfficeError> {
    let refused = || no_header(&header.chars().take(200).collect::<String>());
    let separator = [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|one| {
            (
                header.bytes().filter(|byte| byte == one).count(),
                *one == b',',
            )
        })
        .ok_or_else(refused)?;
    let names = fields(header.as_bytes(), separator).map_err(|_| refused())?;
    let names: Vec<String> = names
        .iter()
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    let at = |wanted: &[&str]| {
        names
            .iter()
            .position(|name| wanted.contains(&name.as_str()))
    };
    let columns = Columns {
        separator,
        width: names.len(),
        name: at(&["name", "product_name"]).ok_or_else(refused)?,
        barcodes: at(&["barcode", "barcodes"]),
        code: at(&["code"]),
        price: at(&["price"]),
        category: at(&["category"]),
        tax_class: at(&["tax_class"]),
        unit: at(&["unit"]),
    };
    if columns.barcodes.is_none() && columns.code.is_none() {
        return Err(refused());
    }
    let used = [
        Some(columns.name),
        columns.barcodes,
        columns.code,
        columns.price,
        columns.category,
        columns.tax_class,
        columns.unit,
    ];
    let ignored = names.iter().enumerate();
    let ignored = ignored.filter(|(at, _)| !used.contains(&Some(*at)));
    Ok((columns, ignored.map(|(_, name)| name.clone()).collect()))
}

/// One row into its fields.
fn fields(line: &[u8], separator: u8) -> Result<Vec<String>, String> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .buffer_capacity(line.len().max(64))
        .from_reader(line);
    let mut record = csv::StringRecord::new();
    match reader.read_record(&mut record) {
        Ok(_) => Ok(record.iter().map(str::to_owned).collect()),
        Err(error) => Err(format!(
            "the row cannot be read: {error}; save the file as UTF-8"
        )),
    }
}

/// The product that a row states, or why it states none.
fn product(line: &[u8], columns: &Columns, form: &ImportForm) -> Result<ProductPut, String> {
    if line.len() > MAX_ROW_BYTES {
        return Err(format!("the row is longer than {MAX_ROW_BYTES} bytes"));
    }
    let fields = fields(line, columns.separator)?;
    if fields.len() != columns.width {
        let (found, expected) = (fields.len(), columns.width);
        return Err(format!("{found} columns where the header has {expected}"));
    }
    let text = |column: Option<usize>| {
        let field = column.and_then(|at| fields.get(at));
        field.map(|field| clean(field)).unwrap_or_default()
    };
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    let barcodes = text(columns.barcodes);
    let barcodes = barcodes.split([';', '|']).map(str::trim);
    let class = some(text(columns.tax_class)).or_else(|| form.default_tax_class.clone());
    let entry = ProductEntry {
        code: some(text(columns.code)),
        name: text(Some(columns.name)),
        unit: unit(&text(columns.unit))?,
        price_minor: price(&text(columns.price), form.currency)?,
        tax_class: class.ok_or("no tax class, and the import has no default one")?,
        category: some(text(columns.category)),
        barcodes: barcodes
            .filter(|barcode| !barcode.is_empty())
            .map(str::to_owned)
            .collect(),
    };
    let product_id = match (&entry.code, entry.barcodes.first()) {
        (Some(code), _) => id_of(&[b"code", code.as_bytes()]),
        (None, Some(barcode)) => {
            let key = normal_key(barcode);
            id_of(&[b"barcode", key.as_bytes(), entry.name.as_bytes()])
        }
        (None, None) => return Err("neither a barcode nor a code".into()),
    };
    checked(product_id, &entry).map_err(|refused| refused.to_string())
}

/// Trimmed; control characters and runs of spaces as one space.
fn clean(field: &str) -> String {
    let words = field.split(|c: char| c.is_whitespace() || c.is_control());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

fn price(text: &str, currency: Currency) -> Result<Option<i64>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let minor = parse_minor(text, currency).map_err(|error| format!("price {text:?}: {error}"))?;
    Ok(Some(minor))
}

fn unit(text: &str) -> Result<Unit, String> {
    match text.to_lowercase().as_str() {
        "" | "piece" | "pc" | "pcs" | "each" => Ok(Unit::Piece),
        "kilogram" | "kg" => Ok(Unit::Kilogram),
        "litre" | "l" => Ok(Unit::Litre),
        "metre" | "m" => Ok(Unit::Metre),
        other => Err(format!(
            "unit {other:?} is unknown; use piece, kilogram, litre or metre"
        )),
    }
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
