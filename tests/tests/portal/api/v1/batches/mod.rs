mod get;
mod id;

use serde_json::{Value, json};
use tests::{Api, Received, Reply, SANDBOX};

/// What the API's page says of a batch.
const BATCH: [&str; 9] =
    ["id", "kind", "state", "total", "done", "failed", "created_at", "finished_at", "failures"];

/// Asks for that many accounts at once.
async fn request(api: &Api, service: &str, count: u32) -> Value {
    let wanted = json!({ "services": [service], "count": count, "run": "ci:1" });
    api.post("/api/v1/accounts", &wanted).await.expect(202)
}

/// The same, on the sandbox, once all of them are there.
async fn finished(api: &Api, count: u32) -> Value {
    let batch = request(api, SANDBOX, count).await;
    api.batch_once_finished(&batch["id"]).await
}

fn path_of(batch: &Value, what: &str) -> String {
    format!("/api/v1/batches/{}{what}", batch["id"].as_str().unwrap())
}

/// A service that refuses the first creations for good.
fn refusing_first(refused: &'static [u16]) -> impl Fn(&Received) -> Reply + Send + Sync + 'static {
    crate::lifecycle::creating_first_answers(refused, 200)
}
