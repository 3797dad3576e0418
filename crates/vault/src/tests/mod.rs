//! What the vault promises, each in a sentence.

mod fixture;

mod carts;
mod damage;
mod guards;
mod model;
mod queue;
mod recording;
