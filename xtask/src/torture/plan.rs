//! What one round does to its programs: known before it begins, and written down beside its files.

/// What a till's data lies on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Medium {
    /// The build directory's own disk.
    Plain,
    /// A file system that loses what was not flushed when its power is cut.
    Lossy,
    /// The same, and once a till has joined on it it loses what was flushed as well: the torture must fail.
    Deaf,
    /// A small one that can be filled up.
    Small,
}

/// When a program dies: so long after its n-th acknowledgement, or after its start for none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) after: u64,
    pub(crate) then_us: u64,
}

/// One life of a till's program, and how it ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Deed {
    /// It rings, sends meanwhile or not, and is killed.
    Kill {
        sending: bool,
        every_ms: u64,
        at: Moment,
    },
    /// It only sends, and is killed.
    KillSending { then_us: u64 },
    /// It is stopped for a while, goes on, and is killed.
    Pause {
        at: Moment,
        pause_ms: u64,
        then_us: u64,
    },
    /// The power is cut.
    Cut {
        sending: bool,
        at: Moment,
        seed: u64,
    },
    /// The disk fills up to so many megabytes while it rings.
    Full { after: u64, leave_mb: u64 },
    /// Its clock is wrong, and jumps while it runs.
    Clock {
        offset_s: i64,
        jump_s: i64,
        at: Moment,
    },
    /// Its disk is copied.
    Backup,
    /// The copy's vault is put back beside the journal of today.
    OldVault,
    /// The whole copy is put back.
    OldTill,
    /// The disk is copied to a second machine.
    Clone,
}

/// What happens beside the tills, so much later than what happened before.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Elsewhere {
    KillCloud {
        down_ms: u64,
    },
    CutCloud {
        seed: u64,
    },
    StopCloud {
        ms: u64,
    },
    KillLine {
        down_ms: u64,
        seed: u64,
        per_mille: u64,
    },
    StopLine {
        ms: u64,
    },
    CloudClock {
        offset_s: i64,
    },
    CopyCloud,
    RollBack {
        said: bool,
    },
}

/// One till: its disk, and its lives; the number chooses the machine where there are two.
#[derive(Debug)]
pub(crate) struct TillPlan {
    pub(crate) medium: Medium,
    pub(crate) deeds: Vec<(u64, Deed)>,
}

/// A round.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) postgres: bool,
    /// What the cloud's file lies on, if it is a file.
    pub(crate) cloud: Medium,
    pub(crate) line_seed: u64,
    pub(crate) per_mille: u64,
    pub(crate) tills: Vec<TillPlan>,
    pub(crate) elsewhere: Vec<(u64, Elsewhere)>,
}

/// What may be drawn at all: what this machine has, and what was asked for.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a thing that is there or not"
)]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Means {
    pub(crate) sqlite: bool,
    pub(crate) postgres: bool,
    pub(crate) lossy: bool,
    pub(crate) small: bool,
    pub(crate) faketime: bool,
}

impl Plan {
    /// All disks that forget are deaf as well: what the bench must find.
    pub(crate) fn deafened(mut self) -> Self {
        for till in &mut self.tills {
            if till.medium == Medium::Lossy {
                till.medium = Medium::Deaf;
            }
        }
        self
    }

    /// Whether the cloud's tables go back to an older day.
    pub(crate) fn rolls_back(&self) -> bool {
        let back = |(_, what): &(u64, Elsewhere)| matches!(what, Elsewhere::RollBack { .. });
        self.elsewhere.iter().any(back)
    }

    /// A few of everything that this machine can do, always the same: for the test command.
    pub(crate) fn small(means: Means) -> Self {
        let at = |after| Moment {
            after,
            then_us: 5_000,
        };
        let (sending, every_ms) = (true, 0);
        let kill = |after| Deed::Kill {
            sending,
            every_ms,
            at: at(after),
        };
        let mut first = vec![
            kill(0),
            kill(5),
            kill(9),
            Deed::KillSending { then_us: 200_000 },
        ];
        let mut second = vec![kill(3), kill(7), kill(2)];
        let mut media = [Medium::Plain, Medium::Plain];
        if means.lossy {
            media[0] = Medium::Lossy;
            for seed in 1..=3 {
                first.push(Deed::Cut {
                    sending,
                    at: at(4),
                    seed,
                });
            }
        }
        if means.small {
            media[1] = Medium::Small;
            second.push(Deed::Full {
                after: 3,
                leave_mb: 1,
            });
        }
        if means.faketime {
            let (offset_s, jump_s) = (90_000, -80_000_000);
            second.push(Deed::Clock {
                offset_s,
                jump_s,
                at: at(3),
            });
        }
        for after in [0, 2, 11, 4, 8, 1] {
            first.push(kill(after));
            second.push(kill(after + 3));
        }
        let tills = media
            .into_iter()
            .zip([first, second])
            .map(|(medium, deeds)| TillPlan {
                medium,
                deeds: deeds.into_iter().map(|deed| (0, deed)).collect(),
            });
        let down_ms = 100;
        Self {
            postgres: false,
            cloud: if means.lossy {
                Medium::Lossy
            } else {
                Medium::Plain
            },
            line_seed: 20_261_120,
            per_mille: 15,
            tills: tills.collect(),
            elsewhere: vec![
                (500, Elsewhere::KillCloud { down_ms }),
                (
                    500,
                    Elsewhere::KillLine {
                        down_ms,
                        seed: 1,
                        per_mille: 15,
                    },
                ),
                (500, Elsewhere::CutCloud { seed: 4 }),
            ],
        }
    }
}
