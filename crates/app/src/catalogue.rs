//! What can be sold: searching, browsing, importing.

use std::fmt::Write as _;
use std::path::Path;

use domain::{Right, TaxClass};
use serde::Serialize;
use uuid::Uuid;
use vault::shop::{ImportOptions, ImportReport, PriceRule};

use crate::dto::{CategoryDto, ProductDto, TaxClassDto};
use crate::error::{AppError, Code};
use crate::till::Till;
use crate::views::TaxNames;

/// What an import did, or would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportAnswer {
    /// Data rows in the file.
    pub rows: u64,
    /// New products.
    pub imported: u64,
    /// Products that were there already.
    pub updated: u64,
    /// How many rows were refused.
    pub refused_rows: u64,
    /// The refused rows, the first ones of very many.
    pub refused: Vec<RowRefusedAnswer>,
}

/// One refused row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowRefusedAnswer {
    /// Its number as a spreadsheet counts: the header is row 1.
    pub row: u64,
    /// Why.
    pub reason: String,
}

impl ImportAnswer {
    /// For people.
    pub fn words(&self, dry_run: bool) -> String {
        let verb = if dry_run { "would be" } else { "were" };
        let mut text = format!(
            "{} rows: {} products {verb} new, {} changed, {} rows {verb} refused.",
            self.rows, self.imported, self.updated, self.refused_rows
        );
        for row in &self.refused {
            let _ = write!(text, "\nrow {}: {}", row.row, row.reason);
        }
        text
    }
}

impl Till {
    /// Articles for words or beginnings of words, best first.
    pub fn search(&self, words: String, limit: u32) -> Result<Vec<ProductDto>, AppError> {
        let hits = self.shop.search(&words, limit as usize)?;
        hits.iter()
            .map(|product| self.product_dto(product))
            .collect()
    }

    /// Categories that have articles.
    pub fn categories(&self) -> Result<Vec<CategoryDto>, AppError> {
        let categories = self
            .shop
            .categories()?
            .into_iter()
            .map(|category| CategoryDto {
                name: category.name,
                products: u64::try_from(category.products).unwrap_or_default(),
            });
        Ok(categories.collect())
    }

    /// A page of a category's articles.
    pub fn products_in(
        &self,
        category: Option<String>,
        after: Option<Uuid>,
        limit: u32,
    ) -> Result<Vec<ProductDto>, AppError> {
        let page = self
            .shop
            .products_in(category.as_deref(), after, limit as usize)?;
        page.iter()
            .map(|product| self.product_dto(product))
            .collect()
    }

    /// The branch's tax classes.
    pub fn tax_classes(&self) -> Result<Vec<TaxClassDto>, AppError> {
        let classes = self
            .shop
            .tax_classes()?
            .into_iter()
            .map(|class| TaxClassDto {
                code: class.code,
                name: class.name,
                rate_bp: class.rate_bp,
            });
        Ok(classes.collect())
    }

    /// Imports a catalogue file; its bad rows are told, the rest is taken over.
    pub fn import_catalogue(&self, file: &Path, dry_run: bool) -> Result<ImportAnswer, AppError> {
        self.session_with(Right::ImportCatalogue)?;
        let config = self.config()?;
        let options = ImportOptions {
            dry_run,
            currency: config.rules.currency,
            default_tax_class: Some(config.default_tax_class.clone()),
            at_ms: self.now_ms(),
            price_rule: if config.demo {
                PriceRule::FromBarcode
            } else {
                PriceRule::AsGiven
            },
        };
        let report = self.shop.import_file(file, &options, &mut |_| {})?;
        Ok(answer(report))
    }

    pub(crate) fn tax_class(&self, code: &str) -> Result<TaxClass, AppError> {
        self.shop
            .tax_classes()?
            .into_iter()
            .find(|class| class.code == code)
            .ok_or_else(|| {
                AppError::new(
                    Code::TaxClassUnknown,
                    format!("there is no tax class {code:?}"),
                )
                .field("tax_class", code)
            })
    }

    pub(crate) fn tax_names(&self) -> Result<TaxNames, AppError> {
        let classes = self.shop.tax_classes()?.into_iter();
        Ok(classes.map(|class| (class.code, class.name)).collect())
    }

    /// Search hits as the command line prints them.
    pub fn product_lines(&self, products: &[ProductDto]) -> String {
        let currency = self.config_if_set_up().map(|config| config.rules.currency);
        let line = |product: &ProductDto| {
            let price = match (product.price_minor, currency) {
                (Some(price), Some(currency)) => domain::format_minor(price, currency),
                _ => "ask".to_owned(),
            };
            let code = product.barcodes.first().or(product.code.as_ref());
            format!(
                "{:>10}  {:<16} {}",
                price,
                code.map_or("", |code| code),
                product.name
            )
        };
        let lines: Vec<String> = products.iter().map(line).collect();
        if lines.is_empty() {
            "Nothing found.".to_owned()
        } else {
            lines.join("\n")
        }
    }
}

fn answer(report: ImportReport) -> ImportAnswer {
    let refused = report.refused.into_iter().map(|row| RowRefusedAnswer {
        row: row.row,
        reason: row.reason,
    });
    ImportAnswer {
        rows: report.rows,
        imported: report.imported,
        updated: report.updated,
        refused_rows: report.refused_rows,
        refused: refused.collect(),
    }
}
