//! `chaos`: the hostile line as a process, so that it can be killed and stopped as well.
//!
//! `chaos FROM TO SEED PER_MILLE [TOLD]`: addresses, the dice, how many of a thousand requests meet
//! each fault, and a file to which each fault's name is appended. Prints a line once it carries.
#![allow(clippy::print_stdout, reason = "whoever starts it waits for its line")]

use std::fs::File;
use std::net::SocketAddr;
use std::process::ExitCode;

use testkit::chaos::{Chaos, Fault, Weather};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match carry(&words) {
        Ok(chaos) => {
            println!("carrying {}", chaos.url());
            loop {
                std::thread::park();
            }
        }
        Err(why) => {
            eprintln!("chaos FROM TO SEED PER_MILLE [TOLD]: {why}");
            ExitCode::FAILURE
        }
    }
}

fn carry(words: &[String]) -> Result<Chaos, Box<dyn std::error::Error>> {
    let [from, to, seed, per_mille, told @ ..] = words else {
        return Err("too few words".into());
    };
    let (from, to): (SocketAddr, SocketAddr) = (from.parse()?, to.parse()?);
    let told = told.first();
    let open = |path| File::options().create(true).append(true).open(path);
    let weather = Weather {
        seed: seed.parse()?,
        per_mille: per_mille.parse()?,
        faults: &Fault::ALL,
        told: told.map(open).transpose()?,
    };
    Ok(Chaos::between(from, to, weather)?)
}
