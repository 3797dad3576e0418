//! One push, as a store takes it and answers it.

use protocol::wire::{PushAnswer, PushRequest};
use uuid::Uuid;

use super::TillCredential;

/// A push whose sender is proved.
#[derive(Debug, Clone)]
pub struct PushJob {
    /// Who sends.
    pub caller: TillCredential,
    /// The batch's key.
    pub key: Uuid,
    /// SHA-256 of the unpacked body.
    pub fingerprint: [u8; 32],
    /// Now, UTC milliseconds.
    pub now_ms: i64,
    /// The batch.
    pub request: PushRequest,
}

/// What became of a push.
#[derive(Debug, Clone)]
pub enum PushAnswered {
    /// It is recorded.
    Answer {
        /// What the till is told.
        answer: PushAnswer,
        /// Whether the same key with the same body was answered before.
        replayed: bool,
    },
    /// The key stood for another body before; nothing was recorded.
    KeyReused,
}
