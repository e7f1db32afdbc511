//! Exports: a line an event, oldest first, and behind them the heads that
//! vouch for them.

use std::io::{self, BufRead};

use domain::audit::{AuditVerdict, BadEvent, ExportFormat, SealedEvent};
use serde::Deserialize;
use serde_json::json;

use super::{
    chain::{Chain, Link},
    heads::Head,
    table::csv_rows,
};
use crate::secrets::audit_key::PublicKey;

/// Some events, as they stand in a file of that form; `None` where one cannot be
/// written, which none of ours is.
pub fn write(format: ExportFormat, events: &[SealedEvent]) -> Option<Vec<u8>> {
    match format {
        ExportFormat::Ndjson => ndjson(events),
        ExportFormat::Csv => csv_rows(events).ok(),
    }
}

fn ndjson(events: &[SealedEvent]) -> Option<Vec<u8>> {
    let mut lines = Vec::new();
    for event in events {
        serde_json::to_writer(&mut lines, event).ok()?;
        lines.push(b'\n');
    }
    Some(lines)
}

/// A head, as a line of an export.
pub fn head_line(head: &Head) -> String {
    json!({ "head": head }).to_string()
}

/// One line of an export.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Line {
    Head { head: Head },
    Event(Box<SealedEvent>),
}

/// Why an export cannot be checked; that says nothing about the history.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// It cannot be read.
    #[error(transparent)]
    Unreadable(#[from] io::Error),
    /// A line of it is neither an event nor a head.
    #[error("line {0} is neither an event with its seal nor a signed head; is this an NDJSON export?")]
    NotALine(usize),
}

/// Checks an export of the whole history, with nothing but the public keys of
/// those who may have signed for it. It is read twice, so `open` opens it each
/// time.
///
/// # Errors
/// It cannot be read, or is none.
pub fn verify<R: BufRead>(
    open: impl Fn() -> io::Result<R>,
    trusted: &[PublicKey],
) -> Result<AuditVerdict, ExportError> {
    let mut heads = Vec::new();
    for line in lines(open()?) {
        if let Line::Head { head } = line? {
            heads.push(head);
        }
    }
    let unsigned = heads.is_empty();
    let mut chain = match Chain::begin(heads, trusted) {
        Ok(chain) => chain,
        Err(bad) => return Ok(AuditVerdict::of_nothing(bad)),
    };
    for line in lines(open()?) {
        let Line::Event(sealed) = line? else { continue };
        // Equal details have equal text, since objects are sorted by key.
        let details = sealed.event.details.as_ref().map(ToString::to_string);
        let link = Link {
            seq: sealed.seal.seq,
            event: sealed.event.id,
            hash: &sealed.seal.hash,
            envelope: Some((&*sealed).into()),
            // What has lost its salt alone cannot be what was written.
            details: details.as_deref().map(|text| (sealed.seal.salt.as_deref().unwrap_or_default(), text)),
        };
        if let Err(bad) = chain.check(link) {
            return Ok(chain.ends_with(0, Some(bad)));
        }
    }
    let verdict = chain.finish(0);
    if unsigned && verdict.ok {
        let reason = "no signed head stands behind the events, so anybody could have written them; \
                      `understudy audit export` adds the heads"
            .to_owned();
        let first_bad = Some(BadEvent { seq: None, event: None, reason });
        return Ok(AuditVerdict { ok: false, first_bad, ..verdict });
    }
    Ok(verdict)
}

fn lines(export: impl BufRead) -> impl Iterator<Item = Result<Line, ExportError>> {
    export
        .lines()
        .zip(1..)
        .filter(|(text, _)| !text.as_ref().is_ok_and(|text| text.trim().is_empty()))
        .map(|(text, number)| serde_json::from_str(&text?).map_err(|_| ExportError::NotALine(number)))
}
