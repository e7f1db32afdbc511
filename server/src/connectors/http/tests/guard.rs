//! What is not sent, because the guard forbids it, and secrets.

use super::*;

#[tokio::test]
async fn the_service_s_secret_is_read_at_use_and_only_sent_where_it_belongs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    std::fs::write(&path, "t0ken\n").unwrap();
    let reference = format!("file:{}", path.display());
    let target = Target::answering([200, 200].map(status)).await;
    let table = json!({
        "slug": "orders", "environment": "test", "base_url": target.url(), "secret": reference,
        "connector": "article", "http": {
            "auth": { "bearer": "{{ secret }}", "scheme": "token" },
            "create": { "request": "POST /hook/{{ secret }}/{{ username }}?k={{ secret }}" },
        },
    });
    let unlisted = connector_with(table.clone(), GuardSettings::default());
    let error = create(&*unlisted, &identity()).await.unwrap_err();
    assert!(matches!(error, ConnectorError::Guarded { .. }), "{error}");
    assert!(target.seen().is_empty());

    let listed = GuardSettings { allowed_secrets: vec![reference], ..GuardSettings::default() };
    let connector = connector_with(table, listed);
    let answer = create(&*connector, &identity()).await.unwrap();
    assert_eq!(answer.call.what, "POST /hook/{{ secret }}/{{ username }}");
    assert_eq!(target.seen()[0].line, "POST /hook/t0ken/test_abcdefgh?k=t0ken");
    assert_eq!(target.seen()[0].authorization.as_deref(), Some("token t0ken"));

    std::fs::write(&path, "rotated").unwrap();
    connector.delete(&identity()).await.unwrap();
    assert_eq!(target.seen()[1].authorization.as_deref(), Some("token rotated"));
    std::fs::remove_file(&path).unwrap();
    let error = connector.delete(&identity()).await.unwrap_err();
    assert!(matches!(error, ConnectorError::Misconfigured { .. }), "{error}");
}

/// Resolves every name to the same addresses.
struct Fixed(Vec<IpAddr>);

#[async_trait]
impl Lookup for Fixed {
    async fn addresses(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        Ok(self.0.clone())
    }
}

fn resolving(addresses: &[&str], allowed_hosts: &[&str]) -> Connectors {
    let settings = GuardSettings {
        allowed_hosts: allowed_hosts.iter().map(|host| (*host).to_owned()).collect(),
        ..GuardSettings::default()
    };
    let lookup = Fixed(addresses.iter().map(|text| text.parse().unwrap()).collect());
    Connectors::with_lookup(Guard::new(settings), limits(), no_secrets(), World::system(), Arc::new(lookup))
        .unwrap()
}

#[tokio::test]
async fn a_name_that_leads_elsewhere_in_the_moment_of_connecting_receives_not_a_byte() {
    let target = Target::answering([200].map(status)).await;
    let table = json!({
        "slug": "orders", "environment": "test", "connector": "article",
        "base_url": format!("http://orders.test:{}", target.address.port()),
    });
    let definition = ServiceDefinition::restore(&table).unwrap();
    for (addresses, hosts) in [
        (&["127.0.0.1", "10.0.0.1"][..], &[][..]),
        (&["127.0.0.1", "169.254.169.254"], &["orders.test"]),
        (&["127.0.0.1", "::ffff:169.254.169.254"], &["orders.test"]),
        (&["0.0.0.0"], &["orders.test"]),
    ] {
        let connectors = resolving(addresses, hosts);
        let error =
            create(&*connectors.connect(registered(definition.clone())), &identity()).await.unwrap_err();
        assert!(matches!(error, ConnectorError::Guarded { .. }), "{addresses:?}: {error}");
        assert!(target.seen().is_empty(), "{addresses:?}");
        if hosts.is_empty() {
            assert_eq!(connectors.define(&table).await.unwrap_err().problem.errors[0].pointer, "/base_url");
        }
    }
    let connectors = resolving(&["127.0.0.1"], &[]);
    assert!(connectors.define(&table).await.is_ok());
    create(&*connectors.connect(registered(definition)), &identity()).await.unwrap();
    assert_eq!(target.seen().len(), 1);
}

#[tokio::test]
async fn literal_addresses_are_checked_although_no_resolver_sees_them() {
    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    for host in ["0.0.0.0", "[::]", "0", "169.254.169.254", "[::ffff:a9fe:a9fe]", "[fe80::1]", "10.1.2.3"] {
        let connector = connector(&format!("http://{host}:{port}"), json!({}));
        let error = create(&*connector, &identity()).await.unwrap_err();
        assert!(matches!(error, ConnectorError::Guarded { .. }), "{host}: {error}");
    }
    let accepted = tokio::time::timeout(Duration::from_millis(50), listener.accept()).await;
    assert!(accepted.is_err(), "a connection was made");
}

#[tokio::test]
async fn a_service_whose_environment_is_no_longer_allowed_is_not_called() {
    let target = Target::answering([]).await;
    let table = json!({
        "slug": "o", "environment": "test", "base_url": target.url(), "connector": "article",
    });
    let settings = GuardSettings { environments: vec!["dev".to_owned()], ..GuardSettings::default() };
    let error = connector_with(table, settings).delete(&identity()).await.unwrap_err();
    assert!(matches!(error, ConnectorError::Guarded { .. }), "{error}");
    assert!(error.to_string().ends_with("until the account is proven gone."), "{error}");
    assert!(target.seen().is_empty());
}

#[tokio::test]
async fn a_login_of_a_single_step_goes_nowhere_else_either() {
    let target = Target::answering([]).await;
    let table = |login: &str| {
        json!({
            "slug": "o", "environment": "test", "base_url": target.url(), "connector": "article",
            "http": { "verify": {
                "request": "POST /login", "json": { "p": "{{ password }}" },
                "auth": { "bearer": "{{ token }}", "login": { "request": login, "capture": { "token": "/t" } } },
            } },
        })
    };
    let elsewhere = table("POST http://169.254.169.254/token");
    let unfit = ServiceDefinition::parse(&elsewhere, &Guard::new(GuardSettings::default())).unwrap_err();
    assert_eq!(unfit.problem.errors[0].pointer, "/http/verify/auth/login/request");
    assert_eq!(unfit.forbidden.len(), 1);
    let error = connector_with(elsewhere, GuardSettings::default()).verify(&identity()).await.unwrap_err();
    assert!(matches!(error, ConnectorError::Guarded { .. }), "{error}");
    let two = ServiceDefinition::restore(&table("POST http://127.0.0.2/token")).unwrap();
    assert_eq!(two.origins().len(), 2, "a sealed secret has to be given again for it");
}
