//! What the vault promises, each in a sentence.

mod fixture;

mod carts;
mod damage;
mod fetched;
mod guards;
mod model;
mod places;
mod queue;
mod recording;
mod shelf;
