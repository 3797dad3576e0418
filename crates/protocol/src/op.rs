//! One op: the envelope around a body, as it is hashed, stored and sent.
//!
//! Owns the JSON form of an op. The bytes are produced once, by [`OpDraft::seal`]; everything else
//! only carries and reads them. Coordinates in the stream are not part of them.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::body::OpBody;
use crate::hlc::Hlc;
use crate::limits::{MAX_OP_BYTES, MAX_TOUCHES};

/// The envelope's own version.
pub const ENVELOPE_VERSION: u32 = 1;

/// Who a till is.
///
/// A till that starts alone mints all three ids itself and sells at once. When it joins a cloud it
/// keeps `till`, takes the cloud's `tenant` and `branch`, and goes on with the chain that began
/// with the `genesis` ones: facts already recorded never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TillIdentity {
    /// The business, now.
    pub tenant: Uuid,
    /// The shop, now.
    pub branch: Uuid,
    /// The till, always.
    pub till: Uuid,
    /// The tenant the chain began with.
    pub genesis_tenant: Uuid,
    /// The branch the chain began with.
    pub genesis_branch: Uuid,
    /// The public half of the till's Ed25519 key.
    #[serde(with = "hex::serde")]
    pub public_key: [u8; 32],
}

impl TillIdentity {
    /// The chain before this till's first op.
    pub fn genesis(&self) -> crate::ChainHash {
        crate::chain::genesis(self.genesis_tenant, self.till, &self.public_key)
    }
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The signed-in operator; nil for the till itself (an incident, a recovery).
    pub operator: Uuid,
    /// The sign-in this happened under.
    pub session: Option<Uuid>,
}

impl Actor {
    /// The till itself, when no operator is behind an op.
    pub const fn till() -> Self {
        Self {
            operator: Uuid::nil(),
            session: None,
        }
    }
}

/// Which version of which part of an entity an edit was made on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Base {
    /// `product:<id>`.
    pub entity: String,
    /// The field group: `price`, `tax`, `names`, `barcodes`.
    pub group: String,
    /// The cloud's `row_version` the editor saw; 0 for a new entity.
    pub version: u64,
}

/// An op before it has a place and a time: what happened, by whom, touching what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpDraft {
    /// The identity for ever; for a sale minted with the cart.
    pub op_id: Uuid,
    /// Who did it.
    pub actor: Actor,
    /// The shift it belongs to, once there are shifts.
    pub shift: Option<Uuid>,
    /// The day it is booked on, `YYYY-MM-DD`; decided by a person signing in, not by midnight.
    pub business_date: String,
    /// Ops that must be applied before this one.
    pub after: Vec<Uuid>,
    /// What an edit was based on.
    pub base: Vec<Base>,
    /// The fact itself.
    pub body: OpBody,
}

/// When and where an op was sealed; supplied by the vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// Who the till is.
    pub identity: TillIdentity,
    /// The hybrid clock's reading.
    pub hlc: Hlc,
    /// UTC milliseconds as the till believed.
    pub wall_ms: i64,
    /// Milliseconds since the program started.
    pub mono_ms: u64,
    /// How wrong the till's clock was last known to be (till minus cloud), if known.
    pub clock_err_ms: Option<i64>,
    /// The program's version.
    pub app: String,
}

/// Why a draft cannot become an op. Checked before tender, so that nothing half done remains.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealRefused {
    /// The bytes would not fit into any batch.
    #[error(
        "the sale would be {bytes} bytes, the limit is {MAX_OP_BYTES}: split it into two sales"
    )]
    TooLarge {
        /// What it came to.
        bytes: usize,
    },
    /// More entities than an op may name.
    #[error(
        "the sale touches {touches} things, the limit is {MAX_TOUCHES}: split it into two sales"
    )]
    TooManyTouches {
        /// How many it names.
        touches: usize,
    },
    /// JSON could not be written; cannot happen with the types of this crate.
    #[error("the op could not be written: {0}")]
    Unwritable(String),
}

/// An op as read back from its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// The envelope's version.
    pub v: u32,
    /// The identity for ever.
    pub op_id: Uuid,
    /// Tenant as the till knew it then.
    pub tenant: Uuid,
    /// Branch as the till knew it then.
    pub branch: Uuid,
    /// The till.
    pub till: Uuid,
    /// Who did it.
    pub actor: Actor,
    /// The shift, once there are shifts.
    pub shift: Option<Uuid>,
    /// The day it is booked on.
    pub business_date: String,
    /// The hybrid clock's reading.
    pub hlc: Hlc,
    /// UTC milliseconds as the till believed.
    pub wall_ms: i64,
    /// Milliseconds since the program started.
    pub mono_ms: u64,
    /// How wrong the till's clock was last known to be, if known.
    pub clock_err_ms: Option<i64>,
    /// What it touches: `sale:<id>`, `stock:<branch>/<product>`, `product:<id>`.
    pub touches: Vec<String>,
    /// Ops that come first.
    pub after: Vec<Uuid>,
    /// What an edit was based on.
    pub base: Vec<Base>,
    /// The program's version.
    pub app: String,
    /// `type` and `body`.
    #[serde(flatten)]
    pub body: OpBody,
}

/// What can be read of an op whose type or body this program does not know.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct EnvelopeHead {
    /// The identity for ever.
    pub op_id: Uuid,
    /// The type with its version, whatever it is.
    #[serde(rename = "type")]
    pub kind: String,
    /// Tenant as the till knew it then.
    pub tenant: Uuid,
    /// Branch as the till knew it then.
    pub branch: Uuid,
    /// The till.
    pub till: Uuid,
    /// UTC milliseconds as the till believed.
    pub wall_ms: i64,
    /// What it touches.
    #[serde(default)]
    pub touches: Vec<String>,
    /// Ops that come first.
    #[serde(default)]
    pub after: Vec<Uuid>,
}

impl OpDraft {
    /// Makes the op's bytes; the only place where they are made.
    pub fn seal(&self, seal: &Seal) -> Result<Vec<u8>, SealRefused> {
        let identity = &seal.identity;
        let touches = self.body.touches(identity.branch);
        if touches.len() > MAX_TOUCHES {
            return Err(SealRefused::TooManyTouches {
                touches: touches.len(),
            });
        }
        let envelope = Envelope {
            v: ENVELOPE_VERSION,
            op_id: self.op_id,
            tenant: identity.tenant,
            branch: identity.branch,
            till: identity.till,
            actor: self.actor.clone(),
            shift: self.shift,
            business_date: self.business_date.clone(),
            hlc: seal.hlc,
            wall_ms: seal.wall_ms,
            mono_ms: seal.mono_ms,
            clock_err_ms: seal.clock_err_ms,
            touches,
            after: self.after.clone(),
            base: self.base.clone(),
            app: seal.app.clone(),
            body: self.body.clone(),
        };
        let bytes = serde_json::to_vec(&envelope)
            .map_err(|error| SealRefused::Unwritable(error.to_string()))?;
        if bytes.len() > MAX_OP_BYTES {
            return Err(SealRefused::TooLarge { bytes: bytes.len() });
        }
        Ok(bytes)
    }
}

impl Envelope {
    /// Reads an op of a type this program knows.
    pub fn read(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }
}

impl EnvelopeHead {
    /// Reads what every op has, whatever its type.
    pub fn read(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }
}

/// The op's bytes as a raw JSON value, so that sending them re-encodes nothing.
pub fn raw(bytes: Vec<u8>) -> Result<Box<RawValue>, serde_json::Error> {
    let text = String::from_utf8(bytes).map_err(serde::de::Error::custom)?;
    RawValue::from_string(text)
}
