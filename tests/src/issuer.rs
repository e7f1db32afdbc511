//! Somebody who vouches: an issuer of identity tokens, with as much of OpenID
//! Connect as the portal asks of one.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU8, Ordering},
};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};
use server::world::World;

use crate::Target;

/// The audience of its tokens, and the client that it knows.
pub const AUDIENCE: &str = "understudy";

/// An issuer of identity tokens.
pub struct Issuer {
    target: Target,
    stage: Arc<Stage>,
}

struct Stage {
    key: Mutex<SigningKey>,
    /// What it claims for whoever comes with a code next.
    claims: Mutex<Value>,
}

impl Issuer {
    /// Starts one.
    pub async fn start() -> Self {
        static STARTED: AtomicU8 = AtomicU8::new(10);
        // Each has a key of its own.
        let seed = STARTED.fetch_add(1, Ordering::Relaxed);
        let stage = Arc::new(Stage { key: Mutex::new(key(seed)), claims: Mutex::default() });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(describe))
            .route("/keys", get(keys))
            .route("/token", post(redeem))
            .with_state(stage.clone());
        Self { target: Target::start(router).await, stage }
    }

    /// Its issuer identifier.
    pub fn url(&self) -> String {
        self.target.url()
    }

    /// A token that claims this, beside what every good one does.
    pub fn token(&self, claims: Value) -> String {
        sign(&self.stage.key.lock().unwrap(), &self.url(), claims)
    }

    /// The same, whose signature is somebody else's.
    pub fn forged(&self, claims: Value) -> String {
        sign(&key(8), &self.url(), claims)
    }

    /// Signs with another key from now on.
    pub fn change_key(&self) {
        *self.stage.key.lock().unwrap() = key(9);
    }

    /// Claims this for whoever comes with a code next.
    pub fn vouches(&self, claims: Value) {
        *self.stage.claims.lock().unwrap() = claims;
    }

    /// From now on nobody answers.
    pub fn go_down(&mut self) {
        self.target.go_down();
    }
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

/// A JSON Web Token (RFC 7519), signed by Ed25519 (RFC 8037).
fn sign(key: &SigningKey, issuer: &str, claims: Value) -> String {
    // A token's time is everybody's, so it is no test's own.
    let now = World::system().now().as_millis() / 1_000;
    let mut payload =
        json!({ "iss": issuer, "aud": AUDIENCE, "iat": now, "exp": now + 300, "sub": "somebody" });
    payload.as_object_mut().unwrap().extend(claims.as_object().cloned().unwrap_or_default());
    let encode = |part: &Value| BASE64_URL_SAFE_NO_PAD.encode(part.to_string());
    let signed = format!("{}.{}", encode(&json!({ "alg": "EdDSA", "kid": kid(key) })), encode(&payload));
    let signature = BASE64_URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes()).to_bytes());
    format!("{signed}.{signature}")
}

fn kid(key: &SigningKey) -> String {
    format!("key-{}", key.to_bytes()[0])
}

/// Where it is, as whoever asks has found it.
fn here(headers: &HeaderMap) -> String {
    format!("http://{}", headers[header::HOST].to_str().unwrap())
}

async fn describe(headers: HeaderMap) -> Json<Value> {
    let here = here(&headers);
    Json(json!({
        "issuer": here,
        "jwks_uri": format!("{here}/keys"),
        "authorization_endpoint": format!("{here}/authorize"),
        "token_endpoint": format!("{here}/token"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA"],
    }))
}

async fn keys(State(stage): State<Arc<Stage>>) -> Json<Value> {
    let key = stage.key.lock().unwrap().clone();
    let public = BASE64_URL_SAFE_NO_PAD.encode(key.verifying_key().to_bytes());
    Json(json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": kid(&key), "x": public }] }))
}

async fn redeem(State(stage): State<Arc<Stage>>, headers: HeaderMap, form: String) -> Response {
    if !form.contains("code_verifier=") || !form.contains("code=good") {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))).into_response();
    }
    let claims = stage.claims.lock().unwrap().clone();
    let token = sign(&stage.key.lock().unwrap(), &here(&headers), claims);
    Json(json!({ "access_token": "a", "token_type": "Bearer", "id_token": token })).into_response()
}
