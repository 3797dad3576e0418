//! People and settings from head office, taken over between two sales.
//!
//! Promises:
//! - Whom head office deactivates cannot sign in; who is signed in finishes the open sale and is asked to sign in
//!   again at the next step.
//! - A shop is never locked out: people of this till alone stay until head office has a manager who can sign in here,
//!   and the last working manager stays whatever is told.
//! - A setting is taken where this till has such a one and can use the value; what it does not know stays kept and
//!   does nothing.
//!
//! Never does: deleting a person (their name stands on sales), changing a setting while a sale is open.

use std::collections::BTreeMap;

use domain::{CashRounding, Role};
use protocol::pull::{OperatorRow, SettingRow};
use serde::de::DeserializeOwned;
use vault::operators::{self, Operator};
use vault::settings;

use crate::config::{CONFIG, TillConfig};
use crate::error::AppError;
use crate::pins::KeptPin;
use crate::till::Till;

/// The largest coin that cash is rounded to, minor units.
const MAX_INCREMENT_MINOR: i64 = 100_000;

impl Till {
    /// Takes over what head office told; `false`: something waits for the end of the open sale, or for the
    /// catalogue.
    pub(crate) fn take_office_over(&self) -> bool {
        match self.try_office() {
            Ok(done) => done,
            Err(error) => {
                tracing::error!(
                    "people and settings of head office could not be taken over: {error}"
                );
                false
            }
        }
    }

    fn try_office(&self) -> Result<bool, AppError> {
        let told = self.shop.office_people()?;
        if told.revision == 0 {
            return Ok(true);
        }
        let people = self.take_people(&told.operators)?;
        let settings = self.take_settings(&told.settings)?;
        Ok(people && settings)
    }

    fn take_people(&self, told: &[OperatorRow]) -> Result<bool, AppError> {
        // One at a time with a PIN being tried: a verifier kept anew is not written over.
        let _gate = self
            .pin_gate
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let here = self.vault.read(operators::list)?;
        let changed = people_after(&here, told);
        if !changed.is_empty() {
            let to_put = changed.clone();
            self.vault.transact(move |tx| {
                for operator in &to_put {
                    operators::put(tx, operator)?;
                }
                Ok(())
            })?;
        }
        let waits = self.end_sessions_of(&changed);
        if !changed.is_empty() {
            self.tell_status();
        }
        Ok(!waits)
    }

    /// Whoever is signed in and was taken away or given another role signs in again; `true`: after the open sale.
    fn end_sessions_of(&self, changed: &[Operator]) -> bool {
        if let Some(session) = self.counter().session.as_mut() {
            let now = changed
                .iter()
                .find(|operator| operator.operator_id == session.operator_id);
            session.ended |=
                now.is_some_and(|operator| !operator.active || operator.role != session.role);
        }
        let ended_before = self.has_ended_session();
        self.end_session_between_sales();
        let waits = self.has_ended_session();
        if ended_before && !waits {
            self.tell_status();
        }
        waits
    }

    fn has_ended_session(&self) -> bool {
        let counter = self.counter();
        counter
            .session
            .as_ref()
            .is_some_and(|session| session.ended)
    }

    fn take_settings(&self, told: &[SettingRow]) -> Result<bool, AppError> {
        let config = self.config()?;
        let classes = self.shop.tax_classes()?;
        let (next, waits) = settings_after(&config, told, &|code| {
            classes.iter().any(|class| class.code == code)
        });
        if next == *config {
            return Ok(!waits);
        }
        if self.counter().cart.is_some() {
            return Ok(false);
        }
        let stored = next.clone();
        self.vault
            .transact(move |tx| settings::put(tx, CONFIG, &stored))?;
        self.remember_config(next);
        self.tell_status();
        Ok(!waits)
    }
}

/// The operators to be put so that those here are as head office told.
fn people_after(here: &[Operator], told: &[OperatorRow]) -> Vec<Operator> {
    let mut after: BTreeMap<_, Operator> = here
        .iter()
        .map(|operator| (operator.operator_id, operator.clone()))
        .collect();
    for row in told.iter().filter(|row| is_name(&row.name)) {
        let kept = after.get(&row.operator_id);
        after.insert(row.operator_id, as_told(row, kept));
    }
    for operator in after.values_mut().filter(|operator| operator.from_cloud) {
        let is_told = |row: &OperatorRow| row.operator_id == operator.operator_id;
        if !told.iter().any(is_told) {
            operator.active = false;
        }
    }
    let office_has_manager = after
        .values()
        .any(|operator| operator.from_cloud && is_working_manager(operator));
    for operator in after.values_mut().filter(|operator| !operator.from_cloud) {
        operator.active = match (office_has_manager, operator.role) {
            (true, _) => false,
            (false, Role::Manager) => true,
            (false, Role::Cashier | Role::Supervisor | Role::Installer) => operator.active,
        };
    }
    if !after.values().any(is_working_manager) {
        keep_last_managers(here, &mut after);
    }
    let changed = |operator: &Operator| !here.contains(operator);
    after.into_values().filter(changed).collect()
}

/// Nobody could let anybody in any more: whoever could until now still can.
fn keep_last_managers(here: &[Operator], after: &mut BTreeMap<uuid::Uuid, Operator>) {
    for before in here.iter().filter(|before| is_working_manager(before)) {
        tracing::warn!(
            name = before.name,
            "head office leaves this till without a manager: the last one stays"
        );
        after.insert(before.operator_id, before.clone());
    }
}

fn is_working_manager(operator: &Operator) -> bool {
    operator.active && operator.role == Role::Manager
}

fn as_told(row: &OperatorRow, kept: Option<&Operator>) -> Operator {
    let kept_pin = kept.and_then(|kept| serde_json::from_str(&kept.pin_hash).ok());
    let pin = KeptPin::of_office(row.pin_phc.as_deref(), kept_pin.as_ref());
    Operator {
        operator_id: row.operator_id,
        name: row.name.trim().to_owned(),
        role: row.role,
        // A value of ours: it can always be written.
        pin_hash: serde_json::to_string(&pin).unwrap_or_default(),
        active: row.active && row.pin_phc.is_some(),
        from_cloud: true,
    }
}

/// What the vault can hold as a name.
fn is_name(name: &str) -> bool {
    let name = name.trim();
    !name.is_empty() && name.chars().count() <= domain::limits::MAX_NAME_CHARS
}

/// The till's settings with those of head office; `true` beside it: one waits for the catalogue.
fn settings_after(
    config: &TillConfig,
    told: &[SettingRow],
    knows_class: &dyn Fn(&str) -> bool,
) -> (TillConfig, bool) {
    let (mut next, mut waits) = (config.clone(), false);
    for setting in told {
        match setting.name.as_str() {
            "branch_name" => take(setting, &mut next.branch_name, |name: &String| {
                is_name(name)
            }),
            "branch_lines" => take(setting, &mut next.branch_lines, |lines: &Vec<String>| {
                are_lines(lines)
            }),
            "footer" => take(setting, &mut next.footer, |lines: &Vec<String>| {
                are_lines(lines)
            }),
            "cash_rounding" => {
                take(
                    setting,
                    &mut next.rules.cash_rounding,
                    |rounding: &CashRounding| {
                        (1..=MAX_INCREMENT_MINOR).contains(&rounding.increment_minor)
                    },
                );
            }
            "default_tax_class" => {
                take(setting, &mut next.default_tax_class, |code: &String| {
                    waits |= !knows_class(code);
                    knows_class(code)
                });
            }
            // Of another program or of a time to come: kept in the office's file, and nothing follows.
            _ => {}
        }
    }
    (next, waits)
}

fn take<T: DeserializeOwned>(
    setting: &SettingRow,
    into: &mut T,
    mut is_usable: impl FnMut(&T) -> bool,
) {
    match serde_json::from_value::<T>(setting.value.clone()) {
        Ok(value) if is_usable(&value) => *into = value,
        Ok(_) => tracing::debug!(setting.name, "a setting of head office cannot be used here"),
        Err(error) => {
            tracing::warn!(setting.name, %error, "a setting of head office cannot be read");
        }
    }
}

/// Lines of a receipt's head or foot.
fn are_lines(lines: &[String]) -> bool {
    lines.len() <= 20 && lines.iter().all(|line| line.chars().count() <= 200)
}

#[cfg(test)]
mod tests;
