//! A line that counts what a till sends over it, headers and all.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context as _, Result};

/// The line; it ends with the program.
pub(crate) struct Meter {
    address: SocketAddr,
    sent: Arc<AtomicU64>,
}

impl Meter {
    /// A line to the cloud at `http://host:port`.
    pub(crate) fn to(url: &str) -> Result<Self> {
        let cloud: SocketAddr = url
            .strip_prefix("http://")
            .context("the cloud is on loopback")?
            .parse()?;
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let meter = Self {
            address: listener.local_addr()?,
            sent: Arc::default(),
        };
        let sent = Arc::clone(&meter.sent);
        std::thread::spawn(move || {
            for till in listener.incoming().flatten() {
                let sent = Arc::clone(&sent);
                std::thread::spawn(move || carry(till, cloud, &sent));
            }
        });
        Ok(meter)
    }

    /// Where the till reaches it.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Bytes that the till has sent.
    pub(crate) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }
}

fn carry(till: TcpStream, cloud: SocketAddr, sent: &AtomicU64) {
    let Ok(far) = TcpStream::connect(cloud) else {
        return;
    };
    let (Ok(mut back_from), Ok(mut back_to)) = (far.try_clone(), till.try_clone()) else {
        return;
    };
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut back_from, &mut back_to);
        let _ = back_to.shutdown(Shutdown::Write);
    });
    let (mut till, mut far) = (till, far);
    let mut piece = vec![0_u8; 64 * 1024];
    while let Ok(read) = till.read(&mut piece) {
        if read == 0 || far.write_all(&piece[..read]).is_err() {
            break;
        }
        sent.fetch_add(read as u64, Ordering::Relaxed);
    }
    let _ = far.shutdown(Shutdown::Write);
}
