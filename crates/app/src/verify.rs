//! The proof: every link, vault against journal, and till against cloud.

use protocol::audit::Counts;
use protocol::cloud::CloudApi as _;
use serde::Serialize;

use crate::error::AppError;
use crate::till::Till;

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// This till.
    pub till: TillProof,
    /// The cloud, if it was asked.
    pub cloud: Option<Counts>,
    /// Whether both hold the same; `null` if the cloud was not asked.
    pub equal: Option<bool>,
}

/// What this till holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TillProof {
    /// Counted again from the rows.
    #[serde(flatten)]
    pub counts: Counts,
    /// Whether every link of the chain holds, from the first.
    pub chain_ok: bool,
    /// Whether journal and vault hold the same ops, byte for byte.
    pub journal_equals_vault: bool,
    /// What is wrong, in words.
    pub trouble: Vec<String>,
}

impl Verified {
    /// Whether everything that was checked holds.
    pub fn holds(&self) -> bool {
        self.till.chain_ok && self.till.journal_equals_vault && self.equal != Some(false)
    }

    /// For people.
    pub fn words(&self) -> String {
        let counts = &self.till.counts;
        let mut text = format!(
            "{} ops, {} sales, {} refunds, {} lines; head {}.\nChain: {}. Journal and vault: {}.",
            counts.ops,
            counts.sales,
            counts.refunds,
            counts.lines,
            counts.head_seq,
            if self.till.chain_ok {
                "every link holds"
            } else {
                "BROKEN"
            },
            if self.till.journal_equals_vault {
                "the same"
            } else {
                "DIFFERENT"
            },
        );
        match self.equal {
            None => {}
            Some(true) => text.push_str("\nThe cloud holds the same."),
            Some(false) => text.push_str("\nThe cloud holds something else."),
        }
        for trouble in &self.till.trouble {
            text.push_str("\n- ");
            text.push_str(trouble);
        }
        text
    }
}

impl Till {
    /// Counts everything again, checks every link, and compares with the cloud if asked.
    pub fn verify(&self, against_cloud: bool) -> Result<Verified, AppError> {
        let found = self.vault.verify()?;
        let till = TillProof {
            chain_ok: found.chain_ok && found.rows_ok,
            journal_equals_vault: found.journal_equals_vault,
            trouble: found.trouble,
            counts: found.counts,
        };
        if !against_cloud {
            return Ok(Verified {
                till,
                cloud: None,
                equal: None,
            });
        }
        let line = self.cloud_line()?;
        let cloud = line.block_on(|cloud| async move { cloud.audit().await })?;
        let equal = cloud == till.counts;
        Ok(Verified {
            till,
            cloud: Some(cloud),
            equal: Some(equal),
        })
    }
}
