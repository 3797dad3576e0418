//! Every committed input of the corpus, and every one that once broke a promise, run once more.

use std::fs;
use std::path::PathBuf;

fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR");
    PathBuf::from(here.unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into())).join("../../fuzz")
}

/// The inputs of one target below a folder: `corpus`, made by the seeds, or `findings`.
fn inputs(folder: &str, target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = root().join(folder).join(target);
    let mut found: Vec<_> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter_map(|path| Some((path.clone(), fs::read(path).ok()?)))
        .collect();
    found.sort();
    found
}

fn replay(target: &str) {
    let corpus = inputs("corpus", target);
    assert!(
        !corpus.is_empty(),
        "{target} has a corpus: cargo xtask fuzz --seeds"
    );
    for (path, input) in corpus.into_iter().chain(inputs("findings", target)) {
        // Shown beside the failure it led to.
        eprintln!("{}", path.display());
        fuzzed::run(target, &input);
    }
    fuzzed::run(target, b"");
}

macro_rules! replays {
    ($($target:ident)*) => {
        $(
            #[test]
            fn $target() {
                replay(stringify!($target));
            }
        )*

        #[test]
        fn every_target_is_replayed() {
            let replayed = [$(stringify!($target)),*];
            let known: Vec<&str> = fuzzed::TARGETS.iter().map(|target| target.name).collect();
            assert_eq!(replayed.as_slice(), known, "a new target needs its name here");
        }
    };
}

replays! {
    barcode catalogue cursor decimal enrolment header journal_file op_bytes packed pull_page push_body receipt snapshot
}
