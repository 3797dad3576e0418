//! Tills, a host and a cloud, bounded.
//!
//! Every start of a till opens a fresh segment; an op's identity is its id, minted once; an entry names the
//! one before it, which stands for the hash. The cloud records runs in order, keeps what contradicts, and its
//! heads are the only cursor.

mod cloud;
mod heal;
mod moves;
mod properties;
mod state;

use stateright::{Model, Property};

pub use properties::SOMETIMES;
pub use state::{Budget, Move, Variant, World};

/// One bounded world: which rules hold and how often what may happen.
#[derive(Debug, Clone)]
pub struct Sending {
    /// The rules: the right ones, or one way to get them wrong.
    pub variant: Variant,
    /// How often each thing may happen.
    pub budget: Budget,
    /// How many tills begin.
    pub tills: usize,
}

impl Model for Sending {
    type State = World;
    type Action = Move;

    fn init_states(&self) -> Vec<World> {
        vec![World::begin(self.tills, self.budget)]
    }

    fn actions(&self, world: &World, moves: &mut Vec<Move>) {
        moves::possible(self, world, moves);
    }

    fn next_state(&self, world: &World, action: Move) -> Option<World> {
        let mut next = world.clone();
        moves::apply(self, &mut next, action)?;
        (next != *world).then_some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties::all()
    }
}
