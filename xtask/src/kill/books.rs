//! What was acknowledged, and whether the cloud has it once.
//!
//! Owns the list that the killed program wrote. Promises to name the invoices that are missing or double,
//! not only their number.

use super::http;
use crate::invoices::Invoice;
use anyhow::{Result, bail, ensure};
use std::collections::{BTreeMap, BTreeSet};

/// A sale or refund as the cloud lists it.
pub(crate) struct Listed {
    /// Its id.
    pub(crate) sale_id: String,
    /// The invoice's number.
    pub(crate) reference: String,
    /// The run of the till's program that recorded it.
    pub(crate) segment: String,
    /// Its place in cashier order.
    pub(crate) seq: u64,
}

impl Listed {
    /// The rows of one page of the cloud's list.
    pub(crate) fn of_page(page: &str) -> Result<Vec<Self>> {
        let columns = ["sale_id", "reference", "segment"].map(|name| http::texts(page, name));
        let seqs = http::numbers(page, "seq");
        let [ids, references, segments] = columns;
        ensure!(
            [references.len(), segments.len(), seqs.len()] == [ids.len(); 3],
            "each sale has an id, a reference, a segment and a seq: {page}"
        );
        let rows = ids.into_iter().zip(references).zip(segments).zip(seqs);
        Ok(rows
            .map(|(((sale_id, reference), segment), seq)| Self {
                sale_id,
                reference,
                segment,
                seq,
            })
            .collect())
    }
}

/// The acknowledged invoices: number, then id and kind.
#[derive(Default)]
pub(crate) struct Books {
    acknowledged: BTreeMap<String, (String, String)>,
    /// Invoices in the order in which they were acknowledged.
    order: Vec<String>,
}

impl Books {
    /// Takes over the whole list as it is on disk; a last line without its end was never acknowledged.
    pub(crate) fn read(&mut self, list: &str) -> Result<()> {
        for line in list
            .split_inclusive('\n')
            .filter(|line| line.ends_with('\n'))
        {
            let words: Vec<&str> = line.split_whitespace().collect();
            let (invoice, id, kind) = match words.as_slice() {
                [invoice, id] => (invoice, id, &kind_of(id)),
                [invoice, id, kind] => (invoice, id, kind),
                _ => bail!(
                    "an acknowledgement is 'invoice id kind', not '{}'",
                    line.trim_end()
                ),
            };
            let fact = ((*id).to_owned(), (*kind).to_owned());
            let before = self
                .acknowledged
                .insert((*invoice).to_owned(), fact.clone());
            if before.is_none() {
                self.order.push((*invoice).to_owned());
            }
            if before.as_ref().is_some_and(|before| *before != fact) {
                bail!("invoice {invoice} was acknowledged twice: as {before:?} and as {fact:?}");
            }
        }
        Ok(())
    }

    /// How many invoices of this part lie before the first that the next run must ring again.
    pub(crate) fn progress(&self, part: &[Invoice]) -> usize {
        let last = part
            .iter()
            .rposition(|invoice| self.acknowledged.contains_key(&invoice.number));
        last.map_or(0, |place| place + 1)
    }

    /// How many invoices were acknowledged.
    pub(crate) fn acknowledged(&self) -> usize {
        self.acknowledged.len()
    }

    /// Every acknowledged sale and refund is listed under its id; no id and no invoice is listed twice.
    pub(crate) fn hold_against(&self, listed: &[Listed]) -> Result<()> {
        self.none_lost(listed)?;
        none_twice(listed)?;
        recorded_in_order(listed)
    }

    /// What was acknowledged later stands later in the till's own order.
    pub(crate) fn in_cashier_order(&self, listed: &[Listed]) -> Result<()> {
        let places: BTreeMap<&str, u64> = listed
            .iter()
            .map(|row| (row.sale_id.as_str(), row.seq))
            .collect();
        let mut last = (0, "");
        for invoice in &self.order {
            let id = self.acknowledged.get(invoice).map(|(id, _)| id.as_str());
            let Some(seq) = id.and_then(|id| places.get(id).copied()) else {
                continue;
            };
            ensure!(
                seq > last.0,
                "invoice {invoice} was acknowledged after {} and stands at {seq}, before {}",
                last.1,
                last.0
            );
            last = (seq, invoice);
        }
        Ok(())
    }

    /// Every acknowledged sale and refund is listed under its id.
    pub(crate) fn none_lost(&self, listed: &[Listed]) -> Result<()> {
        let ids: BTreeSet<&str> = listed.iter().map(|row| row.sale_id.as_str()).collect();
        let missing: Vec<&String> = self
            .acknowledged
            .iter()
            .filter(|(_, (id, kind))| kind != "adjustment" && !ids.contains(id.as_str()))
            .map(|(invoice, _)| invoice)
            .collect();
        if !missing.is_empty() {
            bail!(
                "{} acknowledged sales are LOST: invoices {missing:?}",
                missing.len()
            );
        }
        Ok(())
    }
}

/// No id and no invoice is listed twice.
pub(crate) fn none_twice(listed: &[Listed]) -> Result<()> {
    let twice = doubles(listed.iter().map(|row| row.sale_id.as_str()));
    ensure!(twice.is_empty(), "sales counted TWICE: {twice:?}");
    let twice = doubles(listed.iter().map(|row| row.reference.as_str()));
    ensure!(twice.is_empty(), "invoices rung TWICE: {twice:?}");
    Ok(())
}

/// In each segment the cloud recorded in the till's order.
pub(crate) fn recorded_in_order(listed: &[Listed]) -> Result<()> {
    let mut heads: BTreeMap<&str, u64> = BTreeMap::new();
    for row in listed {
        let before = heads.insert(&row.segment, row.seq);
        ensure!(
            before.is_none_or(|before| before < row.seq),
            "{} of segment {} was recorded after {before:?}",
            row.seq,
            row.segment
        );
    }
    Ok(())
}

/// A sale's id is a time-ordered UUID (version 7); an adjustment's follows from its invoice (version 8).
fn kind_of(id: &str) -> &'static str {
    if id.as_bytes().get(14) == Some(&b'8') {
        "adjustment"
    } else {
        "sale"
    }
}

fn doubles<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = BTreeSet::new();
    names
        .filter(|name| !name.is_empty() && !seen.insert(*name))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(rows: &[(&str, &str)]) -> Vec<Listed> {
        let each = rows.iter().map(|(id, invoice)| Listed {
            sale_id: (*id).to_owned(),
            reference: (*invoice).to_owned(),
            segment: "one".to_owned(),
            seq: id.bytes().map(u64::from).sum(),
        });
        each.collect()
    }

    fn books() -> Books {
        let mut books = Books::default();
        books
            .read("1 a sale\n2 b refund\n3 c adjustment\n4 d sal")
            .expect("well-formed lines");
        books
    }

    #[test]
    fn a_line_that_was_cut_is_no_acknowledgement() {
        assert_eq!(books().acknowledged(), 3, "the fourth has no end");
    }

    #[test]
    fn what_is_lost_or_double_is_named() {
        let books = books();
        assert!(
            books
                .hold_against(&listed(&[("a", "1"), ("b", "2"), ("x", "9")]))
                .is_ok(),
            "more is no fault"
        );
        let lost = books
            .hold_against(&listed(&[("a", "1")]))
            .unwrap_err()
            .to_string();
        assert!(lost.contains("\"2\""), "the refund is named: {lost}");
        let rows = [("a", "1"), ("b", "2"), ("e", "1")];
        let twice = books.hold_against(&listed(&rows)).unwrap_err().to_string();
        assert!(
            twice.contains("rung TWICE"),
            "one invoice as two sales: {twice}"
        );
    }

    #[test]
    fn an_order_that_is_turned_round_is_told() {
        let mut books = books();
        let rows = listed(&[("a", "1"), ("b", "2")]);
        assert!(books.in_cashier_order(&rows).is_ok(), "as acknowledged");
        books.read("0 A sale\n").expect("a later one");
        let rows = listed(&[("A", "0"), ("a", "1"), ("b", "2")]);
        assert!(
            books.in_cashier_order(&rows).is_err(),
            "the last one stands before the others"
        );
        let rows = listed(&[("b", "2"), ("a", "1")]);
        assert!(recorded_in_order(&rows).is_err(), "recorded the other way");
    }

    #[test]
    fn an_adjustment_is_known_by_its_id() {
        assert_eq!(
            kind_of("0193a2b4-0000-7abc-8000-000000000000"),
            "sale",
            "version 7"
        );
        assert_eq!(
            kind_of("5f0c1d2e-0000-8abc-8000-000000000000"),
            "adjustment",
            "version 8"
        );
    }

    #[test]
    fn an_invoice_acknowledged_under_two_ids_is_caught_at_once() {
        assert!(
            books().read("1 a sale\n1 z sale\n").is_err(),
            "two ids for one invoice"
        );
    }
}
