//! Connections: how many there may be, and how long they may take to say what
//! they want.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use tokio::{
    net::TcpListener,
    sync::{OwnedSemaphorePermit, Semaphore},
    time::sleep,
};
use tokio_util::sync::CancellationToken;
use tower::{Service, service_fn};

/// A connection that has not said within this time what it wants is closed; so
/// is one that says nothing more for as long.
const HEADERS_WITHIN: Duration = Duration::from_secs(60);

/// So many requests may be under way on one HTTP/2 connection.
const STREAMS: u32 = 100;

/// Where no connection can be taken, as when there are no file descriptors
/// left, it is tried again after this.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves up to so many connections at a time: others wait to be taken. When
/// told to stop, sees those through that are under way.
///
/// # Errors
/// None so far: what goes wrong with a connection is that connection's matter.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    most: usize,
    shutdown: CancellationToken,
) -> io::Result<()> {
    let (places, connections) = (Arc::new(Semaphore::new(most)), GracefulShutdown::new());
    while let Some(place) = free(&places, &shutdown).await {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = shutdown.cancelled() => break,
        };
        let (stream, from) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                sleep(PAUSE).await;
                continue;
            }
        };
        // Answers are small, and somebody waits for each.
        let _ = stream.set_nodelay(true);
        let mut builder = Builder::new(TokioExecutor::new());
        builder.http1().timer(TokioTimer::new()).header_read_timeout(HEADERS_WITHIN);
        builder.http2().timer(TokioTimer::new()).max_concurrent_streams(STREAMS);
        let service = TowerToHyperService::new(of_client(router.clone(), from));
        let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service).into_owned();
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(error, "a connection broke off");
            }
            drop(place);
        });
    }
    drop(listener);
    connections.shutdown().await;
    Ok(())
}

async fn free(places: &Arc<Semaphore>, shutdown: &CancellationToken) -> Option<OwnedSemaphorePermit> {
    tokio::select! {
        place = places.clone().acquire_owned() => place.ok(),
        () = shutdown.cancelled() => None,
    }
}

/// The router, told where the connection comes from.
fn of_client<B>(
    router: Router,
    from: SocketAddr,
) -> impl Service<
    axum::http::Request<B>,
    Response = axum::response::Response,
    Error = std::convert::Infallible,
    Future: Send,
> + Clone
where
    B: axum::body::HttpBody<Data = axum::body::Bytes, Error: Into<axum::BoxError>> + Send + 'static,
{
    service_fn(move |request: axum::http::Request<B>| {
        let mut request: Request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(from));
        let mut router = router.clone();
        async move { router.call(request).await }
    })
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpStream,
        time::timeout,
    };

    use super::*;

    async fn start(most: usize) -> (SocketAddr, CancellationToken, tokio::task::JoinHandle<io::Result<()>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, shutdown) = (listener.local_addr().unwrap(), CancellationToken::new());
        let router = Router::new()
            .route("/", get(async |ConnectInfo(from): ConnectInfo<SocketAddr>| from.ip().to_string()))
            .route("/slow", get(async || sleep(Duration::from_millis(300)).await));
        let serving = tokio::spawn(serve(listener, router, most, shutdown.clone()));
        (address, shutdown, serving)
    }

    async fn ask(stream: &mut TcpStream, path: &str) -> String {
        let request = format!("GET {path} HTTP/1.1\r\nhost: here\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = vec![0; 4096];
        let length = stream.read(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer[..length]).into_owned()
    }

    #[tokio::test]
    async fn one_connection_more_waits_until_another_is_over() {
        let (address, _, _) = start(1).await;
        let mut first = TcpStream::connect(address).await.unwrap();
        assert!(ask(&mut first, "/").await.ends_with("127.0.0.1"));
        let mut second = TcpStream::connect(address).await.unwrap();
        let waits = timeout(Duration::from_millis(200), ask(&mut second, "/")).await;
        assert!(waits.is_err());
        drop(first);
        let mut answer = [0; 16];
        let read = timeout(Duration::from_secs(10), second.read(&mut answer)).await;
        assert!(read.unwrap().unwrap() > 0 && answer.starts_with(b"HTTP/1.1 200"));
    }

    #[tokio::test]
    async fn what_is_under_way_is_seen_through_and_who_says_nothing_is_not_waited_for() {
        let (address, shutdown, serving) = start(10).await;
        let _silent = TcpStream::connect(address).await.unwrap();
        let mut busy = TcpStream::connect(address).await.unwrap();
        let asking = tokio::spawn(async move { ask(&mut busy, "/slow").await });
        sleep(Duration::from_millis(100)).await;
        shutdown.cancel();
        assert!(asking.await.unwrap().starts_with("HTTP/1.1 200"));
        timeout(Duration::from_secs(10), serving).await.unwrap().unwrap().unwrap();
        assert!(TcpStream::connect(address).await.is_err());
    }
}
