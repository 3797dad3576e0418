//! Seeds of what is asked of a running cloud.

use super::{Seed, seed};

pub(super) fn put(seeds: &mut Vec<Seed>) {
    cursors(seeds);
    enrolments(seeds);
}

/// A scope, one of the cloud's cursors or none of them, and what was changed of it.
fn cursors(seeds: &mut Vec<Seed>) {
    for scope in 0..4 {
        let mut put = |name: &str, rest: &[u8]| {
            let bytes = [&[scope][..], rest].concat();
            seeds.push(seed("cursor", format!("{name}-{scope}"), bytes));
        };
        put("first", &[0]);
        put("strange", b"\0AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        put("other-scope", &[scope.wrapping_mul(3) + 1]);
        put("changed", &[5, 0, 12, 0, b'B']);
        put("cut", &[7, 1, 20, 0]);
        put("longer", &[9, 4, 0, 0, b'A', 4, 0, 0, b'A']);
        put("no-text", &[0, 0xff, 0xfe]);
    }
}

/// How the code was typed, three changes of it, a change of the request, and changes of its bytes.
fn enrolments(seeds: &mut Vec<Seed>) {
    let scripts: [(&str, &[u8]); 12] = [
        ("right", &[]),
        ("small-letters", &[254]),
        ("in-groups", &[0, 1, 5, 0, 2, 3, 0]),
        ("one-letter-off", &[0, 3, 4, 0, b'7', 4, 5, 0]),
        ("guessed", b"\xff\x0aAB3DEFG4HJ"),
        ("empty", &[255, 0]),
        ("newer", &[0, 0, 0, 0, 0, 0, 0, 1, 2]),
        (
            "long-name",
            b"\0\0\0\0\0\0\0\x02\xc8aaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        ),
        ("bad-signature", &[0, 0, 0, 0, 0, 0, 0, 3, 5, 1]),
        ("other-key", &[0, 0, 0, 0, 0, 0, 0, 4, 5, 1]),
        ("cut-body", &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 90, 0]),
        (
            "doubled-field",
            b"\0\0\0\0\0\0\0\0\0\0\x02\x01\0\x0a\"proto\":1,",
        ),
    ];
    seeds.extend(scripts.map(|(name, script)| seed("enrolment", name, script)));
}
