//! `/v1/admin/*`: head office's own API.
//!
//! Promises that the one credential is an admin token (`holdfast-cloud admin-token`), that it
//! reaches its one tenant alone, and that every call that changes something may be sent again:
//! each is a `PUT` or `DELETE` of a thing by its id, repeats what it did, or takes an
//! `Idempotency-Key`. A tenant itself is made at the command line beside the database only.

mod branches;
mod conflicts;
mod credential;
mod files;
mod goods;
mod operators;
mod query;
mod rules;
mod settings;
mod tax_classes;
mod tills;

use std::collections::BTreeMap;
use std::sync::Arc;

use protocol::error::MEDIA_TYPE;
use transport::server::Refusal;
use utoipa::openapi::{Content, Ref, RefOr, Response, ResponseBuilder};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::state::{Api, refused_by_store};
use crate::office::OfficeError;

pub(super) use credential::bearer;

/// What every route of head office answers when it may not or cannot.
pub(super) struct No;

impl utoipa::IntoResponses for No {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let words = [
            (
                400,
                "A field cannot be so: the message names it, its value and its limit",
            ),
            (401, "No or a wrong admin token"),
            (403, "Not with this token, or not by this operator"),
            (404, "There is no such thing in this business"),
            (409, "Another has it, or it has changed meanwhile"),
            (413, "The body is too large"),
            (429, "Too much at once; Retry-After says when"),
        ];
        let of = |(status, words): (u16, &str)| {
            let content = Content::new(Some(Ref::from_schema_name("ApiError")));
            let no = ResponseBuilder::new().description(words);
            let no = no.content(MEDIA_TYPE, content).build();
            (status.to_string(), RefOr::T(no))
        };
        words.map(of).into()
    }
}

/// Head office's routes.
pub(super) fn router() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(branches::branches))
        .routes(routes!(branches::put_branch))
        .routes(routes!(goods::products))
        .routes(routes!(
            goods::product,
            goods::put_product,
            goods::delete_product
        ))
        .routes(routes!(goods::put_price))
        .routes(routes!(files::import_products))
        .routes(routes!(files::salvage))
        .routes(routes!(tax_classes::tax_classes))
        .routes(routes!(
            tax_classes::put_tax_class,
            tax_classes::delete_tax_class
        ))
        .routes(routes!(rules::rules))
        .routes(routes!(rules::put_rule, rules::delete_rule))
        .routes(routes!(operators::operators))
        .routes(routes!(operators::put_operator, operators::delete_operator))
        .routes(routes!(operators::put_pin))
        .routes(routes!(settings::settings))
        .routes(routes!(settings::put_setting, settings::delete_setting))
        .routes(routes!(tills::tills))
        .routes(routes!(tills::revoke))
        .routes(routes!(tills::enrol_code))
        .routes(routes!(conflicts::conflicts))
        .routes(routes!(conflicts::conflict))
        .routes(routes!(conflicts::settle))
}

/// Head office's "no" in the words of the wire.
pub(super) fn refused(error: OfficeError) -> Refusal {
    match error {
        OfficeError::Store(error) => refused_by_store(error),
        other @ (OfficeError::Malformed(_)
        | OfficeError::NotThere { .. }
        | OfficeError::Taken(_)
        | OfficeError::NotAllowed(_)) => Refusal::new(other.code(), other.to_string()),
    }
}

/// The answer to what has nothing to say but that it is done.
#[derive(Debug, Clone, Copy, serde::Serialize, utoipa::ToSchema)]
pub(super) struct Done {
    /// Always true.
    pub(super) done: bool,
}

impl Done {
    /// It is done.
    pub(super) const YES: Self = Self { done: true };
}

/// A list whole.
#[derive(Debug, Clone, serde::Serialize, utoipa::ToSchema)]
pub(super) struct List<T> {
    /// The rows.
    pub(super) rows: Vec<T>,
}
