//! The journal's own thread: it writes and flushes while the writer commits.
//!
//! Promises that an answer means "flushed". Room ahead is made only when nothing waits.

use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;

use journal::{Entry, Journal, JournalError};

use crate::error::VaultError;

enum Task {
    Append(Vec<Entry>),
    MakeRoom,
}

/// What an append answered: where the newest flushed write begins.
type Appended = Result<u64, JournalError>;

/// The writer's end of the journal thread; ending it ends the thread.
pub(crate) struct JournalThread {
    tasks: Option<SyncSender<Task>>,
    answers: Receiver<Appended>,
    thread: Option<JoinHandle<()>>,
}

impl JournalThread {
    pub(crate) fn start(journal: Journal) -> std::io::Result<Self> {
        let (tasks, todo) = sync_channel(4);
        let (answer, answers) = channel();
        let thread = std::thread::Builder::new()
            .name("journal".into())
            .spawn(move || run(journal, &todo, &answer))?;
        Ok(Self {
            tasks: Some(tasks),
            answers,
            thread: Some(thread),
        })
    }

    /// Starts an append; [`JournalThread::await_append`] gives its answer.
    pub(crate) fn start_append(&self, entries: Vec<Entry>) -> Result<(), VaultError> {
        self.send(Task::Append(entries))
    }

    /// Waits until the append that was started is flushed.
    pub(crate) fn await_append(&self) -> Result<u64, VaultError> {
        Ok(self.answers.recv().map_err(|_| VaultError::Closed)??)
    }

    /// Asks for room ahead; answers nothing.
    pub(crate) fn make_room(&self) {
        if let Some(tasks) = &self.tasks {
            let _ = tasks.try_send(Task::MakeRoom);
        }
    }

    /// Waits until everything asked so far is done.
    pub(crate) fn settle(&self) -> Result<(), VaultError> {
        self.start_append(Vec::new())?;
        // A journal that has failed says so to the next append.
        self.await_append().map(drop)
    }

    fn send(&self, task: Task) -> Result<(), VaultError> {
        let tasks = self.tasks.as_ref().ok_or(VaultError::Closed)?;
        tasks.send(task).map_err(|_| VaultError::Closed)
    }
}

impl Drop for JournalThread {
    fn drop(&mut self) {
        self.tasks = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(mut journal: Journal, todo: &Receiver<Task>, answers: &Sender<Appended>) {
    while let Ok(task) = todo.recv() {
        match task {
            Task::Append(entries) => {
                let appended = journal.append_entries(&entries).map(|()| journal.mark());
                if answers.send(appended).is_err() {
                    return;
                }
            }
            Task::MakeRoom => {
                if let Err(error) = journal.make_room() {
                    tracing::warn!(%error, "no room could be made ahead in the journal");
                }
            }
        }
    }
}
