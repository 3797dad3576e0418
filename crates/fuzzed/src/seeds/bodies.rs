//! Seeds made of whole ops: those of EXAMPLE.md and one of each type.

use super::till::{example, of_the_example};
use super::{Seed, seed};
use crate::facts;
use crate::stream::Stream;

pub(super) fn put(seeds: &mut Vec<Seed>) {
    for heading in ["op 1", "op 2"] {
        let name = heading.replace(' ', "-");
        seeds.push(seed("op_bytes", name, example(heading)));
    }
    let till = of_the_example();
    let mut stream = Stream::of(&till, 0xab);
    for body in facts::every() {
        stream.record(body);
    }
    for (at, stored) in stream.ops().iter().enumerate() {
        seeds.push(seed("op_bytes", format!("fact-{at}"), stored.bytes.clone()));
    }
}
