//! `conflict_settled_v1`: a person decided. The only way a conflict ends.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::ProductEditedV1;
use crate::conflict::Decision;

/// A decision on one conflict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConflictSettledV1 {
    /// The conflict.
    pub conflict: Uuid,
    /// Its version as the person saw it; another one by now is not what was decided on.
    pub expected_version: u32,
    /// What was decided; one that its kind allows.
    pub decision: Decision,
    /// For `field_by_field`: the product as it shall be, whole.
    pub product: Option<ProductEditedV1>,
    /// In the person's words.
    pub note: Option<String>,
}
