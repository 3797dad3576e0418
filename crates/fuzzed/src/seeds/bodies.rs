//! Seeds made of whole ops: those of EXAMPLE.md and one of each type.

use protocol::op::raw;
use protocol::stream::Parent;
use protocol::wire::PushRequest;

use super::till::{example, of_the_example};
use super::{Seed, seed};
use crate::facts;
use crate::push_body::{BEGUN, RIGHT, STORED};
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
    pushes(seeds, &stream);
}

/// Whole bodies: that of EXAMPLE.md, every fact in one run, and runs that do not fit together.
fn pushes(seeds: &mut Vec<Seed>, stream: &Stream<'_>) {
    let mut put = |name: &str, how: u8, body: &str| {
        let bytes = [&[how][..], body.as_bytes()].concat();
        seeds.push(seed("push_body", name, bytes));
    };
    put("example", STORED, example("push body"));
    put("example-again", BEGUN, example("push body"));
    let text = |request: &PushRequest| serde_json::to_string(request).expect("JSON");
    let all = stream.push();
    put("every-fact", RIGHT | STORED, &text(&all));
    let one = |at: usize| {
        let mut request = all.clone();
        request.runs[0].items = request.runs[0].items.split_off(at);
        request.runs[0].items.truncate(1);
        request
    };
    for at in 0..all.runs[0].items.len() {
        let mut request = one(at);
        request.runs[0].items[0].seq = 1;
        put(&format!("fact-{at}"), RIGHT | STORED, &text(&request));
    }
    put("gap", RIGHT, &text(&one(3)));
    let mut two = one(0);
    let mut second = one(1).runs;
    second[0].segment = protocol::SegmentId([7; 16]);
    second[0].first_seq = 2;
    second[0].from = 2;
    second[0].parent = Some(Parent {
        segment: two.runs[0].segment,
        seq: 1,
        chain: two.runs[0].items[0].chain,
    });
    two.runs.extend(second);
    put("two-segments", RIGHT | STORED, &text(&two));
    let mut fork = one(0);
    fork.runs.extend(one(1).runs);
    fork.runs[1].items[0].seq = 1;
    put("fork", RIGHT, &text(&fork));
    let mut poison = all.clone();
    poison.runs[0].items.truncate(1);
    let op = poison.runs[0].items[0]
        .op
        .get()
        .replace("product_edited_v1", "unheard_of_v9");
    poison.runs[0].items[0].op = raw(op.into_bytes()).expect("JSON");
    put("unknown-type", RIGHT | STORED, &text(&poison));
}
