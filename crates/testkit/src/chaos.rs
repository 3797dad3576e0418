//! A proxy between a till and its cloud that does what networks do.
//!
//! Owns the faults of one line: a request that never arrives, a reply that never comes back, delay,
//! a request delivered twice, a request delivered late and after its successor, a reply cut in the
//! middle, dripping or of another length than it says, and answers of boxes on the way (500, 503 with
//! `Retry-After`, 413, a portal's page or redirection, a bomb). Each is drawn from a seed and counted.
//!
//! Promises: what it passes on, it passes on byte for byte; it invents answers, never requests.
//! One request a connection, so that a fault meets exactly one call.

mod answers;
mod message;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use message::{Request, ask, read_request};

/// What may happen to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// It never arrives.
    DropRequest,
    /// It arrives and its reply does not.
    DropReply,
    /// It takes a while.
    Delay,
    /// It arrives twice.
    Duplicate,
    /// It arrives late: after the request that follows it.
    Reorder,
    /// Its reply breaks off in the middle.
    CutReply,
    /// A box on the way fails.
    Error500,
    /// A box on the way asks for patience.
    Busy503,
    /// It is called too large, in the cloud's own words if it is more than a few ops.
    TooLarge413,
    /// A captive portal answers, with status 200.
    Garbage,
    /// A captive portal sends it elsewhere.
    Redirect,
    /// The reply drips, and breaks off.
    SlowLoris,
    /// The reply says another length than it has.
    WrongLength,
    /// A small answer that unpacks to very much, gzip.
    GzipBomb,
    /// The same, zstd.
    ZstdBomb,
}

impl Fault {
    /// What takes no more than a moment: for tests that wait for each of them.
    pub const QUICK: [Self; 10] = [
        Self::DropRequest,
        Self::DropReply,
        Self::Delay,
        Self::Duplicate,
        Self::Reorder,
        Self::CutReply,
        Self::Error500,
        Self::Busy503,
        Self::TooLarge413,
        Self::Garbage,
    ];

    /// Every fault.
    pub const ALL: [Self; 15] = [
        Self::DropRequest,
        Self::DropReply,
        Self::Delay,
        Self::Duplicate,
        Self::Reorder,
        Self::CutReply,
        Self::Error500,
        Self::Busy503,
        Self::TooLarge413,
        Self::Garbage,
        Self::Redirect,
        Self::SlowLoris,
        Self::WrongLength,
        Self::GzipBomb,
        Self::ZstdBomb,
    ];
}

/// What befalls a line.
#[derive(Debug)]
pub struct Weather {
    /// Drawn from.
    pub seed: u64,
    /// Of each thousand requests so many meet each of the faults.
    pub per_mille: u64,
    /// Which faults.
    pub faults: &'static [Fault],
    /// Each fault's name is appended here, a line each, as it happens.
    pub told: Option<File>,
}

/// Bodies larger than this are refused by `TooLarge413` in the cloud's own words, bytes as sent.
const LARGE_BYTES: usize = 4_096;
/// How long a delayed request is held.
const DELAY: Duration = Duration::from_millis(40);

/// The pause between two drops of a dripping reply, and how many drops come.
const DRIP: Duration = Duration::from_millis(40);
const DRIPS: usize = 40;

/// The proxy; it ends with the test's process.
pub struct Chaos {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    cloud: SocketAddr,
    per_mille: u64,
    faults: &'static [Fault],
    told: Option<File>,
    calm: AtomicBool,
    state: Mutex<State>,
}

struct State {
    dice: u64,
    met: BTreeMap<Fault, u32>,
    passed: u32,
    late: Vec<Request>,
}

impl Chaos {
    /// A line to a cloud on which each quick fault meets `per_mille` of a thousand requests.
    ///
    /// # Panics
    /// If no port can be had, or if the rates add up to more than every request.
    #[must_use]
    pub fn to(cloud: SocketAddr, seed: u64, per_mille: u64) -> Self {
        let weather = Weather {
            seed,
            per_mille,
            faults: &Fault::QUICK,
            told: None,
        };
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        Self::between(any, cloud, weather).expect("a port")
    }

    /// A line from an address to a cloud in this weather.
    ///
    /// # Errors
    /// The address is taken.
    ///
    /// # Panics
    /// If the rates add up to more than every request.
    pub fn between(from: SocketAddr, cloud: SocketAddr, weather: Weather) -> std::io::Result<Self> {
        assert!(
            weather.per_mille * weather.faults.len() as u64 <= 1_000,
            "{} of a thousand for each of {} faults is more than all",
            weather.per_mille,
            weather.faults.len()
        );
        let listener = TcpListener::bind(from)?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            cloud,
            per_mille: weather.per_mille,
            faults: weather.faults,
            told: weather.told,
            calm: AtomicBool::new(false),
            state: Mutex::new(State {
                dice: weather.seed | 1,
                met: BTreeMap::new(),
                passed: 0,
                late: Vec::new(),
            }),
        });
        let carried = Arc::clone(&shared);
        std::thread::spawn(move || {
            for till in listener.incoming().flatten() {
                let shared = Arc::clone(&carried);
                std::thread::spawn(move || shared.carry(till));
            }
        });
        Ok(Self { address, shared })
    }

    /// From now on nothing happens to a request, and what was held back arrives.
    pub fn calm_down(&self) {
        self.shared.calm.store(true, Ordering::SeqCst);
        let late = std::mem::take(&mut self.shared.lock().late);
        for request in late {
            let _ = ask(self.shared.cloud, &request);
        }
    }

    /// Where the till reaches it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How often each fault met a request.
    #[must_use]
    pub fn met(&self) -> BTreeMap<Fault, u32> {
        self.shared.lock().met.clone()
    }

    /// How many requests met none.
    #[must_use]
    pub fn passed(&self) -> u32 {
        self.shared.lock().passed
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn draw(&self) -> Option<Fault> {
        let mut state = self.lock();
        // xorshift64*: enough for a coin, and the same on every machine.
        state.dice ^= state.dice >> 12;
        state.dice ^= state.dice << 25;
        state.dice ^= state.dice >> 27;
        let drawn = state.dice.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        let at = usize::try_from(drawn % 1_000 / self.per_mille.max(1)).unwrap_or(usize::MAX);
        let fault = self.faults.get(at).copied();
        let calm = self.per_mille == 0 || self.calm.load(Ordering::SeqCst);
        let fault = fault.filter(|_| !calm);
        match fault {
            Some(fault) => *state.met.entry(fault).or_default() += 1,
            None => state.passed += 1,
        }
        if let (Some(fault), Some(mut told)) = (fault, self.told.as_ref()) {
            // A count that is lost is no fault of the line.
            let _ = writeln!(told, "{fault:?}");
        }
        fault
    }

    fn carry(&self, mut till: TcpStream) {
        let Some(request) = read_request(&mut till) else {
            return;
        };
        let fault = self.draw();
        let said = self.meet(fault, &request);
        match said {
            Some(bytes) if fault == Some(Fault::SlowLoris) => drip(&mut till, &bytes),
            Some(bytes) => drop(till.write_all(&bytes)),
            None => {}
        }
        let _ = till.shutdown(Shutdown::Both);
        // What was held back arrives after its successor.
        let late = std::mem::take(&mut self.lock().late);
        for request in late {
            let _ = ask(self.cloud, &request);
        }
    }

    /// What the till hears; `None`: the line breaks without a word.
    fn meet(&self, fault: Option<Fault>, request: &Request) -> Option<Vec<u8>> {
        match fault {
            None | Some(Fault::SlowLoris) => ask(self.cloud, request),
            Some(Fault::DropRequest) => None,
            Some(Fault::DropReply) => {
                let _ = ask(self.cloud, request);
                None
            }
            Some(Fault::Delay) => {
                std::thread::sleep(DELAY);
                ask(self.cloud, request)
            }
            Some(Fault::Duplicate) => {
                let _ = ask(self.cloud, request);
                ask(self.cloud, request)
            }
            Some(Fault::Reorder) => {
                self.hold_back(request);
                None
            }
            Some(Fault::CutReply) => ask(self.cloud, request).map(|mut reply| {
                reply.truncate(reply.len() * 2 / 3);
                reply
            }),
            Some(Fault::Error500) => Some(answers::FAILED.to_vec()),
            Some(Fault::Busy503) => Some(answers::PATIENCE.to_vec()),
            Some(Fault::TooLarge413) if request.body_bytes() > LARGE_BYTES => {
                Some(answers::our_413())
            }
            Some(Fault::TooLarge413) => Some(answers::BOX_413.to_vec()),
            Some(Fault::Garbage) => Some(answers::PORTAL.to_vec()),
            Some(Fault::Redirect) => Some(answers::ELSEWHERE.to_vec()),
            Some(Fault::WrongLength) => ask(self.cloud, request).map(answers::of_another_length),
            Some(Fault::GzipBomb) => Some(answers::bomb("gzip")),
            Some(Fault::ZstdBomb) => Some(answers::bomb("zstd")),
        }
    }

    /// Kept until the next request has been answered.
    fn hold_back(&self, request: &Request) {
        let held = request.clone();
        let state = &mut *self.lock();
        state.late.push(held);
    }
}

/// A few bytes at a time, and never all of them.
fn drip(till: &mut TcpStream, bytes: &[u8]) {
    let piece = bytes.len() / DRIPS + 1;
    for drop in bytes.chunks(piece).take(DRIPS - 1) {
        if till.write_all(drop).is_err() {
            return;
        }
        std::thread::sleep(DRIP);
    }
}
