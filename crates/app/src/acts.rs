//! What a person does away from the cart: edits, counts, decisions. Each is one op, or some at once.
//!
//! Owns who such an op is booked on: whoever has the right. A second person who approves is the one
//! who acts, because that is whom head office asks about it. Promises that what is answered is on
//! disk, and that sending is woken.

use domain::Right;
use protocol::body::OpBody;
use protocol::op::Base;
use protocol::{Actor, OpDraft};
use uuid::Uuid;
use vault::Tx;

use crate::dto::Approval;
use crate::error::AppError;
use crate::people::{Approved, Session};
use crate::till::Till;

/// A person's act before it is recorded.
#[derive(Debug, Clone)]
pub(crate) struct Act {
    session: Session,
    approved: Approved,
}

impl Act {
    /// An op of this act.
    pub fn draft(&self, op_id: Uuid, base: Vec<Base>, body: OpBody) -> OpDraft {
        OpDraft {
            op_id,
            actor: Actor {
                operator: self.approved.operator_id,
                session: Some(self.session.id),
            },
            shift: None,
            business_date: self.session.business_date.clone(),
            after: Vec::new(),
            base,
            body,
        }
    }
}

impl Till {
    /// Somebody signed in, and the right or somebody who has it.
    pub(crate) fn act(&self, right: Right, approval: Option<Approval>) -> Result<Act, AppError> {
        let session = self.session_with(Right::SeeSales)?;
        let approved = self.approved(right, approval)?;
        Ok(Act { session, approved })
    }

    /// Makes ops facts in one transaction; what `drafts` reads there is what they follow from.
    pub(crate) fn record(
        &self,
        drafts: impl FnOnce(&mut Tx<'_>) -> Result<Vec<OpDraft>, AppError> + Send + 'static,
    ) -> Result<(), AppError> {
        self.vault.transact_or(move |tx| {
            for draft in drafts(tx)? {
                tx.append_op(|_| draft)?;
            }
            Ok::<(), AppError>(())
        })?;
        self.wake_sync();
        self.tell_status();
        Ok(())
    }
}
