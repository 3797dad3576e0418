//! Invoices of the Online Retail form: made up from a seed, or cut from a real file.
//!
//! Promises that rows of one invoice stay together and that every made-up invoice can be rung. Never reads
//! a row further than its first column.

use crate::dice::Dice;
use crate::shell;
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

const COLUMNS: &str =
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";

/// An invoice: its number and its rows as they stand in the file.
#[derive(Clone)]
pub(crate) struct Invoice {
    /// The first column of its rows.
    pub(crate) number: String,
    rows: Vec<String>,
}

/// The number of the first made-up invoice.
const FIRST: u32 = 700_000;

/// Made up: mostly sales of one to twelve articles, some returns, some write-offs.
pub(crate) fn made_up(count: u32, dice: &mut Dice) -> Vec<Invoice> {
    made_up_from(FIRST, count, dice)
}

/// The same, with numbers from `first` on.
pub(crate) fn made_up_from(first: u32, count: u32, dice: &mut Dice) -> Vec<Invoice> {
    (first..first + count)
        .map(|index| make(index, dice))
        .collect()
}

fn make(index: u32, dice: &mut Dice) -> Invoice {
    let kind = dice.below(20);
    let (letter, sign, free) = match kind {
        0 => ("C", "-", false),
        1 => ("", "-", true),
        _ => ("", "", false),
    };
    let number = format!("{letter}{index}");
    let minute = index % 60;
    let rows = (0..=dice.below(12)).map(|_| {
        let article = 20_000 + dice.below(400);
        let pence = if free { 0 } else { 25 + dice.below(2_000) };
        let quantity = 1 + dice.below(24);
        let customer = if free { "" } else { "17850" };
        format!(
            "{number},{article},\"ARTICLE {article}, BOXED\",{sign}{quantity},2011-01-04 10:{minute:02}:00,{}.{:02},{customer},United Kingdom",
            pence / 100,
            pence % 100,
        )
    });
    Invoice {
        rows: rows.collect(),
        number,
    }
}

/// Cut from a file, `.gz` or plain, in the order of each invoice's first row.
pub(crate) fn from_file(path: &Path) -> Result<Vec<Invoice>> {
    let text = if path.extension().is_some_and(|ending| ending == "gz") {
        shell::read(shell::program("gzip").args(["-dc"]).arg(path))?
    } else {
        std::fs::read_to_string(path)
            .with_context(|| format!("{} cannot be read", path.display()))?
    };
    let mut lines = text.lines();
    let head = lines
        .next()
        .unwrap_or_default()
        .trim_start_matches('\u{feff}');
    if head != COLUMNS {
        bail!(
            "{} has the columns '{head}', wanted are '{COLUMNS}'",
            path.display()
        );
    }
    let mut invoices: Vec<Invoice> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for row in lines {
        let number = row.split(',').next().unwrap_or_default().to_owned();
        let place = *places.entry(number.clone()).or_insert_with(|| {
            invoices.push(Invoice {
                number,
                rows: Vec::new(),
            });
            invoices.len() - 1
        });
        if let Some(invoice) = invoices.get_mut(place) {
            invoice.rows.push(row.to_owned());
        }
    }
    Ok(invoices)
}

/// Writes a file that `holdfastctl replay` reads.
pub(crate) fn write(path: &Path, invoices: &[Invoice]) -> Result<()> {
    let mut text = format!("{COLUMNS}\n");
    for row in invoices.iter().flat_map(|invoice| &invoice.rows) {
        writeln!(text, "{row}")?;
    }
    std::fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))
}

#[cfg(test)]
mod tests {
    use super::{Dice, made_up};

    #[test]
    fn one_seed_makes_one_file() {
        let text = |seed| {
            let invoices = made_up(50, &mut Dice::new(seed));
            invoices
                .into_iter()
                .flat_map(|invoice| invoice.rows)
                .collect::<Vec<_>>()
        };
        assert_eq!(text(7), text(7), "the same seed, the same rows");
        assert_ne!(text(7), text(8), "another seed, others");
    }
}
