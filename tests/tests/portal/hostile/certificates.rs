//! A service that cannot prove by its certificate who it is.

use std::sync::{Arc, Mutex};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tests::{Database::Sqlite, SANDBOX, TestPortal, article_service, eventually};
use tokio::{
    io::AsyncReadExt,
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer},
};

/// Answers by TLS with a certificate that nobody vouches for, and notes how
/// each connection ended: with what it was told, or why it was told nothing.
struct Impostor {
    port: u16,
    ends: Arc<Mutex<Vec<Result<usize, String>>>>,
}

impl Impostor {
    async fn start() -> Self {
        let acceptor = acceptor();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let impostor = Self { port: listener.local_addr().unwrap().port(), ends: Arc::default() };
        let ends = impostor.ends.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let end = listen_to(&acceptor, stream).await;
                ends.lock().unwrap().push(end);
            }
        });
        impostor
    }

    fn ends(&self) -> Vec<Result<usize, String>> {
        self.ends.lock().unwrap().clone()
    }
}

fn acceptor() -> TlsAcceptor {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

async fn listen_to(acceptor: &TlsAcceptor, stream: TcpStream) -> Result<usize, String> {
    let mut stream = acceptor.accept(stream).await.map_err(|error| error.to_string())?;
    stream.read(&mut [0; 4096]).await.map_err(|error| error.to_string())
}

#[tokio::test]
async fn it_is_told_nothing() {
    let portal = TestPortal::start(Sqlite).await;
    let impostor = Impostor::start().await;
    let base_url = format!("https://127.0.0.1:{}/", impostor.port);
    portal.register(&article_service("impostor", &base_url)).await;
    let both = serde_json::json!({ "services": [SANDBOX, "impostor"] });
    let account = portal.tester().post("/api/v1/accounts", &both).await;
    let reason = eventually("the call failed", async || {
        let events = portal.events("action=enrollment_postponed&service=impostor").await;
        events.first().map(|event| event["details"].to_string())
    })
    .await;
    assert_eq!(account.status, 202, "{}", account.text);
    assert!(reason.contains("certificate"), "{reason}");
    let ends = impostor.ends();
    assert!(!ends.is_empty() && ends.iter().all(Result::is_err), "{ends:?}");
}
