//! The socket's side of the server: connections are taken up to a number, kept within times, and
//! ended in order.
//!
//! Promises that a caller who says nothing, or spells its request letter by letter, holds a place
//! for half a minute and no longer.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::{Extension, Router};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long the head of a request may take, and a connection may stand idle.
const HEAD_TIME_OUT: Duration = Duration::from_secs(30);
/// Requests at once on one HTTP/2 connection.
const STREAMS: u32 = 64;
/// An HTTP/2 connection that is silent this long is asked whether anybody is there.
const SILENCE: Duration = Duration::from_secs(20);
/// How long to wait after a connection could not be taken: the machine is out of descriptors.
const BREATH: Duration = Duration::from_millis(200);
/// How long requests in flight may take to end once the process is asked to stop.
const LAST_ANSWERS: Duration = Duration::from_mins(1);

/// Takes connections until `stop` comes true, then ends those that there are.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    max_connections: usize,
    stop: impl Future<Output = ()> + Send,
) {
    let places = Arc::new(Semaphore::new(max_connections));
    let ending = GracefulShutdown::new();
    tokio::pin!(stop);
    loop {
        let next = tokio::select! {
            next = taken(&listener, &places) => next,
            () = &mut stop => break,
        };
        if let Some((stream, peer, place)) = next {
            answer(&ending, &router, stream, peer, place);
        }
    }
    drop(listener);
    if tokio::time::timeout(LAST_ANSWERS, ending.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("requests in flight took longer than a minute to end: they were cut off");
    }
}

/// The next connection, once there is a place for it.
async fn taken(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    // The semaphore is never closed.
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer, place)),
        Err(error) => {
            tracing::warn!(%error, "a connection could not be taken");
            tokio::time::sleep(BREATH).await;
            None
        }
    }
}

fn answer(
    ending: &GracefulShutdown,
    router: &Router,
    stream: TcpStream,
    peer: SocketAddr,
    place: OwnedSemaphorePermit,
) {
    // Answers are small and wanted at once.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection keeps its delay");
    }
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME_OUT);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .keep_alive_interval(SILENCE);
    let router = router.clone().layer(Extension(ConnectInfo(peer)));
    let service = TowerToHyperService::new(router);
    let connection = builder
        .serve_connection(TokioIo::new(stream), service)
        .into_owned();
    let watched = ending.watch(connection);
    tokio::spawn(async move {
        let _place = place;
        if let Err(error) = watched.await {
            tracing::debug!(%error, "a connection ended early");
        }
    });
}
