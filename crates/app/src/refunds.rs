//! Giving goods back: by their receipt, line by line, or (a manager) without one.
//!
//! Never more than was sold less what was given back: checked inside the transaction that records
//! it, so that two windows of time cannot both give the last one back.

use domain::{
    Refund, RefundDraft, RefundLine, RefundLineRequest, ReturnedArticle, Right, Tender, TenderKind,
};
use uuid::Uuid;
use vault::VaultError;
use vault::sales::{self as rows, SaleFact};

use crate::completing::{Recorded, recording};
use crate::dto::{Approval, Done, RefundQuote, RefundRequest};
use crate::error::{AppError, Code};
use crate::people::{Approved, Session};
use crate::till::Till;
use crate::views;

impl Till {
    /// What a refund would come to; nothing is recorded.
    pub fn refund_quote(&self, request: RefundRequest) -> Result<RefundQuote, AppError> {
        let lines = self.planned(&request)?;
        let rules = self.rules()?;
        let totals = domain::refund_totals(&lines);
        let card_minor = match request.tender {
            TenderKind::Card => totals.gross_minor,
            TenderKind::Cash => 0,
        };
        let due = domain::refund_due(totals.gross_minor, card_minor, &rules);
        Ok(RefundQuote {
            refund_id: self.new_id(),
            totals: views::totals_view(&totals, &self.tax_names()?),
            cash_rounding_minor: due.cash_rounding_minor,
            to_give_minor: due.to_give_minor,
        })
    }

    /// Gives back lines of a sale; needs the right, or somebody who has it. A refund that is
    /// recorded already is answered again and not repeated.
    pub fn refund(
        &self,
        request: RefundRequest,
        approval: Option<Approval>,
    ) -> Result<Done, AppError> {
        let session = self.counter().session.clone().ok_or_else(|| {
            AppError::new(Code::NotSignedIn, "nobody is signed in: sign in first")
        })?;
        let approved = self.approved(Right::Refund, approval)?;
        let refund_id = request.refund_id.unwrap_or_else(|| self.new_id());
        if let Some(first) = self.recorded_refund(refund_id, request.sale_id)? {
            return Ok(self.done(&first));
        }
        let config = self.config()?;
        let lines = self.planned(&request)?;
        let why = Why {
            refund_id,
            of_sale: Some(request.sale_id),
            reason: request.reason.clone(),
            reference: None,
            tender: request.tender,
            slip: request.reference.clone(),
        };
        let refund = self.drafted(lines, why, &session, &approved)?;
        let fact = SaleFact::Refund(Box::new(refund.clone()));
        let around = recording(self.new_id(), &session, &config);
        let asked = requests(&request);
        let sale_id = request.sale_id;
        let kept = self.vault.transact_or(move |tx| -> Result<_, AppError> {
            still_allowed(tx, sale_id, &asked)?;
            // Who gives a sale back has looked at it.
            rows::told(tx, sale_id)?;
            Ok(rows::record_refund(tx, &refund, &around)?)
        })?;
        let recorded = Recorded::new(kept, fact);
        self.after_recording(request.tender == TenderKind::Cash && config.printer.open_drawer);
        Ok(self.done(&recorded))
    }

    /// The refund under this id, if it is recorded.
    fn recorded_refund(
        &self,
        refund_id: Uuid,
        sale_id: Uuid,
    ) -> Result<Option<Recorded>, AppError> {
        let found = self.vault.read(|reader| rows::by_id(reader, refund_id))?;
        match found {
            Some(stored) if stored.row.of_sale != Some(sale_id) => Err(AppError::new(
                Code::SaleUnknown,
                "this refund's id belongs to something else: quote the refund again",
            )
            .field("refund_id", refund_id)),
            found => Ok(found.map(Recorded::from)),
        }
    }

    /// Gives back goods that have no receipt.
    pub(crate) fn refund_without_receipt(
        &self,
        articles: &[ReturnedArticle],
        reason: &str,
        reference: Option<String>,
    ) -> Result<Uuid, AppError> {
        let session = self.session_with(Right::RefundWithoutReceipt)?;
        let approved = Approved {
            operator_id: session.operator_id,
            name: session.name.clone(),
        };
        let lines = domain::plan_refund_without_receipt(articles, &self.rules()?)?;
        let refund_id = self.new_id();
        let why = Why {
            refund_id,
            of_sale: None,
            reason: reason.to_owned(),
            reference,
            tender: TenderKind::Cash,
            slip: None,
        };
        let refund = self.drafted(lines, why, &session, &approved)?;
        let recorded = recording(self.new_id(), &session, &*self.config()?);
        self.vault
            .transact(move |tx| rows::record_refund(tx, &refund, &recorded))?;
        self.after_recording(false);
        Ok(refund_id)
    }

    fn planned(&self, request: &RefundRequest) -> Result<Vec<RefundLine>, AppError> {
        let stored = self.stored_sale(request.sale_id)?;
        let SaleFact::Sale(sale) = &stored.fact else {
            return Err(AppError::new(
                Code::RefundNothing,
                "this is a refund itself: choose the sale whose goods come back",
            ));
        };
        let back = self
            .vault
            .read(|reader| rows::given_back(reader, request.sale_id))?;
        Ok(domain::plan_refund(sale, &back, &requests(request))?)
    }

    fn drafted(
        &self,
        lines: Vec<RefundLine>,
        why: Why,
        session: &Session,
        approved: &Approved,
    ) -> Result<Refund, AppError> {
        let rules = self.rules()?;
        let gross_minor = domain::refund_totals(&lines).gross_minor;
        let card_minor = if why.tender == TenderKind::Card {
            gross_minor
        } else {
            0
        };
        let due = domain::refund_due(gross_minor, card_minor, &rules);
        let tender = Tender {
            tender_id: self.new_id(),
            kind: why.tender,
            amount_minor: due.to_give_minor,
            reference: why.slip.filter(|_| why.tender == TenderKind::Card),
        };
        let draft = RefundDraft {
            refund_id: why.refund_id,
            of_sale: why.of_sale,
            operator_id: session.operator_id,
            operator_name: session.name.clone(),
            approved_by: approved.operator_id,
            approved_by_name: approved.name.clone(),
            reason: why.reason,
            completed_at_ms: self.now_ms(),
            reference: why.reference,
            price_mode: rules.price_mode,
            lines,
            // Free articles give nothing back.
            tenders: if due.to_give_minor == 0 {
                Vec::new()
            } else {
                vec![tender]
            },
        };
        Ok(domain::complete_refund(draft, &rules)?)
    }
}

struct Why {
    refund_id: Uuid,
    of_sale: Option<Uuid>,
    reason: String,
    /// Another system's number for the whole refund.
    reference: Option<String>,
    tender: TenderKind,
    /// The card terminal's slip.
    slip: Option<String>,
}

fn requests(request: &RefundRequest) -> Vec<RefundLineRequest> {
    let line = |line: &crate::dto::RefundLineRequest| RefundLineRequest {
        line_no: line.line_no,
        quantity_milli: line.quantity_milli,
        back_to_stock: line.back_to_stock,
    };
    request.lines.iter().map(line).collect()
}

/// The plan again, inside the transaction that records it.
fn still_allowed(
    tx: &vault::Tx<'_>,
    sale_id: Uuid,
    asked: &[RefundLineRequest],
) -> Result<(), AppError> {
    let missing = || VaultError::Missing {
        what: "sale",
        id: sale_id.to_string(),
    };
    let stored = rows::by_id(tx, sale_id)?.ok_or_else(missing)?;
    let back = rows::given_back(tx, sale_id)?;
    match &stored.fact {
        SaleFact::Sale(sale) => Ok(domain::plan_refund(sale, &back, asked).map(|_| ())?),
        SaleFact::Refund(_) => Err(missing().into()),
    }
}
