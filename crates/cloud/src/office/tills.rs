//! Tills: codes for new ones, the list, the end of one.

use uuid::Uuid;

use super::{Office, OfficeError};
use crate::secrets::{self, TokenKey};
use crate::store::Reach;
use crate::store::admin::{CodeForBranch, Note, Put, TillRow};

impl Office<'_> {
    /// A one-time code for a branch. The same key gives the same code again: the first answer may
    /// have got lost, and a code is never written down.
    pub async fn enrol_code(
        &self,
        branch: Uuid,
        key: Uuid,
        tokens: &TokenKey,
    ) -> Result<(String, i64), OfficeError> {
        let tenant = self.admin.tenant;
        let code = tokens.code(tenant, branch, key);
        let expires_at_ms = self.now_ms().saturating_add(secrets::CODE_LIFE_MS);
        let made = self.store.code_for_branch(CodeForBranch {
            tenant,
            branch,
            code_hash: secrets::code_hash(&code),
            expires_at_ms,
        });
        if !made.await? {
            return Err(OfficeError::not_there("branch", &branch));
        }
        self.note("enrol_code", format!("branch {branch}")).await?;
        Ok((code, expires_at_ms))
    }

    /// Every till of the business.
    pub async fn tills(&self) -> Result<Vec<TillRow>, OfficeError> {
        let reach = Reach {
            tenant: self.admin.tenant,
            branch: None,
        };
        Ok(self.store.tills(reach).await?)
    }

    /// Ends a till's credential. It goes on selling into its own vault; what it recorded comes in
    /// by salvage.
    pub async fn revoke_till(&self, till: Uuid) -> Result<TillRow, OfficeError> {
        let tenant = self.admin.tenant;
        let became = self.store.revoke_till(tenant, till, self.now_ms()).await?;
        match became {
            None => return Err(OfficeError::not_there("till", &till)),
            Some(Put::Same) => {}
            Some(Put::Made | Put::Changed | Put::Taken | Put::Orphan) => {
                self.note("revoke", format!("till {till}")).await?;
                tracing::warn!(%tenant, %till, "a till was revoked");
            }
        }
        let mut all = self.tills().await?.into_iter();
        all.find(|row| row.till == till)
            .ok_or_else(|| OfficeError::not_there("till", &till))
    }

    pub(super) async fn note(&self, act: &'static str, about: String) -> Result<(), OfficeError> {
        let note = Note {
            admin: self.admin,
            at_ms: self.now_ms(),
            act,
            about,
        };
        Ok(self.store.note(note).await?)
    }
}
