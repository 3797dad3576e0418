//! Receipts: from a fact on disk to text, picture and bytes, all from one layout.

use base64::Engine as _;
use printing::{
    JobOptions, Layout, PrinterProfile, ReceiptDocument, ReceiptFrame, ReceiptHead, ReceiptKind,
    ReceiptLine, ReceiptWords, lay_out, to_escpos, to_png, to_text,
};
use uuid::Uuid;
use vault::sales::{SaleFact, StoredSale};

use crate::config::TillConfig;
use crate::dto::ReceiptPreview;
use crate::error::AppError;
use crate::till::Till;
use crate::views;

impl Till {
    /// A sale's receipt to look at.
    pub fn receipt(&self, sale_id: Uuid) -> Result<ReceiptPreview, AppError> {
        let (layout, profile) = self.receipt_layout(sale_id, false)?;
        Ok(ReceiptPreview {
            text: to_text(&layout),
            png_base64: base64::prelude::BASE64_STANDARD.encode(to_png(&layout, &profile)),
            columns: u32::try_from(layout.columns).unwrap_or(u32::MAX),
        })
    }

    /// The receipt as the printer draws it.
    pub fn receipt_png(&self, sale_id: Uuid) -> Result<Vec<u8>, AppError> {
        let (layout, profile) = self.receipt_layout(sale_id, false)?;
        Ok(to_png(&layout, &profile))
    }

    /// The receipt as the printer's bytes, marked COPY: the original went to the printer.
    pub fn receipt_escpos(&self, sale_id: Uuid) -> Result<Vec<u8>, AppError> {
        let (layout, profile) = self.receipt_layout(sale_id, true)?;
        Ok(to_escpos(
            &layout,
            &profile,
            JobOptions {
                cut: true,
                drawer: false,
            },
        ))
    }

    pub(crate) fn receipt_layout(
        &self,
        sale_id: Uuid,
        copy: bool,
    ) -> Result<(Layout, PrinterProfile), AppError> {
        let config = self.config()?;
        let profile = config.profile();
        let stored = self.stored_sale(sale_id)?;
        let of_number = match stored.row.of_sale {
            Some(of_sale) => Some(self.stored_sale(of_sale)?.row.number),
            None => None,
        };
        let document = document(&stored, &config, of_number, copy);
        Ok((lay_out(&document, &profile), profile))
    }

    /// A page that shows whether a printer is set up right.
    pub(crate) fn test_page(&self, config: &TillConfig) -> (Layout, PrinterProfile) {
        let profile = config.profile();
        let line = ReceiptLine {
            name: "Test page: äöü ñ € Ω Ж 茶 شاي".to_owned(),
            unit: domain::Unit::Piece,
            quantity_milli: 1_000,
            unit_price_minor: 0,
            discount_minor: 0,
            discount_bp: 0,
            amount_minor: 0,
            tax_rate_bp: 0,
        };
        let frame = frame(config, "TEST".to_owned(), views::local_time(self.now_ms()));
        let document = ReceiptDocument {
            kind: ReceiptKind::Sale,
            copy: false,
            currency: config.rules.currency,
            head: frame.head,
            till: frame.till,
            operator: String::new(),
            number: frame.number,
            time_text: frame.time_text,
            reference: None,
            of_number: None,
            approved_by: None,
            reason: None,
            lines: vec![line],
            tax_excluded: false,
            net_minor: 0,
            tax_minor: 0,
            gross_minor: 0,
            taxes: Vec::new(),
            cash_rounding_minor: 0,
            to_pay_minor: 0,
            tenders: Vec::new(),
            change_minor: 0,
            chain_link: None,
            footer: frame.footer,
            words: frame.words,
        };
        (lay_out(&document, &profile), profile)
    }
}

impl TillConfig {
    /// The printer's profile; the most common one if the chosen one is gone.
    pub(crate) fn profile(&self) -> PrinterProfile {
        PrinterProfile::by_id(&self.printer.profile).unwrap_or_else(PrinterProfile::generic_80)
    }
}

/// The demo branch's logo.
const LOGO: &[u8] = include_bytes!("../../../assets/icons/128x128.png");

fn frame(config: &TillConfig, number: String, time_text: String) -> ReceiptFrame {
    ReceiptFrame {
        head: ReceiptHead {
            name: config.branch_name.clone(),
            lines: config.branch_lines.clone(),
            logo_png: config.demo.then(|| LOGO.to_vec()),
        },
        till: config.till_name.clone(),
        number,
        time_text,
        of_number: None,
        chain_link: None,
        footer: config.footer.clone(),
        copy: false,
        words: ReceiptWords::default(),
    }
}

fn document(
    stored: &StoredSale,
    config: &TillConfig,
    of_number: Option<String>,
    copy: bool,
) -> ReceiptDocument {
    let time_text = views::local_time(stored.row.completed_at_ms);
    let frame = ReceiptFrame {
        of_number,
        copy,
        // What a customer or an auditor needs to find the sale in the till's chain.
        chain_link: Some(format!("holdfast:1:{}:{}", stored.row.number, stored.chain)),
        ..frame(config, stored.row.number.clone(), time_text)
    };
    match &stored.fact {
        SaleFact::Sale(sale) => ReceiptDocument::of_sale(sale, frame),
        SaleFact::Refund(refund) => ReceiptDocument::of_refund(refund, frame),
    }
}
