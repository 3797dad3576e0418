//! What must hold: after every commit, at every claim of a till, and when everything is healed.

mod commit;
mod goods;
mod healed;
mod kept;
mod reference;

pub(super) use commit::{Commit, commit, known, replayed};
pub(super) use kept::kept;
pub(super) use reference::{At, Expected, Reference};
