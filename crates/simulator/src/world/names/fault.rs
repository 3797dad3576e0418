//! Faults of the network, the process, the disk, the clock, the cloud and of people.

super::closed! {
    /// What can go wrong.
    Fault {
        /// A request never arrives.
        DropRequest = "drop_request",
        /// A request arrives and its reply does not.
        DropReply = "drop_reply",
        /// A reply breaks off in the middle.
        TruncateReply = "truncate_reply",
        /// A connection is reset just after the request was sent.
        ResetAfterSend = "reset_after_send",
        /// A request arrives twice.
        Duplicate = "duplicate",
        /// A request arrives a second time, hours later.
        LateDuplicate = "late_duplicate",
        /// A request is overtaken by later ones: it arrives when nobody waits for it any more.
        Reorder = "reorder",
        /// A request takes up to ten seconds.
        Delay = "delay",
        /// A reply takes up to fifty seconds.
        SlowReply = "slow_reply",
        /// A line stands still for up to a minute.
        Clog = "clog",
        /// A till cannot reach the cloud for up to an hour.
        Partition = "partition",
        /// Requests of a till arrive, replies do not, for up to half an hour.
        OneWayPartition = "one_way_partition",
        /// A captive portal answers with status 200, for up to ten minutes.
        Portal = "portal_200",
        /// A box on the way answers 520 with a page.
        Html520 = "html_520",
        /// The cloud says 429 with `Retry-After`.
        Busy429 = "busy_429",
        /// The cloud says 429 without it.
        Busy429Bare = "busy_429_bare",
        /// A box says 503 without it.
        Busy503 = "busy_503",
        /// A box says 413 to a batch of more than one op.
        TooLarge413 = "too_large_413",
        /// The cloud says 401 for a while.
        Unauthorized = "unauthorized_flap",
        /// The cloud says 426 for a while.
        UpgradeRequired = "upgrade_required_flap",
        /// TLS fails for a while: the till's clock lies outside the certificate's days.
        TlsClock = "tls_clock",

        /// The program is killed.
        Kill = "kill",
        /// The program is killed in the middle of a sale, between its two media.
        KillBetweenMedia = "kill_between_media",
        /// The program is killed with work of the engine still to be done.
        KillAtEffect = "kill_at_effect",
        /// The program stands still for up to ten minutes.
        Pause = "pause",
        /// The machine sleeps: its monotonic clock stands still, its connections are gone.
        Suspend = "suspend_resume",
        /// A second instance of the program sends beside the first.
        TwoInstances = "two_instances",
        /// The program dies again and again at its start.
        CrashLoop = "crash_loop",
        /// Another version of the program is put in its place.
        VersionSwap = "version_swap",

        /// A crash tears what was not flushed yet.
        TornTail = "torn_tail",
        /// The disk acknowledged flushes that it had not done, on both media.
        LostSyncedTail = "lost_synced_tail",
        /// The vault lost its newest commits, the journal has them.
        VaultBehind = "vault_behind_journal",
        /// The journal is cut, the vault has everything.
        JournalCut = "journal_cut",
        /// A bit of one medium flips.
        BitFlip = "bit_flip",
        /// The same op rots on both media.
        RottenTwice = "rotten_on_both_media",
        /// The disk is full at a sale.
        DiskFull = "disk_full",
        /// The disk is read-only for a while.
        ReadOnly = "read_only",
        /// Each flush takes ten seconds for a while.
        SlowDisk = "slow_disk",
        /// Storing an answer or cutting a batch fails.
        StoreFails = "store_fails",
        /// The catalogue's file is thrown away.
        ShopFileLost = "shop_file_lost",
        /// An old copy of the disk is put back.
        RestoreOldCopy = "restore_old_copy",
        /// The disk is copied into a second machine.
        CloneCopy = "clone_copy",
        /// A running machine is resumed from a snapshot: same process, same segment.
        LiveRevert = "live_revert",
        /// A running machine is copied with its memory, and both go on.
        LiveClone = "live_clone",
        /// The disk is new; the key is not.
        WipedDisk = "wiped_disk",

        /// The wall clock jumps by up to ten years.
        ClockJump = "clock_jump",
        /// The wall clock jumps by a second or an hour.
        ClockNudge = "clock_nudge",
        /// The wall clock goes back over midnight.
        ClockBackADay = "clock_back_a_day",
        /// The wall clock stands still.
        ClockFrozen = "clock_frozen",
        /// The monotonic clock runs one percent off.
        ClockDrift = "clock_drift",

        /// The cloud is down for up to five minutes.
        CloudDown = "cloud_down",
        /// A transaction of the cloud fails and is rolled back.
        CloudError = "cloud_error",
        /// The cloud commits and dies before it answers.
        CrashAfterCommit = "crash_after_commit",
        /// A transaction of the cloud takes half a minute and is rolled back.
        StatementTimeout = "statement_timeout",
        /// No connection of the cloud's pool is free for a while.
        PoolExhausted = "pool_exhausted",
        /// A transaction is rolled back and done again, later.
        SerializationFailure = "serialization_failure",
        /// A fail-over loses the last commits, and the cloud knows it.
        FailOver = "fail_over_loses_commits",
        /// The cloud is restored from a copy, and knows it.
        CloudRestore = "cloud_restore",
        /// The cloud is an older one and does not know it.
        SilentRewind = "silent_rewind",
        /// A writer of head office holds the tenant's lock for up to a minute.
        SlowWriter = "slow_writer",
        /// Tombstones are forgotten.
        TombstonesForgotten = "tombstones_forgotten",
        /// The cloud is too old for an op, and is upgraded later.
        OldCloud = "old_cloud",

        /// An op of a type that nobody knows.
        UnknownType = "unknown_type",
        /// An op whose effects the cloud's database refuses.
        PoisonOp = "poison_op",
        /// An op of nearly a mebibyte.
        HugeOp = "huge_op",
        /// A backlog of hundreds of ops at once.
        Backlog = "backlog",
        /// A backlog of twenty thousand ops, rarely of 150,000.
        BigBacklog = "big_backlog",
        /// Head office changes hundreds of products at once.
        ProductFlood = "product_flood",
        /// Head office deletes a product that is sold.
        DeletedSold = "deleted_product_sold",
        /// One sale is given back on two tills.
        RefundTwice = "refund_twice",
        /// One cart is paid under two ops.
        CartPaidTwice = "cart_paid_twice",
        /// A shelf is counted while the shop sells.
        CountInSales = "count_in_sales",
        /// Two tills edit one product.
        EditOnTwoTills = "edit_on_two_tills",
        /// A price is edited while the product is sold.
        PriceVsSale = "price_vs_sale",
        /// Two people settle one conflict.
        SettledTwice = "settled_twice",
        /// One enrolment code is used for two tills.
        SameCodeTwice = "same_code_twice",
        /// A till is revoked in the middle of a push.
        Revoked = "revoked_mid_push",
        /// The shop goes over to another business in the middle of a push.
        TenantSwitch = "tenant_switch_mid_push",
        /// A till sends under another business's credential.
        WrongCredential = "wrong_credential",
        /// A person presses "Sync now" in the middle of everything.
        Impatience = "impatience",
        /// A person pauses the sending for a while.
        PausedByPerson = "paused_by_person",
    }
}
