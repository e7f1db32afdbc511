//! The way to a service, on which answers get lost.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// Passes on whatever comes, but for the answers to some calls. Dropping it
/// ends it.
pub struct Relay {
    address: SocketAddr,
    task: JoinHandle<()>,
    losses: Arc<Losses>,
}

struct Losses {
    /// How the requests begin whose answers are still to be lost.
    calls: Mutex<Vec<&'static str>>,
    instead: Box<dyn Fn() + Send + Sync>,
}

impl Relay {
    /// The first request that begins with each of these is answered by the
    /// service, and something else happens instead of passing the answer on.
    pub async fn start(
        service: SocketAddr,
        calls: &[&'static str],
        instead: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        let losses = Arc::new(Losses { calls: Mutex::new(calls.to_vec()), instead: Box::new(instead) });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let task = tokio::spawn({
            let losses = losses.clone();
            async move {
                while let Ok((client, _)) = listener.accept().await {
                    let losses = losses.clone();
                    // Where the service is down, its caller is hung up on.
                    tokio::spawn(async move { losses.pass_on(client, service).await });
                }
            }
        });
        Self { address, task, losses }
    }

    /// Host and port, for those of the service.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The requests whose answers are still to be lost.
    pub fn to_come(&self) -> Vec<&'static str> {
        self.losses.calls.lock().unwrap().clone()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Losses {
    async fn pass_on(&self, mut client: TcpStream, service: SocketAddr) -> io::Result<()> {
        let mut service = TcpStream::connect(service).await?;
        let (mut request, mut answer) = ([0; 16 * 1024], [0; 16 * 1024]);
        let mut to_be_lost = None;
        loop {
            tokio::select! {
                read = client.read(&mut request) => match read? {
                    0 => return Ok(()),
                    length => {
                        to_be_lost = to_be_lost.or(self.call_of(&request[..length]));
                        service.write_all(&request[..length]).await?;
                    }
                },
                read = service.read(&mut answer) => match (read?, to_be_lost) {
                    (0, _) => return Ok(()),
                    (_, Some(call)) => {
                        self.calls.lock().unwrap().retain(|other| *other != call);
                        (self.instead)();
                        return Ok(());
                    }
                    (length, None) => client.write_all(&answer[..length]).await?,
                },
            }
        }
    }

    fn call_of(&self, request: &[u8]) -> Option<&'static str> {
        let calls = self.calls.lock().unwrap();
        calls.iter().find(|call| request.starts_with(call.as_bytes())).copied()
    }
}
