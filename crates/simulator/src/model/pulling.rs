//! A reader pages through rows while writers commit late.
//!
//! Row versions come from one counter. Taken under the lock that commits them, the order of commits is the
//! order of versions, and a reader that stands at a version has missed nothing below it. Taken earlier, a row
//! commits below the place where a reader already stands, and it is never seen: the first wrong variant. The
//! others fix the end of a round at its first page, and publish each page as it comes.

use std::collections::{BTreeMap, BTreeSet};

use stateright::{Model, Property};

/// When a writer takes its version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Versions {
    /// Under the lock that commits the row.
    UnderTheLock,
    /// When it begins.
    AtTheBeginning,
}

/// Where the bound of a round of pages lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// There is none: a row that changes while paging moves to the end and is delivered there.
    None,
    /// What the first page saw: rows that change meanwhile are missing from the round.
    FirstPage,
}

/// When the till sells by what it fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Publishing {
    /// When the round is whole.
    Whole,
    /// At each page.
    EachPage,
}

/// Two rows, two writers, one reader with pages of one row.
#[derive(Clone, Copy, Debug)]
pub struct Pulling {
    /// When versions are taken.
    pub versions: Versions,
    /// Where a round ends.
    pub bound: Bound,
    /// When pages are published.
    pub publishing: Publishing,
    /// How often rows are written.
    pub writes: u8,
}

/// The state.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Book {
    /// The counter.
    clock: u8,
    /// Committed rows: version and value.
    rows: BTreeMap<u8, (u8, u8)>,
    /// Writers under way: row, value, and the version if it is taken already.
    writing: BTreeSet<(u8, u8, Option<u8>)>,
    writes_left: u8,
    /// Where the reader stands.
    at: u8,
    /// The bound of this round, if there is one.
    upto: Option<u8>,
    staged: BTreeMap<u8, u8>,
    published: BTreeMap<u8, u8>,
    /// What the table held when the reader last published.
    owed: BTreeMap<u8, u8>,
}

/// What happens next.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Turn {
    /// A writer begins to change a row.
    Begin(u8),
    /// A writer commits.
    Commit((u8, u8, Option<u8>)),
    /// The reader fetches the next row, and publishes if it was the last.
    Page,
}

impl Model for Pulling {
    type State = Book;
    type Action = Turn;

    fn init_states(&self) -> Vec<Book> {
        vec![Book {
            writes_left: self.writes,
            ..Book::default()
        }]
    }

    fn actions(&self, book: &Book, turns: &mut Vec<Turn>) {
        if book.writes_left > 0 {
            turns.extend([0, 1].map(Turn::Begin));
        }
        turns.extend(book.writing.iter().copied().map(Turn::Commit));
        turns.push(Turn::Page);
    }

    fn next_state(&self, before: &Book, turn: Turn) -> Option<Book> {
        let mut book = before.clone();
        match turn {
            Turn::Begin(row) => {
                let early = self.versions == Versions::AtTheBeginning;
                let version = early.then(|| book.tick());
                // The value names the write: no two are alike.
                let value = book.writes_left;
                book.writes_left -= 1;
                book.writing.insert((row, value, version));
            }
            Turn::Commit(write) => {
                book.writing.remove(&write);
                let (row, value, taken) = write;
                let version = taken.unwrap_or_else(|| book.tick());
                book.rows.insert(row, (version, value));
            }
            Turn::Page => book.page(self.bound, self.publishing),
        }
        (book != *before).then_some(book)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(
                "what is published is what the table held",
                |_, book: &Book| book.published == book.owed,
            ),
            Property::sometimes(
                "a row changed while a reader was paging",
                |_, book: &Book| {
                    !book.staged.is_empty()
                        && book.rows.values().any(|(version, _)| *version > book.at)
                },
            ),
        ]
    }
}

impl Book {
    fn tick(&mut self) -> u8 {
        self.clock += 1;
        self.clock
    }

    /// One page of one row, the lowest version above the cursor.
    fn page(&mut self, bound: Bound, publishing: Publishing) {
        let upto = match bound {
            Bound::None => u8::MAX,
            Bound::FirstPage => *self.upto.get_or_insert(self.clock),
        };
        let ahead = |after: u8| {
            let rows = self.rows.iter();
            let above = rows.filter(move |(_, (version, _))| *version > after && *version <= upto);
            above.min_by_key(|(_, (version, _))| *version)
        };
        if let Some((row, (version, value))) = ahead(self.at).map(|(row, it)| (*row, *it)) {
            self.at = version;
            let more = ahead(version).is_some();
            self.staged.insert(row, value);
            if more && publishing == Publishing::Whole {
                return;
            }
        }
        // `more = false`: what the reader holds must be this very snapshot.
        self.published.extend(std::mem::take(&mut self.staged));
        self.owed = self
            .rows
            .iter()
            .map(|(row, (_, value))| (*row, *value))
            .collect();
        if let Some(upto) = self.upto.take() {
            self.at = self.at.max(upto);
        }
    }
}
