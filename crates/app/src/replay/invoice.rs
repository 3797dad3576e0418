//! Reading invoices of the Online Retail form and saying what each of them is.
//!
//! Owns the file's columns and the classification; rings nothing. Rows of one invoice belong
//! together wherever they stand; identical rows are separate lines (they are in the shop, too).

use std::collections::BTreeMap;
use std::io::Read;

use csv::ByteRecord;
use domain::Currency;

/// One row of the file, as typed; what a row lacks is empty and refuses its invoice.
#[derive(Debug, Clone)]
struct Row {
    code: String,
    description: String,
    quantity: String,
    unit_price: String,
    customer: String,
}

/// Where the columns stand.
struct Columns {
    invoice: usize,
    code: usize,
    description: usize,
    quantity: usize,
    unit_price: usize,
    customer: Option<usize>,
}

impl Columns {
    fn of(header: &ByteRecord) -> Result<Self, String> {
        let at = |name: &str| {
            let place = header.iter().position(|column| column == name.as_bytes());
            place.ok_or_else(|| {
                format!("there is no column {name}: it is not of the Online Retail form")
            })
        };
        Ok(Self {
            invoice: at("InvoiceNo")?,
            code: at("StockCode")?,
            description: at("Description")?,
            quantity: at("Quantity")?,
            unit_price: at("UnitPrice")?,
            customer: at("CustomerID").ok(),
        })
    }

    fn row(&self, record: &ByteRecord) -> (String, Row) {
        let text = |place: usize| {
            String::from_utf8_lossy(record.get(place).unwrap_or_default()).into_owned()
        };
        let row = Row {
            code: text(self.code),
            description: text(self.description),
            quantity: text(self.quantity),
            unit_price: text(self.unit_price),
            customer: self.customer.map(text).unwrap_or_default(),
        };
        (text(self.invoice).trim().to_owned(), row)
    }
}

/// One line that can be rung: quantity as typed (negative: back, or written off).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub code: String,
    pub name: String,
    pub quantity_milli: i64,
    pub unit_price_minor: i64,
}

/// What an invoice is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Goods out, money in.
    Sale(Vec<Line>),
    /// `C…`: goods back without a receipt; quantities are positive here.
    Refund(Vec<Line>),
    /// Nothing paid, nobody bought: stock found (positive) or written off (negative).
    Adjustment(Vec<Line>),
    /// It cannot be rung, and why.
    Refused(String),
}

/// An invoice with what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Invoice {
    pub number: String,
    pub kind: Kind,
}

/// Reads the whole file; rows that cannot be rung make their invoice a refused one.
pub(crate) fn read(input: impl Read, currency: Currency) -> Result<Vec<Invoice>, String> {
    let mut order: Vec<(String, Vec<Row>)> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(input);
    let words = |error: csv::Error| error.to_string();
    let columns = Columns::of(reader.byte_headers().map_err(words)?)?;
    for record in reader.byte_records() {
        let (invoice, row) = columns.row(&record.map_err(words)?);
        let place = *places.entry(invoice.clone()).or_insert_with(|| {
            order.push((invoice, Vec::new()));
            order.len() - 1
        });
        order[place].1.push(row);
    }
    let invoices = order.into_iter().map(|(number, rows)| {
        let kind = classify(&number, &rows, currency);
        Invoice { number, kind }
    });
    Ok(invoices.collect())
}

fn classify(number: &str, rows: &[Row], currency: Currency) -> Kind {
    if number.is_empty() {
        return Kind::Refused("rows without an invoice number".to_owned());
    }
    let lines: Result<Vec<Line>, String> = rows.iter().map(|row| line(row, currency)).collect();
    let mut lines = match lines {
        Ok(lines) => lines,
        Err(reason) => return Kind::Refused(reason),
    };
    let unpaid = lines.iter().all(|line| line.unit_price_minor == 0);
    let negative = lines.iter().filter(|line| line.quantity_milli < 0).count();
    let bought = rows.iter().any(|row| !row.customer.trim().is_empty());
    if number.starts_with('C') {
        if negative < lines.len() {
            return Kind::Refused("a return with goods going out on it".to_owned());
        }
        for line in &mut lines {
            line.quantity_milli = -line.quantity_milli;
        }
        return Kind::Refund(lines);
    }
    if unpaid && !bought {
        return Kind::Adjustment(lines);
    }
    if negative > 0 {
        return Kind::Refused("a sale with a negative quantity and a price".to_owned());
    }
    Kind::Sale(lines)
}

fn line(row: &Row, currency: Currency) -> Result<Line, String> {
    if row.code.trim().is_empty() {
        return Err("a row without an article code".to_owned());
    }
    let named = |what: &str, value: &str, why: &dyn std::fmt::Display| {
        format!("{what} {value:?} of article {}: {why}", row.code)
    };
    let quantity = row.quantity.trim();
    let digits = quantity.strip_prefix('-').unwrap_or(quantity);
    let size = domain::parse_milli(digits).map_err(|why| named("quantity", quantity, &why))?;
    if size == 0 {
        return Err(named("quantity", quantity, &"nothing to ring"));
    }
    let unit_price_minor = domain::parse_minor(row.unit_price.trim(), currency)
        .map_err(|why| named("price", &row.unit_price, &why))?;
    let name = row.description.trim();
    Ok(Line {
        code: row.code.trim().to_owned(),
        name: if name.is_empty() {
            format!("Article {}", row.code.trim())
        } else {
            name.to_owned()
        },
        quantity_milli: if digits.len() < quantity.len() {
            -size
        } else {
            size
        },
        unit_price_minor,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str =
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";

    fn kinds(rows: &str) -> Vec<(String, Kind)> {
        let currency = Currency::from_code("GBP").unwrap();
        let invoices = read(format!("{HEAD}{rows}").as_bytes(), currency).unwrap();
        invoices
            .into_iter()
            .map(|invoice| (invoice.number, invoice.kind))
            .collect()
    }

    #[test]
    fn identical_rows_are_separate_lines_and_no_row_is_dropped() {
        let row = "1,A,TEA,2,2010-12-01 08:26:00,2.55,17850.0,UK\n";
        let other = "2,B,CAKE,1,2010-12-01 08:27:00,1,17850.0,UK\n";
        let found = kinds(&format!("{row}{other}{row}"));
        assert_eq!(
            found.len(),
            2,
            "two invoices, one of them in two places of the file"
        );
        assert!(
            matches!(&found[0].1, Kind::Sale(lines) if lines.len() == 2 && lines[0] == lines[1]),
            "{found:?}"
        );
    }

    #[test]
    fn an_invoice_is_known_by_its_signs() {
        let table = [
            ("C1,A,TEA,-2,,2.55,1,UK\n", "refund"),
            ("1,A,damaged,-2,,0,,UK\n", "adjustment"),
            ("1,A,found,2,,0,,UK\n", "adjustment"),
            ("1,A,TEA,2,,0,12345,UK\n", "sale"),
            ("1,A,TEA,2,,0.001,1,UK\n", "refused"),
            ("1,A,TEA,-2,,1,1,UK\n", "refused"),
            ("1,A,TEA,0,,1,1,UK\n", "refused"),
            ("C1,A,TEA,2,,1,1,UK\n", "refused"),
            ("1,A\n", "refused"),
            (",A,TEA,2,,1,1,UK\n", "refused"),
        ];
        for (row, expected) in table {
            let word = match &kinds(row)[0].1 {
                Kind::Sale(_) => "sale",
                Kind::Refund(_) => "refund",
                Kind::Adjustment(_) => "adjustment",
                Kind::Refused(_) => "refused",
            };
            assert_eq!(word, expected, "{row}");
        }
    }
}
