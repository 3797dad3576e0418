//! The interpreter beside us: bytes go in, what they put on paper comes back.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

/// What it read.
pub(super) struct Read {
    /// Line by line; nothing: a picture.
    pub(super) rows: Vec<Option<String>>,
    /// Letters behind the last line feed.
    pub(super) unfinished: String,
    pub(super) qr: Vec<String>,
    pub(super) unknown: Vec<String>,
    pub(super) cuts: usize,
    pub(super) drawer_pulses: usize,
    pub(super) widest_picture: usize,
}

struct Running {
    child: Child,
    jobs: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads one job.
pub(super) fn read(job: &[u8]) -> Read {
    static RUNNING: Mutex<Option<Running>> = Mutex::new(None);
    let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    let running = running.get_or_insert_with(start);
    let length = u32::try_from(job.len()).expect("a receipt is short");
    let sent = running.jobs.write_all(&length.to_le_bytes());
    sent.and_then(|()| running.jobs.write_all(job))
        .and_then(|()| running.jobs.flush())
        .expect("the interpreter takes the job");
    let mut line = String::new();
    running
        .answers
        .read_line(&mut line)
        .expect("the interpreter answers");
    let answer: Value = serde_json::from_str(&line).expect("it answers with JSON");
    let texts = |name: &str| -> Vec<String> {
        let list = answer[name].as_array().cloned().unwrap_or_default();
        list.iter()
            .filter_map(|text| text.as_str().map(str::to_owned))
            .collect()
    };
    let number = |name: &str| {
        let number = answer[name].as_u64().expect("a number");
        usize::try_from(number).unwrap_or(usize::MAX)
    };
    let rows = answer["rows"].as_array().expect("rows");
    Read {
        rows: rows
            .iter()
            .map(|row| row.as_str().map(str::to_owned))
            .collect(),
        unfinished: answer["unfinished"].as_str().unwrap_or("?").to_owned(),
        qr: texts("qr"),
        unknown: texts("unknown"),
        cuts: number("cuts"),
        drawer_pulses: number("drawer_pulses"),
        widest_picture: number("widest_picture"),
    }
}

fn start() -> Running {
    let here = std::env::var_os("CARGO_MANIFEST_DIR");
    let here = PathBuf::from(here.unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into()));
    let roots = here.ancestors();
    let program = roots
        .map(|root| root.join("target/tools/escpos-reader/release/escpos-reader"))
        .find(|program| program.is_file())
        .expect("the receipt reader is built: cargo xtask test and cargo xtask fuzz do it");
    let mut child = Command::new(program)
        .arg("--jobs")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the receipt reader starts");
    let jobs = child.stdin.take().expect("it has an input");
    let answers = child.stdout.take().expect("it has an output");
    Running {
        child,
        jobs,
        answers: BufReader::new(answers),
    }
}
