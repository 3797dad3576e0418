//! Every variant that is wrong on purpose: what is wrong, where it stands, and who must see it.
//!
//! Each is one expression beside the right code, `cfg!(mutant = "name")`, and false in every build but the one that
//! hunts it. A tidy test holds this table against the code.
//!
//! Two of the plan's variants need a host and its lease, which do not exist yet: the lease by the wall clock, and the
//! epoch that begins again at a release.

/// Who must see it.
pub(crate) enum Killer {
    /// Hostile worlds from seeds, with no test named: the simulator's checkers.
    Worlds,
    /// A test: package, target (`lib` or a file of `tests`), name.
    Test(&'static str, &'static str, &'static str),
}

/// One wrong variant.
pub(crate) struct Mutant {
    pub(crate) name: &'static str,
    pub(crate) wrong: &'static str,
    pub(crate) lives: &'static str,
    pub(crate) killer: Killer,
}

const fn world(name: &'static str, lives: &'static str, wrong: &'static str) -> Mutant {
    let killer = Killer::Worlds;
    Mutant {
        name,
        wrong,
        lives,
        killer,
    }
}

const fn test(
    name: &'static str,
    lives: &'static str,
    wrong: &'static str,
    test: (&'static str, &'static str, &'static str),
) -> Mutant {
    let killer = Killer::Test(test.0, test.1, test.2);
    Mutant {
        name,
        wrong,
        lives,
        killer,
    }
}

#[rustfmt::skip]
pub(crate) const MUTANTS: &[Mutant] = &[
    // The cloud's decision.
    world("watermark_only", "crates/sync/src/ingest/place.rs", "what is at or below the head counts as known, whatever its hash"),
    world("accept_gap", "crates/sync/src/ingest/place.rs", "a run that leaves a gap is recorded"),
    world("parent_not_awaited", "crates/sync/src/ingest/place.rs", "a segment is recorded before its parent"),
    world("quarantine_first_only", "crates/sync/src/ingest/aside.rs", "of a forked run only the first op is kept"),
    world("no_quarantine", "crates/sync/src/ingest/book.rs", "a forked run is dropped"),
    // The till's engine.
    world("own_heads", "crates/sync/src/till/session.rs", "the till goes on from what it believes the cloud holds"),
    world("edge_triggered", "crates/sync/src/till/wait.rs", "the engine wakes on a new op and looks for none by itself"),
    world("attempt_limit_5", "crates/sync/src/till/wait.rs", "after five failures the engine gives up"),
    world("failure_guessed", "crates/sync/src/till/wait.rs", "after a failure it goes on without asking for the heads"),
    world("fork_not_healed", "crates/sync/src/till/session.rs", "a fork is tried again and never mended"),
    world("coalescing_outbox", "crates/sync/src/chunk.rs", "only the newest op of a stretch is sent"),
    // Judgements, and what is fetched.
    world("count_forgets_unseen", "crates/sync/src/ingest/judge/counts.rs", "a count overwrites what it had not seen"),
    world("second_decision_wins", "crates/sync/src/ingest/judge/settle.rs", "a conflict that is settled is settled again"),
    world("decision_on_unseen", "crates/sync/src/ingest/judge/settle.rs", "a decision counts whatever version was on the screen"),
    world("last_write_wins", "crates/sync/src/ingest/judge/products.rs", "of two edits of one group the later one wins"),
    world("poison_swallowed", "crates/sync/src/ingest/judge.rs", "an op that the database refuses is called accepted"),
    world("page_published_early", "crates/sync/src/pull/work.rs", "a page is published before the cloud says that the rows are whole"),
    // Seen by a test of the layer itself.
    test("duplicate_counted_twice", "crates/sync/src/ingest/judge.rs", "an op that comes under a second segment has its effects again",
        ("holdfast-sync", "ingest_table", "an_op_under_a_second_segment_is_a_duplicate_with_the_first_outcome")),
    test("outcome_not_sticky", "crates/sync/src/ingest/judge.rs", "a repeated op is told another outcome",
        ("holdfast-sync", "ingest_table", "an_op_under_a_second_segment_is_a_duplicate_with_the_first_outcome")),
    test("signature_unchecked", "crates/sync/src/ingest/place.rs", "a run is taken whoever signed it",
        ("holdfast-sync", "ingest_table", "corrupted_bytes_are_told_from_disagreement")),
    test("chain_unchecked", "crates/sync/src/ingest/place.rs", "a run is taken whether or not its links follow from its bytes",
        ("holdfast-sync", "ingest_table", "corrupted_bytes_are_told_from_disagreement")),
    test("same_id_other_content", "crates/sync/src/ingest/judge.rs", "other bytes under a known id are called a duplicate",
        ("holdfast-sync", "ingest_table", "the_same_op_id_with_other_bytes_is_kept_and_raised")),
    test("reset_on_connect", "crates/sync/src/till/session.rs", "a mere connect takes the wait back to its beginning",
        ("holdfast-sync", "engine_waits", "a_mere_connect_does_not_take_the_wait_back_to_its_beginning")),
    test("late_answer_taken", "crates/sync/src/till.rs", "the answer to a call that was given up is taken for the last one's",
        ("holdfast-sync", "engine_waits", "the_answer_to_a_call_that_was_given_up_is_not_the_next_ones")),
    test("retry_after_ignored", "crates/sync/src/backoff.rs", "how long the cloud asks to be left alone is not heard",
        ("holdfast-sync", "lib", "backoff::tests::retry_after_is_obeyed_plus_at_most_a_quarter")),
    test("too_large_not_halved", "crates/sync/src/till/push.rs", "a batch that is too large is sent again as it is",
        ("holdfast-sync", "engine_rules", "a_batch_that_is_too_large_is_halved_and_nothing_is_skipped")),
    test("answer_believed", "crates/sync/src/till/check.rs", "an answer is not held against the question",
        ("holdfast-sync", "engine_rules", "an_answer_that_does_not_fit_the_question_moves_nothing")),
    test("rotten_bytes_sent", "crates/sync/src/chunk.rs", "bytes that rotted on the disk are sent",
        ("holdfast-sync", "chunk", "damaged_bytes_do_not_leave_and_what_comes_before_them_does")),
    test("cursor_reset_ignored", "crates/sync/src/pull/work.rs", "a refused cursor is asked for again and again",
        ("holdfast-sync", "pull_table", "a_refused_cursor_begins_its_scope_again_once_and_then_waits")),
    test("hlc_follows_wall", "crates/protocol/src/hlc.rs", "the order of ops is the wall clock's, backwards too",
        ("holdfast-protocol", "lib", "hlc::tests::the_clock_only_grows_whatever_the_wall_says")),
    test("journal_unflushed", "crates/journal/src/lib.rs", "an append is answered before it is flushed",
        ("holdfast-journal", "promises", "after_a_failed_flush_nothing_is_flushed_again")),
    test("ack_before_commit", "crates/vault/src/writer.rs", "a sale is called vaulted although its commit failed",
        ("holdfast-vault", "lib", "tests::guards::after_a_failed_commit_nothing_is_taken_until_a_restart_and_the_sale_is_there_then")),
    test("segment_continued", "crates/vault/src/tx.rs", "one stream for ever: a start goes on in the segment that it finds on the disk",
        ("holdfast-vault", "lib", "tests::recording::seq_goes_on_over_restarts_and_each_run_has_its_own_segment")),
    test("integer_epoch", "crates/vault/src/tx.rs", "a start takes the next integer as its segment",
        ("holdfast-vault", "lib", "tests::fetched::two_copies_of_one_disk_never_begin_the_same_segment")),
    test("delete_on_ack", "crates/vault/src/rows/outbox.rs", "what the cloud acknowledged is deleted",
        ("holdfast-vault", "lib", "tests::queue::what_waits_follows_the_clouds_heads_over_all_segments")),
    test("tail_not_reenveloped", "crates/vault/src/rows/places/reenvelope.rs", "after a fork the till's own ops stay where the cloud never takes them",
        ("holdfast-vault", "lib", "tests::places::ops_beyond_the_last_shared_one_take_a_fresh_segment_with_their_bytes_and_ids")),
    test("included_from_another_snapshot", "crates/vault/src/shop/pull/stock.rs", "what the stock contains is of an earlier publish than the stock",
        ("holdfast-vault", "lib", "shop::tests::included::what_stock_contains_outlives_a_publish_that_had_to_wait")),
    test("tombstones_ignored", "crates/vault/src/shop/pull/catalogue.rs", "what the cloud deleted stays on sale",
        ("holdfast-vault", "lib", "shop::tests::pulls::a_tombstone_removes_the_product_and_its_codes")),
    test("cursor_is_newest", "crates/cloud/src/store/pull/merge.rs", "a page's cursor is the newest row that was found, not the last that was sent",
        ("holdfast-cloud", "lib", "store::pull::merge::tests::rows_of_all_kinds_come_by_version_and_the_page_ends_where_it_was_asked_to")),
    test("epoch_kept", "crates/cloud/src/store/sqlite/epoch.rs", "a cloud that went back in time keeps its epoch",
        ("holdfast-cloud", "epochs", "sqlite::a_head_that_was_told_and_is_gone_begins_a_new_epoch")),
    test("delete_on_sign_out", "crates/app/src/people.rs", "signing out takes the till's records along",
        ("holdfast-suite", "promises", "sync_screen_tells_the_truth::no_tool_and_no_sign_out_takes_an_unsent_record")),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::MUTANTS;
    use crate::place;

    #[test]
    fn the_list_has_every_variant_that_stands_in_the_code_and_no_other() {
        let listed = MUTANTS
            .iter()
            .map(|mutant| (mutant.lives.to_owned(), mutant.name.to_owned()));
        let listed: BTreeSet<_> = listed.collect();
        let mut standing = BTreeSet::new();
        collect(&place::root().join("crates"), &mut standing);
        // A variant may need a second place; the list names the first.
        let names = |set: &BTreeSet<(String, String)>| -> BTreeSet<String> {
            set.iter().map(|(_, name)| name.clone()).collect()
        };
        assert_eq!(names(&listed), names(&standing), "the list and the code");
        let lost: Vec<_> = listed.difference(&standing).collect();
        assert!(lost.is_empty(), "they live elsewhere: {lost:?}");
        assert_eq!(names(&listed).len(), MUTANTS.len(), "no name twice");
    }

    fn collect(folder: &Path, found: &mut BTreeSet<(String, String)>) {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                collect(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let within = path.strip_prefix(place::root()).unwrap();
                let file = within.to_string_lossy().replace('\\', "/");
                for rest in text.split("cfg!(mutant = \"").skip(1) {
                    let name = rest.split('"').next().unwrap_or_default();
                    found.insert((file.clone(), name.to_owned()));
                }
            }
        }
    }
}
