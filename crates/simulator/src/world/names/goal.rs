//! What a long run must have seen somewhere.

super::closed! {
    /// What a long run must have seen somewhere.
    Goal {
        /// One segment was continued in two ways.
        Fork = "fork_in_one_segment",
        /// Two segments begin at one place.
        SharedParent = "two_segments_one_parent",
        /// Quarantine was emptied by a later arrival.
        QuarantineEmptied = "quarantine_emptied",
        /// A run was kept aside because nobody has its parent any more.
        Hole = "hole_declared",
        /// A batch was split down to one op.
        SplitToOne = "split_to_one",
        /// A run was recorded in part.
        Prefix = "run_recorded_in_part",
        /// The slow path parked the poison and its neighbours went on.
        SlowPath = "savepoint_slow_path",
        /// An op was parked, and an upgrade of the cloud judged it.
        Unparked = "parked_then_un_parked_after_upgrade",
        /// An op arrived again and was told `duplicate`.
        Duplicate = "told_duplicate",
        /// The very same batch came again and was answered as the first time.
        Replayed = "batch_answered_again",
        /// A till fetched its own ops back.
        TailFetched = "tail_fetched",
        /// A till put its ops under a fresh segment.
        Reenveloped = "re_enveloped",
        /// A till's ops hung on an op that nobody holds any more.
        LostGround = "lost_ground_stepped_over",
        /// The cloud's epoch changed under a till.
        EpochChanged = "epoch_changed",
        /// A cloud noticed that it had gone back in time.
        RewindNoticed = "silent_rewind_noticed",
        /// A cursor was refused between two pages of one round.
        ResetWhilePaging = "cursor_410_during_paging",
        /// The cloud was restored between two pages of one round.
        RestoreWhilePaging = "cloud_restored_during_paging",
        /// A row changed between two pages of one round.
        ChangeWhilePaging = "row_changed_during_paging",
        /// The catalogue was published from a snapshot in parts.
        Snapshot = "snapshot_published",
        /// A till let go of ops that are secured, and the cloud was restored afterwards.
        CompactedThenRestored = "compaction_then_cloud_restore",
        /// A crash left the journal with an op that the vault had not.
        JournalAhead = "journal_ahead_of_vault",
        /// A crash left the vault with an op that the journal had not.
        VaultAhead = "vault_ahead_of_journal",
        /// Bytes that had rotted on one medium were taken from the other.
        Mended = "rotten_op_mended_from_the_other_medium",
        /// A sale was refused because the disk was full, and made good later.
        DiskFull = "disk_full_at_tender",
        /// A draft was paid again after a crash, and it was the same op.
        PaidAgain = "draft_paid_again_is_one_op",
        /// A conflict was settled twice, and the second decision changed nothing.
        SettledTwice = "conflict_resolved_twice",
        /// A conflict was settled by a person.
        Settled = "conflict_settled",
        /// Two tills edited one product.
        EditConflict = "edit_conflict",
        /// A count and a sale met.
        CountRace = "count_race",
        /// More was given back than was sold, on two tills.
        OverRefund = "over_refund",
        /// A product went below zero.
        NegativeStock = "negative_stock",
        /// A product that head office had deleted was sold, and the sale was a fact.
        DeletedSold = "deleted_product_sold",
        /// A sale was recorded while the clock ran behind an earlier business day.
        ClockBackwards = "clock_back_over_business_date",
        /// What a revoked till had recorded came in by salvage.
        Salvaged = "revoked_till_salvaged",
        /// A revoked till enrolled again and went on.
        EnrolledAgain = "revoked_till_enrolled_again",
        /// A code that was used already was refused.
        CodeRefused = "used_code_refused",
        /// A stranger's credential was refused.
        StrangerRefused = "stranger_refused",
        /// An op of nearly a mebibyte arrived.
        HugeOp = "op_of_a_mebibyte",
        /// Twenty thousand ops of one till arrived.
        BigBacklog = "backlog_of_20000",
    }
}
