//! Who is at the counter, and who may do what.
//!
//! Owns signing in with its lock-out, approvals by a second person, and the session that facts are
//! booked on. A scanned product never signs anybody in: this takes an operator and their PIN, and
//! nothing else.

mod office;

use std::sync::PoisonError;

use domain::{Right, Role};
use protocol::Actor;
use uuid::Uuid;
use vault::operators::{self, Operator};

use crate::dto::{Approval, DemoHint, OperatorDto, SignIn, TillStatus};
use crate::error::{AppError, Code};
use crate::pins::{KeptPin, PinVerifier, Tried};
use crate::till::Till;

/// A sign-in: from here to the sign-out, facts are booked on its date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    pub id: Uuid,
    pub operator_id: Uuid,
    pub name: String,
    pub role: Role,
    /// The date at sign-in, `YYYY-MM-DD`: midnight changes nothing for who is still selling.
    pub business_date: String,
    /// Head office took the person or their role away: this sale is finished, then they sign in again.
    pub ended: bool,
}

impl Session {
    pub fn actor(&self) -> Actor {
        Actor {
            operator: self.operator_id,
            session: Some(self.id),
        }
    }
}

/// Who approved, to be frozen into the fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Approved {
    pub operator_id: Uuid,
    pub name: String,
}

impl Till {
    /// Everybody who may sign in here.
    pub fn operators(&self) -> Result<Vec<OperatorDto>, AppError> {
        let all = self.vault.read(operators::list)?;
        let active = all.into_iter().filter(|operator| operator.active);
        Ok(active.map(dto).collect())
    }

    /// Signs somebody in with their PIN; five wrong ones lock them out for a while.
    pub fn sign_in(&self, operator_id: Uuid, pin: String) -> Result<SignIn, AppError> {
        let operator = self.operator(operator_id)?;
        match self.check_pin(&operator, &pin)? {
            PinAnswer::Right => {}
            PinAnswer::Wrong { attempts_left } => return Ok(SignIn::WrongPin { attempts_left }),
            PinAnswer::Locked { until_ms } => return Ok(SignIn::Locked { until_ms }),
        }
        self.counter().session =
            Some(self.session(operator.operator_id, operator.name, operator.role));
        self.tell_status();
        Ok(SignIn::SignedIn {
            status: Box::new(self.status()?),
        })
    }

    /// Signs out; the open cart stays, and nothing unsent is touched.
    pub fn sign_out(&self) -> Result<TillStatus, AppError> {
        self.counter().session = None;
        if cfg!(mutant = "delete_on_sign_out") {
            let _ = std::fs::remove_dir_all(&self.dir);
        }
        self.tell_status();
        self.status()
    }

    /// Signs the command line in: whoever holds the till's key may do everything on it.
    pub fn sign_in_command_line(&self) -> Result<(), AppError> {
        if self.config_if_set_up().is_some() {
            let session = self.session(Uuid::nil(), "Command line".to_owned(), Role::Manager);
            self.counter().session = Some(session);
        }
        Ok(())
    }

    /// How to sign in, in a demo branch; nothing elsewhere.
    pub fn demo_hint(&self) -> Result<Vec<DemoHint>, AppError> {
        let demo = self.config_if_set_up().is_some_and(|config| config.demo);
        Ok(if demo {
            crate::demo::hints()
        } else {
            Vec::new()
        })
    }

    /// Somebody who may sign in, with their PIN hashed; nothing is stored.
    pub(crate) fn new_operator(
        &self,
        name: &str,
        role: Role,
        pin: &str,
    ) -> Result<Operator, AppError> {
        domain::pin_well_formed(pin)?;
        if name.trim().is_empty() {
            return Err(
                AppError::new(Code::NameMissing, "an operator needs a name").field("name", name)
            );
        }
        let pepper = vault::VaultKey::new(self.keys.vault).pin_pepper();
        let verifier = PinVerifier::make(pin, &pepper, self.entropy.as_ref())?;
        Ok(Operator {
            operator_id: self.new_id(),
            name: name.trim().to_owned(),
            role,
            pin_hash: serde_json::to_string(&verifier)
                .map_err(|error| AppError::internal(&error))?,
            active: true,
            from_cloud: false,
        })
    }

    /// The session, if its operator has the right; else a refusal that says who could.
    pub(crate) fn session_with(&self, right: Right) -> Result<Session, AppError> {
        self.end_session_between_sales();
        let session = self.counter().session.clone().ok_or_else(not_signed_in)?;
        if session.role.may(right) {
            return Ok(session);
        }
        Err(not_allowed(&session, right))
    }

    /// Who approves: the second person named, or the signed-in one if they have the right.
    pub(crate) fn approved(
        &self,
        right: Right,
        approval: Option<Approval>,
    ) -> Result<Approved, AppError> {
        let Some(approval) = approval else {
            let session = self.session_with(right)?;
            return Ok(Approved {
                operator_id: session.operator_id,
                name: session.name,
            });
        };
        let operator = self.operator(approval.operator_id)?;
        if !operator.role.may(right) {
            let refused = format!("{} may not approve this", operator.name);
            return Err(AppError::new(Code::NotAllowed, refused));
        }
        match self.check_pin(&operator, &approval.pin)? {
            PinAnswer::Right => Ok(Approved {
                operator_id: operator.operator_id,
                name: operator.name,
            }),
            PinAnswer::Wrong { attempts_left } => Err(AppError::new(
                Code::ApprovalWrong,
                "the approval's PIN is wrong: nothing changed",
            )
            .limit(attempts_left)),
            PinAnswer::Locked { until_ms } => {
                Err(AppError::new(Code::PinLocked, "too many wrong PINs").limit(until_ms))
            }
        }
    }

    fn session(&self, operator_id: Uuid, name: String, role: Role) -> Session {
        let business_date = crate::views::local_date(self.now_ms());
        Session {
            id: self.new_id(),
            operator_id,
            name,
            role,
            business_date,
            ended: false,
        }
    }

    fn operator(&self, operator_id: Uuid) -> Result<Operator, AppError> {
        let found = self
            .vault
            .read(|reader| operators::by_id(reader, operator_id))?;
        found.filter(|operator| operator.active).ok_or_else(|| {
            AppError::new(Code::NotAllowed, "nobody with this name may sign in here")
                .field("operator_id", operator_id)
        })
    }

    /// Counts every wrong PIN on disk before it answers, so that a restart forgives nothing.
    fn check_pin(&self, operator: &Operator, pin: &str) -> Result<PinAnswer, AppError> {
        let _gate = self.pin_gate.lock().unwrap_or_else(PoisonError::into_inner);
        let (now_ms, operator_id) = (self.now_ms(), operator.operator_id);
        let before = self
            .vault
            .read(|reader| operators::attempts(reader, operator_id))?;
        if let Err(locked) = before.may_try(now_ms) {
            return Ok(PinAnswer::Locked {
                until_ms: locked.until_ms,
            });
        }
        let pepper = vault::VaultKey::new(self.keys.vault).pin_pepper();
        let kept: KeptPin =
            serde_json::from_str(&operator.pin_hash).map_err(|error| AppError::internal(&error))?;
        let tried = kept.try_pin(pin, &pepper, self.entropy.as_ref())?;
        let right = tried != Tried::Wrong;
        if let Tried::RightAndNew(own) = tried {
            self.keep_pin(operator, &own)?;
        }
        let after = if right {
            before.succeeded()
        } else {
            before.failed(now_ms)
        };
        if after != before {
            self.vault
                .transact(move |tx| operators::set_attempts(tx, operator_id, &after))?;
        }
        Ok(match (right, after.locked_until_ms) {
            (true, _) => PinAnswer::Right,
            (false, Some(until_ms)) => PinAnswer::Locked { until_ms },
            (false, None) => PinAnswer::Wrong {
                attempts_left: after.attempts_left(),
            },
        })
    }
}

impl Till {
    /// Head office's verifier becomes one of ours, which this disk alone does not give away.
    fn keep_pin(&self, operator: &Operator, own: &KeptPin) -> Result<(), AppError> {
        let mut operator = operator.clone();
        operator.pin_hash =
            serde_json::to_string(own).map_err(|error| AppError::internal(&error))?;
        Ok(self
            .vault
            .transact(move |tx| operators::put(tx, &operator))?)
    }

    /// Signs out whom head office took away, as soon as no sale is open.
    fn end_session_between_sales(&self) {
        let mut counter = self.counter();
        let selling = counter
            .cart
            .as_ref()
            .is_some_and(|cart| !cart.lines.is_empty());
        if !selling
            && counter
                .session
                .as_ref()
                .is_some_and(|session| session.ended)
        {
            counter.session = None;
        }
    }
}

enum PinAnswer {
    Right,
    Wrong { attempts_left: u32 },
    Locked { until_ms: i64 },
}

fn dto(operator: Operator) -> OperatorDto {
    OperatorDto {
        operator_id: operator.operator_id,
        name: operator.name,
        role: operator.role,
    }
}

fn not_signed_in() -> AppError {
    AppError::new(Code::NotSignedIn, "nobody is signed in: sign in first")
}

fn not_allowed(session: &Session, right: Right) -> AppError {
    let detail = format!(
        "{} ({}) may not do this ({}): ask a supervisor or manager",
        session.name,
        session.role.as_str(),
        right.as_str()
    );
    AppError::new(Code::NotAllowed, detail)
}
