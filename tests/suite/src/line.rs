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
}

/// The line; it ends with the test's process.
pub struct Line {
    address: SocketAddr,
    cut: Arc<Mutex<Cut>>,
    lost: Arc<AtomicU32>,
}

impl Line {
    /// A line to a cloud.
    pub fn to(cloud: SocketAddr, cut: Cut) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let line = Self {
            address: listener.local_addr().expect("an address"),
            cut: Arc::new(Mutex::new(cut)),
            lost: Arc::default(),
        };
        let (cut, lost) = (Arc::clone(&line.cut), Arc::clone(&line.lost));
        std::thread::spawn(move || {
            for till in listener.incoming().flatten() {
                let now = *cut.lock().unwrap_or_else(PoisonError::into_inner);
                let lost = Arc::clone(&lost);
                std::thread::spawn(move || carry(till, cloud, now, &lost));
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

    /// Where the till reaches it.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

fn carry(mut till: TcpStream, cloud: SocketAddr, cut: Cut, lost: &AtomicU32) {
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
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut from_till, &mut to_cloud);
        let _ = to_cloud.shutdown(Shutdown::Write);
    });
    let mut far = far;
    if cut == Cut::Open {
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
