//! A proxy between a till and its cloud that does what networks do.
//!
//! Owns the faults of one line: a request that never arrives, a reply that never comes back, delay,
//! a request delivered twice, a request delivered late and after its successor, a reply cut in the
//! middle, and answers of boxes on the way (500, 503 with `Retry-After`, 413, garbage with status
//! 200). Each is drawn from a seed, with a rate of its own, and counted.
//!
//! Promises: what it passes on, it passes on byte for byte; it invents answers, never requests.
//! One request a connection, so that a fault meets exactly one call.

mod message;

use std::collections::BTreeMap;
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
}

impl Fault {
    /// Every fault.
    pub const ALL: [Self; 10] = [
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
}

/// Bodies larger than this are refused by `TooLarge413` in the cloud's own words, bytes as sent.
const LARGE_BYTES: usize = 4_096;
/// How long a delayed request is held.
const DELAY: Duration = Duration::from_millis(40);

const PORTAL: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 27\r\nconnection: close\r\n\r\n<html>Accept our terms</htm";
const FAILED: &[u8] = b"HTTP/1.1 500 Internal Server Error\r\ncontent-type: text/html\r\ncontent-length: 4\r\nconnection: close\r\n\r\noops";
const PATIENCE: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
const BOX_413: &[u8] =
    b"HTTP/1.1 413 Content Too Large\r\ncontent-type: text/html\r\ncontent-length: 4\r\nconnection: close\r\n\r\nlong";

/// The proxy; it ends with the test's process.
pub struct Chaos {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    cloud: SocketAddr,
    /// Of each thousand requests so many meet a fault of each kind.
    per_mille: u64,
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
    /// A line to a cloud on which each fault meets `per_mille` of a thousand requests.
    ///
    /// # Panics
    /// If no port can be had, or if the rates add up to more than every request.
    #[must_use]
    pub fn to(cloud: SocketAddr, seed: u64, per_mille: u64) -> Self {
        assert!(
            per_mille * Fault::ALL.len() as u64 <= 1_000,
            "{per_mille} of a thousand for each of {} faults is more than all",
            Fault::ALL.len()
        );
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared {
            cloud,
            per_mille,
            calm: AtomicBool::new(false),
            state: Mutex::new(State {
                dice: seed | 1,
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
        Self { address, shared }
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
        let fault = Fault::ALL.get(at).copied();
        let calm = self.per_mille == 0 || self.calm.load(Ordering::SeqCst);
        let fault = fault.filter(|_| !calm);
        match fault {
            Some(fault) => *state.met.entry(fault).or_default() += 1,
            None => state.passed += 1,
        }
        fault
    }

    fn carry(&self, mut till: TcpStream) {
        let Some(request) = read_request(&mut till) else {
            return;
        };
        let said = self.meet(self.draw(), &request);
        if let Some(bytes) = said {
            let _ = till.write_all(&bytes);
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
            None => ask(self.cloud, request),
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
            Some(Fault::Error500) => Some(FAILED.to_vec()),
            Some(Fault::Busy503) => Some(PATIENCE.to_vec()),
            Some(Fault::TooLarge413) if request.body_bytes() > LARGE_BYTES => Some(our_413()),
            Some(Fault::TooLarge413) => Some(BOX_413.to_vec()),
            Some(Fault::Garbage) => Some(PORTAL.to_vec()),
        }
    }

    /// Kept until the next request has been answered.
    fn hold_back(&self, request: &Request) {
        let held = request.clone();
        let state = &mut *self.lock();
        state.late.push(held);
    }
}

/// The refusal that halves a batch, as the cloud itself would say it.
fn our_413() -> Vec<u8> {
    let refusal = protocol::error::ApiError::new(
        protocol::error::ApiCode::TooLarge,
        "the body is larger than this line takes: send less at once",
    );
    let body = serde_json::to_string(&refusal).unwrap_or_default();
    format!(
        "HTTP/1.1 413 Content Too Large\r\ncontent-type: {}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        protocol::error::MEDIA_TYPE,
        body.len()
    )
    .into_bytes()
}
