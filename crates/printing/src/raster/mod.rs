//! Dots: pictures of one bit a dot, drawn from fonts of our own, for what code pages cannot say.
//!
//! Promises: drawing any text ends in dots, never in a panic. Never holds money or meaning; floats are
//! allowed here and nowhere else in this crate.

mod bitmap;
mod logo;

pub use bitmap::Bitmap;
