//! `doctor`: is this till in order, and if not, what to do.

use std::path::Path;

use serde::Serialize;

use crate::config::CloudLink;
use crate::error::AppError;
use crate::till::{Till, TillOptions};

/// What was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DoctorReport {
    /// One finding per thing.
    pub findings: Vec<Finding>,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What.
    pub what: &'static str,
    /// Whether it is in order.
    pub ok: bool,
    /// In words.
    pub words: String,
}

impl DoctorReport {
    /// Whether nothing needs a person.
    pub fn healthy(&self) -> bool {
        self.findings.iter().all(|finding| finding.ok)
    }

    /// For people.
    pub fn words(&self) -> String {
        let line = |finding: &Finding| {
            let mark = if finding.ok { "ok  " } else { "LOOK" };
            format!("{mark} {:<10} {}", finding.what, finding.words)
        };
        self.findings
            .iter()
            .map(line)
            .collect::<Vec<_>>()
            .join("\n")
    }
}

/// Looks at everything; what cannot be opened is a finding, too.
pub fn doctor(dir: &Path) -> DoctorReport {
    let mut findings = Vec::new();
    match Till::open(TillOptions::for_command(dir.to_owned())) {
        Err(error) => findings.push(bad("till", &error)),
        Ok(till) => till.look_at(&mut findings),
    }
    DoctorReport { findings }
}

impl Till {
    fn look_at(&self, findings: &mut Vec<Finding>) {
        let health = self.vault.health();
        let free = health
            .free_bytes
            .map_or_else(|| "unknown".to_owned(), |b| format!("{} MiB", b >> 20));
        findings.push(finding(
            "disk",
            health.takes_new_carts,
            format!("{free} free"),
        ));
        findings.push(finding(
            "keys",
            true,
            format!("kept {}", self.key_place.words()),
        ));
        let start = crate::status::start_words(&self.start);
        findings.push(finding(
            "start-up",
            start.is_empty(),
            if start.is_empty() {
                "vault and journal agreed".to_owned()
            } else {
                start
            },
        ));
        match self.verify(false) {
            Ok(verified) => findings.push(finding("proof", verified.holds(), verified.words())),
            Err(error) => findings.push(bad("proof", &error)),
        }
        match self.shop.counts() {
            Ok(counts) => findings.push(finding(
                "catalogue",
                true,
                format!("{} products, {} barcodes", counts.products, counts.barcodes),
            )),
            Err(error) => findings.push(bad("catalogue", &error.into())),
        }
        match self.config_if_set_up() {
            None => findings.push(finding(
                "set-up",
                false,
                "not set up yet: open the window, or holdfastctl init".to_owned(),
            )),
            Some(config) => {
                findings.push(finding(
                    "set-up",
                    true,
                    format!("{}, till {}", config.branch_name, config.till_name),
                ));
                self.look_at_cloud(&config.cloud, findings);
                self.look_at_printer(findings);
            }
        }
    }

    fn look_at_cloud(&self, link: &CloudLink, findings: &mut Vec<Finding>) {
        if *link == CloudLink::None {
            findings.push(finding(
                "cloud",
                true,
                "this till belongs to no cloud".to_owned(),
            ));
            return;
        }
        let asked = self.cloud_line().and_then(|line| {
            use protocol::cloud::CloudApi as _;
            Ok(line.block_on(|cloud| async move { cloud.audit().await })?)
        });
        findings.push(match asked {
            Ok(counts) => finding(
                "cloud",
                true,
                format!("answers; it holds {} ops of this till", counts.ops),
            ),
            Err(error) => bad("cloud", &error),
        });
    }

    fn look_at_printer(&self, findings: &mut Vec<Finding>) {
        let Ok(state) = self.printer_state() else {
            return;
        };
        let waiting = self.print_waiting().unwrap_or_default();
        let words = state
            .trouble
            .clone()
            .unwrap_or_else(|| format!("{}, {waiting} receipts wait", state.name));
        findings.push(finding("printer", state.trouble.is_none(), words));
    }
}

fn finding(what: &'static str, ok: bool, words: String) -> Finding {
    Finding { what, ok, words }
}

fn bad(what: &'static str, error: &AppError) -> Finding {
    finding(what, false, error.to_string())
}
