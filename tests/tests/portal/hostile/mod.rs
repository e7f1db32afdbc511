//! Services, service files and values that mean harm: nothing goes where the
//! operator did not allow it, and nothing breaks out of its place.

mod addresses;
mod answers;
mod certificates;
mod values;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{io::AsyncReadExt, net::TcpListener};

/// Counts the connections and bytes that it should never get.
struct Trap {
    port: u16,
    connections: Arc<AtomicUsize>,
    bytes: Arc<AtomicUsize>,
}

impl Trap {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let trap = Self {
            port: listener.local_addr().unwrap().port(),
            connections: Arc::default(),
            bytes: Arc::default(),
        };
        let (connections, bytes) = (trap.connections.clone(), trap.bytes.clone());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                let read = stream.read(&mut [0; 4096]).await.unwrap_or_default();
                bytes.fetch_add(read, Ordering::SeqCst);
            }
        });
        trap
    }

    #[track_caller]
    fn expect_nothing(&self) {
        let caught = (self.connections.load(Ordering::SeqCst), self.bytes.load(Ordering::SeqCst));
        assert_eq!(caught, (0, 0), "connections and bytes");
    }
}
