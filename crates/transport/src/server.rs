//! The pieces from which the cloud's router is built.
//!
//! A handler of the cloud takes [`Signed`] (who sent it, proved; the body, unpacked within limits)
//! or [`Unsigned`] (an enrolment), and returns `Result<Answer<T>, Refusal>`. [`in_our_words`]
//! wraps the finished router, so that unknown paths, wrong methods and panics answer in our media
//! type as well, and answers are packed for a till that asks.
//!
//! Never does: reading a clock of its own (the router's state says what time it is), or refusing a
//! till for good because of one: it is told the time and signs again. A push that is played again
//! is answered the same again and changes nothing.

mod answer;
mod body;
mod signed;
mod wrap;

pub use answer::{Answer, Refusal};
pub use body::{BodyLimits, Unsigned};
pub use signed::{KeyAnswer, Signed, TillKeys, Tokenless, verify_request};
pub use wrap::{MAX_ANSWER_BYTES, in_our_words};
