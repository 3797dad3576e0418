//! What is between the till and its cloud: conflicts, proof, files, the way there.

use app::dto::{ConflictQuery, LeaveRequest, SettleRequest};
use app::{AppError, Code};

use crate::commands::{Answer, open};
use crate::forms::{Command, Forms, Settle};
use crate::print;

/// Does what the command line says; the rest of the commands is in `commands`.
pub(crate) fn run(forms: &Forms) -> Answer {
    let json = forms.json;
    match &forms.command {
        Command::Conflicts {
            words,
            settled,
            limit,
        } => {
            let query = ConflictQuery {
                text: Some(words.join(" ")),
                settled: *settled,
                limit: *limit,
            };
            let found = open(forms)?.needs_you(query)?;
            print::answer(json, &found, |found| app::conflict_lines(found))
        }
        Command::Settle(decision) => settle(forms, decision),
        Command::Proof => proof(forms),
        Command::SupportBundle { out } => {
            let made = open(forms)?.support_bundle(out.clone())?;
            print::answer(json, &made, |made| format!("{}\n{}", made.path, made.words))
        }
        Command::Export { file } => {
            let done = open(forms)?.export_vault(file.clone())?;
            print::answer(json, &done, |done| done.words.clone())
        }
        Command::SalvageFile { file } => {
            let done = open(forms)?.salvage_file(file.clone())?;
            print::answer(json, &done, |done| done.words.clone())
        }
        Command::TestPath => test_path(forms),
        Command::Leave { export_to } => {
            let request = LeaveRequest {
                export_to: export_to.clone(),
            };
            let done = open(forms)?.leave_cloud(request)?;
            print::answer(json, &done, |done| done.words.clone())
        }
        Command::Init(_)
        | Command::Enrol { .. }
        | Command::Catalogue { .. }
        | Command::Sell { .. }
        | Command::Scan { .. }
        | Command::Search { .. }
        | Command::Replay { .. }
        | Command::Sync { .. }
        | Command::Verify { .. }
        | Command::Queue { .. }
        | Command::Receipt { .. }
        | Command::Doctor
        | Command::Receive { .. }
        | Command::Count { .. }
        | Command::Adjust { .. }
        | Command::EditProduct(_)
        | Command::Stock { .. } => crate::commands::run(forms),
    }
}

fn settle(forms: &Forms, settle: &Settle) -> Answer {
    let till = open(forms)?;
    let decision = app::decision_of(&settle.decision)?;
    let version = match settle.version {
        Some(version) => version,
        None => till.conflict_version(settle.conflict)?,
    };
    let view = till.settle(
        SettleRequest {
            conflict: settle.conflict,
            version,
            decision,
            product: None,
            note: settle.note.clone(),
        },
        None,
    )?;
    print::answer(forms.json, &view, |view| {
        format!(
            "{} is decided; the cloud is told with the next sync.",
            view.title
        )
    })
}

fn proof(forms: &Forms) -> Answer {
    let proof = open(forms)?.check_proof()?;
    print::answer(forms.json, &proof, |proof| {
        let equal = match proof.equal {
            Some(true) => "The cloud holds the same.",
            Some(false) => "The cloud holds something else.",
            None => "The cloud was not heard.",
        };
        let media = if proof.journal_ok {
            "the same"
        } else {
            "DIFFERENT"
        };
        format!(
            "Journal and vault up to record {}: {media}. {equal}\n{}",
            proof.journal_verified_to,
            proof.differences.join("\n")
        )
    })?;
    if proof.journal_ok && proof.equal != Some(false) {
        return Ok(());
    }
    Err(AppError::new(
        Code::VaultDamaged,
        "the proof does not hold: see the answer",
    ))
}

fn test_path(forms: &Forms) -> Answer {
    let steps = open(forms)?.test_path()?;
    print::answer(forms.json, &steps, |steps| {
        let line = |step: &app::dto::PathStep| {
            let mark = if step.ok { "ok  " } else { "LOOK" };
            format!("{mark} {:?}: {}", step.name, step.words)
        };
        steps.iter().map(line).collect::<Vec<_>>().join("\n")
    })?;
    if steps.iter().all(|step| step.ok) {
        return Ok(());
    }
    Err(AppError::new(
        Code::CloudUnreachable,
        "the way to the cloud ends early: see the answer",
    ))
}
