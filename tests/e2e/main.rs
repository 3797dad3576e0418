//! The real window, driven: the built program in its real web view, a real cloud, a TCP listener
//! as printer, and bytes read back by an interpreter that is not ours.
//!
//! Needs Xvfb and WebKitWebDriver (the set-up of `cargo xtask test` installs both). Every step has
//! a time-out; nothing waits by sleeping a fixed time. Pictures go to `target/e2e/`.

mod cloud;
mod counter;
mod demo;
mod display;
mod looks;
mod offline;
mod place;
mod refund;
mod sale;
mod settle;
mod trouble;
mod window;
