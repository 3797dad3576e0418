//! What can go wrong and what must have been seen, by name, and how often it was.

mod elsewhere;
mod fault;
mod goal;

pub use fault::Fault;
pub use goal::Goal;

macro_rules! closed {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// Its word at the command line and in reports.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The one of a word.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == word)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
use closed;

/// How often each was met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    faults: Vec<u64>,
    goals: Vec<u64>,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            faults: vec![0; Fault::ALL.len()],
            goals: vec![0; Goal::ALL.len()],
        }
    }
}

impl Tally {
    /// How often a fault was injected.
    #[must_use]
    pub fn times(&self, fault: Fault) -> u64 {
        self.faults[fault as usize]
    }

    /// How often a goal was reached.
    #[must_use]
    pub fn reached(&self, goal: Goal) -> u64 {
        self.goals[goal as usize]
    }

    /// A fault was injected.
    pub fn met(&mut self, fault: Fault) {
        self.faults[fault as usize] += 1;
    }

    /// A goal was reached.
    pub fn saw(&mut self, goal: Goal) {
        self.goals[goal as usize] += 1;
    }

    /// Adds another run's.
    pub fn add(&mut self, other: &Self) {
        for (mine, theirs) in self.faults.iter_mut().zip(&other.faults) {
            *mine += theirs;
        }
        for (mine, theirs) in self.goals.iter_mut().zip(&other.goals) {
            *mine += theirs;
        }
    }

    /// Faults that were injected fewer times than that.
    pub fn rare(&self, least: u64) -> impl Iterator<Item = Fault> + '_ {
        let all = Fault::ALL.iter().copied();
        all.filter(move |fault| self.times(*fault) < least)
    }

    /// Goals that were never reached.
    pub fn missed(&self) -> impl Iterator<Item = Goal> + '_ {
        let all = Goal::ALL.iter().copied();
        all.filter(|goal| self.reached(*goal) == 0)
    }
}
