//! Answers that are meant to exhaust or to deceive.

use std::{
    io::Write,
    time::{Duration, Instant},
};

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use tests::{Database::Sqlite, TestPortal, article_service};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::sleep,
};

const ORDERS: &str = "/api/v1/services/orders";

/// A service that says this to whoever asks, and then that for ever, until
/// nobody listens any more.
async fn service(head: &'static str, body: Vec<u8>, pause: Duration) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(say(stream, head, body.clone(), pause));
        }
    });
    url
}

async fn say(mut stream: TcpStream, head: &'static str, body: Vec<u8>, pause: Duration) {
    let _ = stream.read(&mut [0; 4096]).await;
    let _ = stream.write_all(head.as_bytes()).await;
    while stream.write_all(&body).await.is_ok() {
        sleep(pause).await;
    }
}

/// What a check says of creating an account there, and how long that took.
async fn creating(url: &str) -> (String, Duration) {
    let portal = TestPortal::start_with(Sqlite, |config| {
        config.call_limits.total = Duration::from_secs(2);
    })
    .await;
    let mut table = article_service("orders", url);
    let rules: Value = json!([{ "status": 200, "pointer": "/ok", "equals": true, "outcome": "created" }]);
    table["http"]["create"] = json!({ "request": "POST /users", "json": { "n": "{{ username }}", "p": "{{ password }}" }, "rules": rules });
    portal.register(&table).await;
    let begun = Instant::now();
    let check = portal.admin().order(&format!("{ORDERS}/check")).await.expect(200);
    assert_eq!(check["ok"], false, "{check}");
    let created = &check["steps"][0];
    assert_eq!((&created["name"], &created["ok"]), (&json!("create"), &json!(false)), "{check}");
    (created["detail"].as_str().unwrap().to_owned(), begun.elapsed())
}

#[tokio::test]
async fn an_answer_without_end_is_cut() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n[";
    let (detail, _) = creating(&service(head, b"0,".repeat(4096), Duration::ZERO).await).await;
    assert!(detail.contains("too long to be read"), "{detail}");
}

#[tokio::test]
async fn headers_without_end_are_cut() {
    let line = b"x-more: and more\r\n".repeat(100);
    let (detail, _) = creating(&service("HTTP/1.1 200 OK\r\n", line, Duration::ZERO).await).await;
    assert!(!detail.contains("x-more"), "{detail}");
}

#[tokio::test]
async fn a_compressed_bomb_is_never_unpacked() {
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    bomb.write_all(b"{\"ok\": true, \"x\": \"").unwrap();
    for _ in 0..64 {
        bomb.write_all(&[b'x'; 1024 * 1024]).unwrap();
    }
    let bomb = bomb.finish().unwrap();
    assert!(bomb.len() < 1024 * 1024, "it would be cut as it is");
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\nconnection: close\r\n\r\n";
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(&[head.as_bytes(), &bomb].concat()).await;
            let _ = stream.shutdown().await;
        }
    });
    let (detail, _) = creating(&url).await;
    assert!(detail.contains("compressed"), "{detail}");
}

#[tokio::test]
async fn an_answer_that_drips_is_given_up_in_time() {
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n";
    let (detail, took) = creating(&service(head, b" ".to_vec(), Duration::from_millis(100)).await).await;
    assert!(detail.contains("answered 200 after 2") && detail.contains("call_timeout"), "{detail}");
    assert!(took < Duration::from_secs(60), "{took:?}");
}
