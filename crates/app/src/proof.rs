//! The proof, as it is shown: how far the journal was read, and both ends side by side.
//!
//! Promises that "equal" is said only if every count, the sum and the hash at the head are equal,
//! and that the last proof is kept, so that the cloud can be told of it.

use protocol::audit::Counts;
use protocol::cloud::CloudApi as _;
use vault::{places, settings};

use crate::config::CloudLink;
use crate::dto::{CountsView, ProofView};
use crate::error::AppError;
use crate::till::Till;

/// Under which name the till keeps its last proof.
const PROOF: &str = "proof";

/// Why the figures differ and will go on to: said before them.
const A_COPY_LIVES: &str = "a copy of this till is in use elsewhere: the cloud counts what both record, this till \
                            what it records itself. That is why the figures differ; no record is missing because of it, and \
                            they stay apart";

impl Till {
    /// The last proof; made of this till alone if there is none yet.
    pub fn proof(&self) -> Result<ProofView, AppError> {
        match self.kept_proof()? {
            Some(proof) => Ok(proof),
            None => self.prove(false),
        }
    }

    /// Reads both media again, every link and every row, and asks the cloud what it counts.
    pub fn check_proof(&self) -> Result<ProofView, AppError> {
        self.prove(self.config()?.cloud != CloudLink::None)
    }

    pub(crate) fn kept_proof(&self) -> Result<Option<ProofView>, AppError> {
        Ok(self.vault.read(|reader| settings::get(reader, PROOF))?)
    }

    fn prove(&self, ask_cloud: bool) -> Result<ProofView, AppError> {
        let found = self.vault.verify()?;
        let mut differences = found.trouble;
        let cloud = if ask_cloud {
            match self.ask_audit() {
                Ok(counts) => Some(counts),
                Err(error) => {
                    differences.push(format!("the cloud did not answer: {error}"));
                    None
                }
            }
        } else {
            None
        };
        if let Some(cloud) = &cloud {
            let figures = differing(&found.counts, cloud);
            if !figures.is_empty() && self.vault.read(places::any_stranger)? {
                differences.push(A_COPY_LIVES.to_owned());
            }
            differences.extend(figures);
        }
        let proof = ProofView {
            checked_at_ms: self.now_ms(),
            journal_verified_to: found.counts.head_seq,
            journal_ok: found.chain_ok && found.rows_ok && found.journal_equals_vault,
            equal: cloud.as_ref().map(|cloud| *cloud == found.counts),
            till: view(&found.counts),
            cloud: cloud.as_ref().map(view),
            differences,
        };
        let kept = proof.clone();
        self.vault
            .transact(move |tx| settings::put_passing(tx, PROOF, &kept))?;
        Ok(proof)
    }

    fn ask_audit(&self) -> Result<Counts, AppError> {
        let line = self.cloud_line()?;
        Ok(line.block_on(|cloud| async move { cloud.audit().await })?)
    }
}

/// What differs, figure by figure.
fn differing(till: &Counts, cloud: &Counts) -> Vec<String> {
    let figures = [
        ("records", till.ops, cloud.ops),
        ("sales", till.sales, cloud.sales),
        ("refunds", till.refunds, cloud.refunds),
        ("lines", till.lines, cloud.lines),
        ("the last record", till.head_seq, cloud.head_seq),
    ];
    let mut words: Vec<String> = figures
        .into_iter()
        .filter(|(_, here, there)| here != there)
        .map(|(what, here, there)| format!("{what}: {here} here, {there} in the cloud"))
        .collect();
    if till.net_minor != cloud.net_minor {
        words.push(format!(
            "the value without tax: {} here, {} in the cloud (in the smallest coin)",
            till.net_minor, cloud.net_minor
        ));
    }
    if till.head_chain != cloud.head_chain {
        words.push("the hash at the head is not the same".to_owned());
    }
    words
}

fn view(counts: &Counts) -> CountsView {
    CountsView {
        ops: counts.ops,
        sales: counts.sales,
        refunds: counts.refunds,
        lines: counts.lines,
        net_minor: counts.net_minor,
        head_seq: counts.head_seq,
        head_hash: counts.head_chain.map(|chain| chain.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::ChainHash;

    #[test]
    fn each_figure_that_differs_is_named_and_none_that_does_not() {
        let till = Counts {
            ops: 5,
            sales: 3,
            net_minor: 700,
            head_seq: 5,
            head_chain: Some(ChainHash([1; 32])),
            ..Counts::default()
        };
        assert!(
            differing(&till, &till.clone()).is_empty(),
            "the same is the same"
        );
        let cloud = Counts {
            ops: 4,
            head_seq: 4,
            head_chain: Some(ChainHash([2; 32])),
            ..till.clone()
        };
        assert_eq!(
            differing(&till, &cloud),
            [
                "records: 5 here, 4 in the cloud",
                "the last record: 5 here, 4 in the cloud",
                "the hash at the head is not the same",
            ],
            "an older cloud"
        );
    }
}
