//! The chain over the events, link by link.
//!
//! Each seal's hash covers the seal before it and its event's envelope in
//! canonical JSON (RFC 8785), so an envelope that is changed, removed or moved
//! breaks the chain from there on. What is cut off at the end, or made up as a
//! whole, is found by the heads that were signed meanwhile.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, HashSet},
};

use domain::{
    audit::{Action, AuditVerdict, BadEvent, SealedEvent},
    id::{EventId, PersonId},
    text::Login,
};
use serde::{Serialize, Serializer};
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
    #[serde(flatten, serialize_with = "sealed")]
    pub names: Named<'a>,
    /// Which person.
    pub actor_person_id: Option<Uuid>,
    /// Who is the subject, or whose token is; events from before that was noted
    /// were sealed without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject_person_id: Option<Uuid>,
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
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Names<'a> {
    /// As it is: so were events sealed before names could be erased.
    Plain { actor_login: &'a str, actor_token: Option<&'a str>, subject: Option<&'a str> },
    /// By salted hashes.
    Hashed { actor_hash: Cow<'a, str>, subject_hash: Option<Cow<'a, str>> },
}

/// A name of an event's, with what seals it.
#[derive(Clone, Copy, Debug)]
pub struct Name<'a> {
    /// Whose it is.
    pub person: Option<Uuid>,
    /// The name.
    pub text: &'a str,
    /// Its salt, until it is erased.
    pub salt: Option<&'a str>,
    /// Its hash, once it was erased.
    pub hash: Option<&'a str>,
}

/// How long a salt is: 128 bits, in hex.
const SALT_LENGTH: usize = 32;

impl<'a> Name<'a> {
    /// The hash that was sealed. A hash alone counts only beside what stands for
    /// whose name it was: else anybody could put another name there.
    fn sealed(self, hash: impl FnOnce(&str) -> String) -> Option<Cow<'a, str>> {
        match self.salt {
            // Of another length it could have taken in a part of the name.
            Some(salt) => (salt.len() == SALT_LENGTH).then(|| hash(salt).into()),
            None => self.erased_of().and(self.hash).map(Cow::Borrowed),
        }
    }

    /// Whose name was erased here.
    fn erased_of(self) -> Option<Uuid> {
        let is_erased = |person: &Uuid| self.text == Login::of_erased(PersonId(*person)).as_str();
        self.person.filter(|person| self.salt.is_none() && self.hash.is_some() && is_erased(person))
    }
}

/// Who acted, and on whom or what, as an event has it.
#[derive(Clone, Copy, Debug)]
pub struct Named<'a> {
    /// The actor's login.
    pub actor: Name<'a>,
    /// Their token's name.
    pub token: Option<&'a str>,
    /// To whom or what.
    pub subject: Option<Name<'a>>,
}

impl<'a> Named<'a> {
    /// Whose names were erased here.
    fn erased(&self) -> impl Iterator<Item = Uuid> {
        [Some(self.actor), self.subject].into_iter().flatten().filter_map(Name::erased_of)
    }

    fn sealed(&self) -> Names<'a> {
        let Self { actor, token, subject } = *self;
        let actor_hash = actor.sealed(|salt| actor_hash(salt, actor.text, token));
        let actor_hash = actor_hash.filter(|_| token.is_none() || actor.salt.is_some());
        let subject_hash = subject.map(|name| name.sealed(|salt| subject_hash(salt, name.text)));
        match (actor_hash, subject_hash) {
            (Some(actor_hash), None) => Names::Hashed { actor_hash, subject_hash: None },
            (Some(actor_hash), Some(Some(subject))) => {
                Names::Hashed { actor_hash, subject_hash: Some(subject) }
            }
            // Sealed as it is, or not as it was sealed.
            (None, _) | (Some(_), Some(None)) => Names::Plain {
                actor_login: actor.text,
                actor_token: token,
                subject: subject.map(|name| name.text),
            },
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
                actor: Name {
                    person: seal.person.map(|id| id.0),
                    text: &event.actor.login,
                    salt: seal.actor_salt.as_deref(),
                    hash: seal.actor_hash.as_deref(),
                },
                token: event.actor.token.as_deref(),
                subject: event.subject.as_deref().map(|text| Name {
                    person: seal.subject_person.map(|id| id.0),
                    text,
                    salt: seal.subject_salt.as_deref(),
                    hash: seal.subject_hash.as_deref(),
                }),
            },
            actor_person_id: seal.person.map(|id| id.0),
            subject_person_id: seal.subject_person.map(|id| id.0),
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

fn sealed<S: Serializer>(names: &Named<'_>, serializer: S) -> Result<S::Ok, S::Error> {
    names.sealed().serialize(serializer)
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
    /// Whose erasing it tells of.
    erased: HashSet<Uuid>,
    /// Whose names are gone, and where the first of each is.
    gone: HashMap<Uuid, (u64, EventId)>,
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
        Ok(Self { heads: known, checked: 0, head: None, erased: HashSet::new(), gone: HashMap::new() })
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
        if envelope.action == <&str>::from(Action::PersonErased) {
            self.erased.extend(envelope.subject_person_id);
        }
        for person in envelope.names.erased() {
            self.gone.entry(person).or_insert((seq, link.event));
        }
        self.checked = seq;
        self.head = Some(link.hash.to_owned());
        Ok(())
    }

    /// What came of it, where so many events wait to be sealed.
    pub fn finish(self, unsealed: u64) -> AuditVerdict {
        let first_bad = self.cut_off().or_else(|| self.hidden());
        self.ends_with(unsealed, first_bad)
    }

    /// What is known to follow, and does not.
    fn cut_off(&self) -> Option<BadEvent> {
        let (_, head) = self.heads.range(self.checked + 1..).next_back()?;
        Some(BadEvent {
            seq: Some(self.checked + 1),
            event: None,
            reason: format!(
                "{} events are missing at the end: a head that was signed at {} knows of {}. They were cut off, or \
                 this is an older copy",
                head.seq - self.checked,
                head.at,
                head.seq
            ),
        })
    }

    /// The first event, if any, that lacks the name of somebody of whom no event
    /// says that they were erased.
    fn hidden(&self) -> Option<BadEvent> {
        let hidden = self.gone.iter().filter(|(person, _)| !self.erased.contains(person));
        let (seq, event) = hidden.map(|(_, place)| *place).min_by_key(|(seq, _)| *seq)?;
        Some(BadEvent {
            seq: Some(seq),
            event: Some(event),
            reason: "a name is gone from it, and nobody has erased that person".to_owned(),
        })
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
