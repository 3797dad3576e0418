//! The process's outside: a socket, a router, an orderly end.
//!
//! Promises that everything in flight when asked to stop is answered before the process ends, or
//! cut off by its own time-out.

mod door;
mod tending;

use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::str::FromStr;
use std::sync::Arc;

use protocol::ports::{Clock, Entropy};
use tokio::net::TcpListener;

use crate::routes;
use crate::store::Store;

/// Time and randomness, as the cloud takes them.
#[derive(Clone)]
pub struct Ports {
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where codes, tokens and ids come from.
    pub entropy: Arc<dyn Entropy>,
}

/// How a process serves, beyond what its database says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manners {
    /// The oldest program that may say hello and push; `None`: every version ever shipped.
    pub min_app: Option<AppVersion>,
    /// How many connections are held at once; further ones wait to be taken.
    pub max_connections: usize,
}

impl Default for Manners {
    fn default() -> Self {
        Self {
            min_app: None,
            max_connections: 2_048,
        }
    }
}

/// A program's version: numbers with dots; what follows them is not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AppVersion([u32; 3]);

impl AppVersion {
    /// Reads a version such as `1.4.0`; `None` if it does not begin with a number.
    pub fn read(text: &str) -> Option<Self> {
        let mut numbers = [0; 3];
        let parts = text.trim().splitn(3, '.');
        for (number, (place, part)) in numbers.iter_mut().zip(parts.enumerate()) {
            let digits = part.find(|c: char| !c.is_ascii_digit());
            let digits = part.get(..digits.unwrap_or(part.len()))?;
            match digits.parse() {
                Ok(read) => *number = read,
                Err(_) if place > 0 => break,
                Err(_) => return None,
            }
        }
        Some(Self(numbers))
    }
}

impl FromStr for AppVersion {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::read(text).ok_or_else(|| format!("{text:?} is no version such as 1.4.0"))
    }
}

impl fmt::Display for AppVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.0;
        write!(f, "{major}.{minor}.{patch}")
    }
}

/// A cloud that has its socket and has not yet answered on it.
pub struct Cloud {
    listener: TcpListener,
    address: SocketAddr,
    router: axum::Router,
    max_connections: usize,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

impl Cloud {
    /// Takes the address; port 0 takes a free one.
    pub async fn bind(listen: SocketAddr, store: Arc<dyn Store>, ports: Ports) -> io::Result<Self> {
        Self::bind_with(listen, store, ports, Manners::default()).await
    }

    /// The same with manners of its own.
    pub async fn bind_with(
        listen: SocketAddr,
        store: Arc<dyn Store>,
        ports: Ports,
        manners: Manners,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(listen).await.map_err(|error| {
            let words = format!("cannot listen on {listen}: {error}; choose another --listen");
            io::Error::new(error.kind(), words)
        })?;
        Ok(Self {
            address: listener.local_addr()?,
            listener,
            max_connections: manners.max_connections,
            store: Arc::clone(&store),
            clock: Arc::clone(&ports.clock),
            router: routes::router(store, ports, manners),
        })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until `stop` comes true, then finishes what it has begun.
    pub async fn serve_until(
        self,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        tracing::info!(address = %self.address, "serving");
        let tending = tending::tend(self.store, self.clock, tending::FIRST);
        tokio::select! {
            () = door::serve(self.listener, self.router, self.max_connections, stop) => {}
            never = tending => match never {},
        }
        tracing::info!("stopped");
        Ok(())
    }
}

/// Comes true on SIGTERM or SIGINT, and when asked to, also when standard input closes.
pub async fn asked_to_stop(with_parent: bool) {
    tokio::select! {
        () = interrupted() => {}
        () = terminated() => {}
        () = orphaned(with_parent) => {}
    }
}

async fn interrupted() {
    // Where the signal cannot be listened for, it still ends the process, only less orderly.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut signals) => {
            signals.recv().await;
        }
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending::<()>().await;
}

async fn orphaned(with_parent: bool) {
    if !with_parent {
        return std::future::pending().await;
    }
    let (closed, until_closed) = tokio::sync::oneshot::channel();
    // A thread of its own: a read of standard input cannot be cut short, and must not keep the
    // runtime from ending.
    std::thread::spawn(move || {
        let read = io::copy(&mut io::stdin().lock(), &mut io::sink());
        tracing::info!(?read, "standard input closed");
        let _ = closed.send(());
    });
    let _ = until_closed.await;
}
