//! The process's outside: a socket, a router, an orderly end.
//!
//! Promises that everything in flight when asked to stop is answered before the process ends, or
//! cut off by its own time-out.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
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

/// A cloud that has its socket and has not yet answered on it.
pub struct Cloud {
    listener: TcpListener,
    address: SocketAddr,
    router: axum::Router,
}

impl Cloud {
    /// Takes the address; port 0 takes a free one.
    pub async fn bind(listen: SocketAddr, store: Arc<dyn Store>, ports: Ports) -> io::Result<Self> {
        let listener = TcpListener::bind(listen).await.map_err(|error| {
            let words = format!("cannot listen on {listen}: {error}; choose another --listen");
            io::Error::new(error.kind(), words)
        })?;
        Ok(Self {
            address: listener.local_addr()?,
            listener,
            router: routes::router(store, ports),
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
        axum::serve(self.listener, self.router)
            .with_graceful_shutdown(stop)
            .await?;
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
