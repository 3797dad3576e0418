//! `holdfastctl`: the installer's and the support desk's command line, on the window's facade.
//!
//! Owns the forms of its commands and how their answers are printed: words for people, or with
//! `--json` one JSON value on standard output. Exit status 0 only when what was asked is done; a
//! refusal goes to standard error with its code, and nothing is half done. No rule lives here.

mod cloud_commands;
mod commands;
mod forms;
mod goods_commands;
mod print;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    let forms = forms::Forms::parse();
    match commands::run(&forms) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print::refusal(&error, forms.json);
            ExitCode::FAILURE
        }
    }
}
