//! A line between a till and a cloud that can be cut: the request arrives, the reply is lost.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What happens to a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Both ways are open.
    Open,
    /// The request arrives whole; nothing of the reply comes back.
    RepliesLost,
    /// Whoever connects gets these bytes and nothing else.
    Says(&'static [u8]),
    /// A request that holds these words is kept; its answer trickles and never ends.
    Keeps(&'static str),
}

/// The line; it ends with the test's process.
pub struct Line {
    address: SocketAddr,
    cut: Arc<Mutex<Cut>>,
    lost: Arc<AtomicU32>,
    kept: Arc<AtomicU32>,
}

impl Line {
    /// A line to a cloud.
    pub fn to(cloud: SocketAddr, cut: Cut) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let line = Self {
            address: listener.local_addr().expect("an address"),
            cut: Arc::new(Mutex::new(cut)),
            lost: Arc::default(),
            kept: Arc::default(),
        };
        let (cut, lost) = (Arc::clone(&line.cut), Arc::clone(&line.lost));
        let kept = Arc::clone(&line.kept);
        std::thread::spawn(move || {
            for till in listener.incoming().flatten() {
                let now = *cut.lock().unwrap_or_else(PoisonError::into_inner);
                let (lost, kept) = (Arc::clone(&lost), Arc::clone(&kept));
                std::thread::spawn(move || carry(till, cloud, now, &lost, &kept));
            }
        });
        line
    }

    /// From the next connection on.
    pub fn set(&self, cut: Cut) {
        *self.cut.lock().unwrap_or_else(PoisonError::into_inner) = cut;
    }

    /// How many replies were lost.
    pub fn lost(&self) -> u32 {
        self.lost.load(Ordering::SeqCst)
    }

    /// How many requests were kept.
    pub fn kept(&self) -> u32 {
        self.kept.load(Ordering::SeqCst)
    }

    /// Where the till reaches it.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

fn carry(
    mut till: TcpStream,
    cloud: SocketAddr,
    cut: Cut,
    lost: &AtomicU32,
    kept: &Arc<AtomicU32>,
) {
    if let Cut::Says(bytes) = cut {
        let mut request = [0_u8; 4096];
        let _ = till.read(&mut request);
        let _ = till.write_all(bytes);
        let _ = till.shutdown(Shutdown::Write);
        // What is still coming is read away, so that the answer is not reset.
        let _ = std::io::copy(&mut till, &mut std::io::sink());
        return;
    }
    let Ok(far) = TcpStream::connect(cloud) else {
        return;
    };
    let (Ok(mut from_till), Ok(mut to_cloud)) = (till.try_clone(), far.try_clone()) else {
        return;
    };
    let kept = Arc::clone(kept);
    std::thread::spawn(move || {
        if let Cut::Keeps(words) = cut {
            carry_until(words, &mut from_till, &mut to_cloud, &kept);
        } else {
            let _ = std::io::copy(&mut from_till, &mut to_cloud);
        }
        let _ = to_cloud.shutdown(Shutdown::Write);
    });
    let mut far = far;
    if matches!(cut, Cut::Open | Cut::Keeps(_)) {
        let _ = std::io::copy(&mut far, &mut till);
        let _ = till.shutdown(Shutdown::Write);
        return;
    }
    // The first byte of the reply proves that the cloud has done it; the till never hears.
    let mut reply = [0_u8; 1];
    if far.read(&mut reply).is_ok_and(|read| read > 0) {
        lost.fetch_add(1, Ordering::SeqCst);
    }
    let _ = till.shutdown(Shutdown::Both);
    let _ = far.shutdown(Shutdown::Both);
}

/// Carries requests until one holds the words; that one is answered a letter at a time, without end.
fn carry_until(words: &str, till: &mut TcpStream, cloud: &mut TcpStream, kept: &AtomicU32) {
    let mut request = [0_u8; 16 * 1024];
    while let Ok(read @ 1..) = till.read(&mut request) {
        if String::from_utf8_lossy(&request[..read]).contains(words) {
            kept.fetch_add(1, Ordering::SeqCst);
            let media_type = protocol::error::MEDIA_TYPE;
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: {media_type}\r\ncontent-length: 99999\r\n\r\n"
            );
            let _ = till.write_all(head.as_bytes());
            // Blanks may stand before any JSON: nothing is wrong with this answer but that it does not end.
            while till.write_all(b" ").is_ok() {
                std::thread::park_timeout(std::time::Duration::from_secs(1));
            }
            return;
        }
        if cloud.write_all(&request[..read]).is_err() {
            return;
        }
    }
}
