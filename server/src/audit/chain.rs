//! The chain over the events, link by link.
//!
//! Each seal's hash covers the seal before it and its event's envelope in
//! canonical JSON (RFC 8785), so an envelope that is changed, removed or moved
//! breaks the chain from there on. What is cut off at the end, or made up as a
//! whole, is found by the heads that were signed meanwhile.

use std::{borrow::Cow, collections::BTreeMap};

use domain::{
    audit::{AuditVerdict, BadEvent, SealedEvent},
    id::{EventId, PersonId},
    text::Login,
};
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::heads::Head;
use crate::secrets::{audit_key::PublicKey, token_text::hex};

/// What is sealed of an event: all but its names and details, of which the
/// salted hashes stand here, so that they can be erased.
#[derive(Clone, Debug, Serialize)]
pub struct Envelope<'a> {
    /// The event's id.
    pub id: Uuid,
    /// When it happened, in milliseconds since 1970.
    pub at: i64,
    /// What happened.
    pub action: &'a str,
    /// Who did it.
    pub actor_kind: &'a str,
    /// Whom it names.
    #[serde(flatten)]
    pub names: Names<'a>,
    /// Which person.
    pub actor_person_id: Option<Uuid>,
    /// Which token.
    pub actor_token_id: Option<Uuid>,
    /// Whose team's it is.
    pub team: Option<&'a str>,
    /// To which account.
    pub account_id: Option<Uuid>,
    /// That account's name.
    pub username: Option<&'a str>,
    /// On which service.
    pub service: Option<&'a str>,
    /// In which run.
    pub run: Option<&'a str>,
    /// In which request.
    pub request_id: Option<&'a str>,
    /// The salted hash of the details.
    pub details_hash: &'a str,
}

/// Who acted, and on whom or what, as it is sealed.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Names<'a> {
    /// As it is: so were events sealed before names could be erased.
    Plain {
        /// The actor's login.
        actor_login: &'a str,
        /// Their token's name.
        actor_token: Option<&'a str>,
        /// To whom or what.
        subject: Option<&'a str>,
    },
    /// By salted hashes.
    Hashed {
        /// Of the actor's login and token's name.
        actor_hash: Cow<'a, str>,
        /// Of the subject.
        subject_hash: Option<Cow<'a, str>>,
    },
}

/// Who acted, and on whom or what, as an event has it.
#[derive(Clone, Copy, Debug)]
pub struct Named<'a> {
    /// Which person acted.
    pub person: Option<PersonId>,
    /// The actor's login.
    pub login: &'a str,
    /// Their token's name.
    pub token: Option<&'a str>,
    /// To whom or what.
    pub subject: Option<&'a str>,
    /// What seals the actor.
    pub actor: NameSeal<'a>,
    /// What seals the subject.
    pub on: NameSeal<'a>,
}

/// What seals a name: its salt, or its hash once it was erased.
#[derive(Clone, Copy, Debug)]
pub struct NameSeal<'a> {
    /// The salt.
    pub salt: Option<&'a str>,
    /// The hash.
    pub hash: Option<&'a str>,
}

/// How long a salt is: 128 bits, in hex.
const SALT_LENGTH: usize = 32;

impl<'a> NameSeal<'a> {
    /// The hash that was sealed. A hash alone counts only beside what stands for
    /// names that were erased: else anybody could put another name there.
    fn hash_or(self, is_erased: bool, hash: impl FnOnce(&str) -> String) -> Option<Cow<'a, str>> {
        match self.salt {
            // Of another length it could have taken in a part of the name.
            Some(salt) => (salt.len() == SALT_LENGTH).then(|| hash(salt).into()),
            None => self.hash.filter(|_| is_erased).map(Cow::Borrowed),
        }
    }
}

impl<'a> From<Named<'a>> for Names<'a> {
    fn from(Named { person, login, token, subject, actor, on }: Named<'a>) -> Self {
        // By which person acted, which is sealed, nobody can be put there for
        // somebody else.
        let of_erased = person.map(Login::of_erased);
        let is_erased = of_erased.is_some_and(|of_erased| of_erased.as_str() == login) && token.is_none();
        let actor_hash = actor.hash_or(is_erased, |salt| actor_hash(salt, login, token));
        let subject_hash = subject.map(|subject| {
            let is_erased = subject.starts_with(Login::ERASED);
            on.hash_or(is_erased, |salt| subject_hash(salt, subject))
        });
        match (actor_hash, subject_hash) {
            (Some(actor_hash), None) => Self::Hashed { actor_hash, subject_hash: None },
            (Some(actor_hash), Some(Some(subject))) => {
                Self::Hashed { actor_hash, subject_hash: Some(subject) }
            }
            // Sealed as it is, or not as it was sealed.
            (None, _) | (_, Some(None)) => Self::Plain { actor_login: login, actor_token: token, subject },
        }
    }
}

impl<'a> From<&'a SealedEvent> for Envelope<'a> {
    fn from(SealedEvent { event, seal }: &'a SealedEvent) -> Self {
        Self {
            id: event.id.0,
            at: event.at.as_millis(),
            action: event.action.into(),
            actor_kind: event.actor.kind.into(),
            names: Named {
                person: seal.person,
                login: &event.actor.login,
                token: event.actor.token.as_deref(),
                subject: event.subject.as_deref(),
                actor: NameSeal { salt: seal.actor_salt.as_deref(), hash: seal.actor_hash.as_deref() },
                on: NameSeal { salt: seal.subject_salt.as_deref(), hash: seal.subject_hash.as_deref() },
            }
            .into(),
            actor_person_id: seal.person.map(|id| id.0),
            actor_token_id: seal.token.map(|id| id.0),
            team: seal.team.as_deref(),
            account_id: event.account.map(|id| id.0),
            username: event.username.as_deref(),
            service: event.service.as_deref(),
            run: event.run.as_deref(),
            request_id: event.request_id.as_deref(),
            details_hash: &seal.details_hash,
        }
    }
}

/// What the first seal stands on.
const ROOT: &str = "";

/// The hash that seals an event behind the one before.
///
/// # Errors
/// The envelope has no canonical form, which none of ours lacks.
pub fn seal_hash(previous: Option<&str>, envelope: &Envelope<'_>) -> Result<String, serde_json::Error> {
    let canonical = serde_json_canonicalizer::to_vec(envelope)?;
    let previous = previous.unwrap_or(ROOT);
    Ok(hex(&Sha256::new().chain_update(previous).chain_update(canonical).finalize()))
}

/// The hash that stands in an envelope for who acted.
pub fn actor_hash(salt: &str, login: &str, token: Option<&str>) -> String {
    salted_hash(salt, &json!([login, token]).to_string())
}

/// The hash that stands in an envelope for the subject.
pub fn subject_hash(salt: &str, subject: &str) -> String {
    salted_hash(salt, &json!(subject).to_string())
}

/// The hash that stands in an envelope for what can be erased.
pub fn salted_hash(salt: &str, text: &str) -> String {
    hex(&Sha256::new().chain_update(salt).chain_update(text).finalize())
}

/// One event as it is found, with its seal.
#[derive(Clone, Debug)]
pub struct Link<'a> {
    /// Its place in the chain.
    pub seq: u64,
    /// Its event.
    pub event: EventId,
    /// The seal.
    pub hash: &'a str,
    /// The event; `None` where it is not there any more.
    pub envelope: Option<Envelope<'a>>,
    /// Its details, with their salt; `None` where they were erased.
    pub details: Option<(&'a str, &'a str)>,
}

/// A chain that is being checked from its beginning.
#[derive(Debug)]
pub struct Chain {
    /// What is known of it from elsewhere, by place.
    heads: BTreeMap<u64, Head>,
    checked: u64,
    head: Option<String>,
}

impl Chain {
    /// Begins, with the heads that it has to agree with.
    ///
    /// # Errors
    /// One of the heads was signed by nobody who is trusted, or contradicts
    /// another.
    pub fn begin(heads: Vec<Head>, trusted: &[PublicKey]) -> Result<Self, BadEvent> {
        let mut known: BTreeMap<u64, Head> = BTreeMap::new();
        for head in heads {
            if !head.is_signed_by(trusted) {
                return Err(of_head(&head, "was not signed with the key that is trusted".to_owned()));
            }
            if let Some(other) = known.get(&head.seq).filter(|other| other.hash != head.hash) {
                return Err(of_head(&head, format!("contradicts the one of {}", other.at)));
            }
            known.insert(head.seq, head);
        }
        Ok(Self { heads: known, checked: 0, head: None })
    }

    /// Checks the next link.
    ///
    /// # Errors
    /// It does not fit; nothing behind it means anything.
    pub fn check(&mut self, link: Link<'_>) -> Result<(), BadEvent> {
        let bad = |reason: &str| {
            Err(BadEvent { seq: Some(link.seq), event: Some(link.event), reason: reason.to_owned() })
        };
        let seq = self.checked + 1;
        if link.seq != seq {
            return bad(&format!("seal {seq} is missing before it"));
        }
        let Some(envelope) = link.envelope else { return bad("the event was removed") };
        let hash = seal_hash(self.head.as_deref(), &envelope);
        if !hash.is_ok_and(|hash| hash == link.hash) {
            return bad("the event or its seal was changed");
        }
        if let Some(head) = self.heads.get(&seq).filter(|head| head.hash != link.hash) {
            return bad(&format!(
                "the chain was written anew: a head that was signed at {} says otherwise",
                head.at
            ));
        }
        // Details that are gone were erased, which is allowed.
        let fits = link.details.is_none_or(|(salt, text)| salted_hash(salt, text) == envelope.details_hash);
        if !fits {
            return bad("the event's details were changed");
        }
        self.checked = seq;
        self.head = Some(link.hash.to_owned());
        Ok(())
    }

    /// What came of it, where so many events wait to be sealed.
    pub fn finish(self, unsealed: u64) -> AuditVerdict {
        let missing = self.heads.range(self.checked + 1..).next_back().map(|(_, head)| BadEvent {
            seq: Some(self.checked + 1),
            event: None,
            reason: format!(
                "{} events are missing at the end: a head that was signed at {} knows of {}. They were cut off, or \
                 this is an older copy",
                head.seq - self.checked,
                head.at,
                head.seq
            ),
        });
        self.ends_with(unsealed, missing)
    }

    /// What came of it, where that does not fit.
    pub fn ends_with(self, unsealed: u64, first_bad: Option<BadEvent>) -> AuditVerdict {
        let signed = self.heads.range(..=self.checked).next_back().map(|(seq, _)| *seq);
        AuditVerdict {
            ok: first_bad.is_none(),
            events: self.checked,
            unsealed,
            head: self.head,
            signed,
            first_bad,
        }
    }
}

fn of_head(head: &Head, why: String) -> BadEvent {
    let reason = format!("the head of {} {why}", head.at);
    BadEvent { seq: Some(head.seq), event: None, reason }
}
