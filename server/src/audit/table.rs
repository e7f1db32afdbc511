//! Events as rows of a table, for spreadsheets.

use domain::audit::SealedEvent;

const HEADER: [&str; 15] = [
    "at",
    "action",
    "actor_kind",
    "actor_login",
    "actor_token",
    "subject",
    "account",
    "username",
    "service",
    "run",
    "request_id",
    "details",
    "id",
    "seq",
    "seal",
];

/// The names of the columns, as the first line.
pub fn csv_header() -> Vec<u8> {
    format!("{}\n", HEADER.join(",")).into_bytes()
}

/// Some events as CSV (RFC 4180).
///
/// # Errors
/// Never, as it is written into memory.
pub fn csv_rows(events: &[SealedEvent]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for event in events {
        writer.write_record(to_row(event))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

fn to_row(SealedEvent { event, seal }: &SealedEvent) -> [String; HEADER.len()] {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    [
        event.at.to_string(),
        event.action.to_string(),
        <&str>::from(event.actor.kind).to_owned(),
        event.actor.login.clone(),
        text(&event.actor.token),
        text(&event.subject),
        event.account.map(|id| id.to_string()).unwrap_or_default(),
        text(&event.username),
        text(&event.service),
        text(&event.run),
        text(&event.request_id),
        event.details.as_ref().map(ToString::to_string).unwrap_or_default(),
        event.id.to_string(),
        seal.seq.to_string(),
        seal.hash.clone(),
    ]
    .map(harmless)
}

/// Spreadsheets carry out what begins like a formula (OWASP, CSV injection).
fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_formula_is_text() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"] {
            assert_eq!(harmless(formula.to_owned()), format!("'{formula}"));
        }
        assert_eq!(harmless("a=1".to_owned()), "a=1");
    }
}
