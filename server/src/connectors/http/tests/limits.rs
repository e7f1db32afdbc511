//! Services that do not answer as they should.

use super::*;
use crate::sandbox::SandboxOptions;

#[tokio::test]
async fn redirects_are_not_followed() {
    let elsewhere = Target::answering([]).await;
    let there = format!("{}/create_account", elsewhere.url());
    let answers = [301, 302, 303, 307, 308].map(|code| {
        (StatusCode::from_u16(code).unwrap(), [(header::LOCATION, there.clone())]).into_response()
    });
    let target = Target::answering(answers).await;
    let connector = connector(&target.url(), json!({}));
    for _ in 0..5 {
        let error = create(&*connector, &identity()).await.unwrap_err();
        assert!(matches!(error, ConnectorError::Unknown { .. }), "{error}");
        assert!(error.to_string().contains("redirects are not followed"), "{error}");
    }
    assert!(elsewhere.seen().is_empty());
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let endless = || {
        let chunks = futures::stream::repeat_with(|| Ok::<_, io::Error>(Bytes::from_static(&[b'x'; 1024])));
        Response::new(Body::from_stream(chunks))
    };
    let target = Target::answering([endless(), endless()]).await;
    let verify = json!({ "verify": {
        "request": "POST /login",
        "json": { "u": "{{ username }}", "p": "{{ password }}" },
        "rules": [{ "pointer": "/ok", "outcome": "ok" }, { "outcome": "denied" }],
    }});
    let connector = connector(&target.url(), verify);
    assert_eq!(create(&*connector, &identity()).await.unwrap().outcome, Creation::Created);
    let error = connector.verify(&identity()).await.unwrap_err();
    assert!(error.to_string().contains("too long to be read"), "{error}");
}

#[tokio::test]
async fn a_service_that_does_not_answer_in_time_is_given_up() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", silent.local_addr().unwrap());
    let error = create(&*connector(&base, json!({})), &identity()).await.unwrap_err();
    assert!(matches!(error, ConnectorError::TimedOut { .. }), "{error}");
    assert_eq!(error.class(), Class::Unknown);
    assert!(error.call().unwrap().took < Duration::from_secs(2));

    let begun = Response::new(Body::from_stream(futures::stream::pending::<io::Result<Bytes>>()));
    let target = Target::answering([begun]).await;
    let error = create(&*connector(&target.url(), json!({})), &identity()).await.unwrap_err();
    assert!(matches!(&error, ConnectorError::TimedOut { call } if call.status == Some(200)), "{error}");
}

#[tokio::test]
async fn a_service_that_is_down_was_certainly_not_changed() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let error = create(&*connector(&format!("http://{port}"), json!({})), &identity()).await.unwrap_err();
    assert!(matches!(error, ConnectorError::Unreachable { .. }), "{error}");
    assert_eq!(error.class(), Class::Transient);
    assert!(error.to_string().starts_with("POST /create_account could not be sent: "), "{error}");
}

#[tokio::test]
async fn what_is_no_http_is_unknown() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 1024]).await;
        drop(stream);
    });
    let error = create(&*connector(&base, json!({})), &identity()).await.unwrap_err();
    assert!(matches!(error, ConnectorError::Unknown { .. }), "{error}");
}

#[tokio::test]
async fn from_junk_nothing_is_concluded() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let options = SandboxOptions { junk_rate: 1.0, ..SandboxOptions::default() };
    tokio::spawn(crate::sandbox::serve(listener, options));
    let connector = connector(&base, operations());
    let who = identity();
    for error in [
        create(&*connector, &who).await.unwrap_err(),
        connector.reset(&who).await.unwrap_err(),
        connector.disable(&who).await.unwrap_err(),
        connector.enable(&who).await.unwrap_err(),
        connector.delete(&who).await.unwrap_err(),
        connector.gone(&who).await.unwrap_err(),
    ] {
        assert!(matches!(error, ConnectorError::Unknown { .. }), "{error}");
    }
}
