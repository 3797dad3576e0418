//! `POST /v1/admin/products/import` and `POST /v1/admin/salvage`: what comes as a file.
//!
//! Both are read as they arrive, within a bound, and may be sent again whole: a row that says
//! nothing new changes nothing, and an op that is recorded is a duplicate.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::State;
use domain::Currency;
use protocol::error::ApiCode;
use serde::Deserialize;
use transport::server::{Answer, Refusal};

use super::super::state::Api;
use super::credential::Caller;
use super::query::InQuery;
use super::{No, refused};
use crate::office::{ImportForm, ImportReport, Importer, SalvageReport};

/// The largest file of products: 800,000 rows of 300 bytes, with room.
const MAX_IMPORT_BYTES: usize = 512 * 1024 * 1024;
/// The largest salvage as sent: a month of a till, packed tenfold.
const MAX_SALVAGE_BYTES: usize = 256 * 1024 * 1024;
/// A sender that says nothing for so long has gone.
const IDLE: Duration = Duration::from_secs(15);

/// How a file of products is to be read.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ImportQuery {
    /// ISO 4217: how many decimals a price has.
    currency: String,
    /// The tax class of rows that name none; absent: such rows are refused.
    default_tax_class: Option<String>,
}

/// Takes a file of products and prices: `text/csv` with a header (`name`, `barcode` or `barcodes`,
/// `code`, `price`, `category`, `tax_class`, `unit`). Refused rows are listed by number, the others
/// go in, 1,000 at a time; only rows that change something get a version.
#[utoipa::path(
    post,
    path = "/v1/admin/products/import",
    params(ImportQuery),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, body = ImportReport, content_type = "application/vnd.holdfast+json"), No)
)]
pub(super) async fn import_products(
    State(api): State<Arc<Api>>,
    caller: Caller,
    InQuery(query): InQuery<ImportQuery>,
    body: Body,
) -> Result<Answer<ImportReport>, Refusal> {
    let currency = Currency::from_code(&query.currency).ok_or_else(|| {
        let found = &query.currency;
        Refusal::new(
            ApiCode::Malformed,
            format!("currency {found:?} is not known: use an ISO 4217 code such as GBP"),
        )
    })?;
    let form = ImportForm {
        currency,
        default_tax_class: query.default_tax_class,
    };
    let mut importer = Importer::new(caller.office(&api), form);
    let mut arriving = Arriving::new(body, MAX_IMPORT_BYTES);
    while let Some(piece) = arriving.next().await? {
        importer.take(&piece).await.map_err(refused)?;
    }
    let report = importer.finish().await.map_err(refused)?;
    Ok(Answer::new(report))
}

/// Takes what a revoked till has recorded: zstd, one `PushRequest` a line, as its support tools
/// write it. Every signature and every link is checked as in a push; only that the till was revoked
/// is waived, and who approved that is written down.
#[utoipa::path(
    post,
    path = "/v1/admin/salvage",
    request_body(content = Vec<u8>, content_type = "application/zstd"),
    responses((status = 200, body = SalvageReport, content_type = "application/vnd.holdfast+json"), No)
)]
pub(super) async fn salvage(
    State(api): State<Arc<Api>>,
    caller: Caller,
    body: Body,
) -> Result<Answer<SalvageReport>, Refusal> {
    let mut packed = Vec::new();
    let mut arriving = Arriving::new(body, MAX_SALVAGE_BYTES);
    while let Some(piece) = arriving.next().await? {
        packed.extend_from_slice(&piece);
    }
    let report = caller.office(&api).salvage(packed.as_slice()).await;
    report.map(Answer::new).map_err(refused)
}

/// A body as it arrives, not a byte beyond the limit.
struct Arriving {
    body: Body,
    left: usize,
    limit: usize,
}

impl Arriving {
    const fn new(body: Body, limit: usize) -> Self {
        Self {
            body,
            left: limit,
            limit,
        }
    }

    /// The next piece; `None`: that was all.
    async fn next(&mut self) -> Result<Option<Vec<u8>>, Refusal> {
        let cut = |why: String| Refusal::new(ApiCode::Malformed, why);
        loop {
            let frame = poll_fn(|cx| Pin::new(&mut self.body).poll_frame(cx));
            let frame = match tokio::time::timeout(IDLE, frame).await {
                Err(_) => return Err(cut("the body ended: nothing came for 15 seconds".into())),
                Ok(None) => return Ok(None),
                Ok(Some(Err(error))) => return Err(cut(format!("the body ended: {error}"))),
                Ok(Some(Ok(frame))) => frame,
            };
            let Ok(piece) = frame.into_data() else {
                continue;
            };
            self.left = self.left.checked_sub(piece.len()).ok_or_else(|| {
                let limit = self.limit;
                Refusal::new(
                    ApiCode::TooLarge,
                    format!("the file is larger than {limit} bytes: send it in parts"),
                )
            })?;
            return Ok(Some(piece.to_vec()));
        }
    }
}
