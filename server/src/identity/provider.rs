//! The organisation's own provider: OpenID Connect, by the authorisation code
//! flow with PKCE (RFC 7636).

use std::collections::BTreeMap;

use domain::{
    people::Role,
    secret::Secret,
    text::{Login, Slug},
};
use openidconnect::{
    AuthenticationFlow, AuthorizationCode, ClientId, ClientSecret, CsrfToken, IssuerUrl, Nonce,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse,
    core::{CoreClient, CoreProviderMetadata, CoreResponseType},
};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{claims::Claims, http::Http, keys::algorithms};

/// Where the provider is, and what its claims mean here.
#[derive(Clone, Debug)]
pub struct ProviderSettings {
    /// Its issuer identifier.
    pub issuer: IssuerUrl,
    /// What people call it.
    pub name: String,
    /// As whom the portal is registered there.
    pub client_id: String,
    /// With which secret, if any.
    pub client_secret: Option<Secret>,
    /// Where browsers reach the portal.
    pub public_url: Url,
    /// What is asked for beside `openid`.
    pub scopes: Vec<String>,
    /// The claim that becomes the login.
    pub login_claim: String,
    /// The claim that says what somebody may do.
    pub role_claim: String,
    /// Which of its values mean which role; where it is empty, roles are given
    /// in the portal.
    pub roles: BTreeMap<String, Role>,
    /// The role of those to whom no value gives one; without it they are not
    /// let in.
    pub default_role: Option<Role>,
    /// The claim that says to which team somebody belongs.
    pub team_claim: String,
    /// Which of its values mean which team; where it is empty, teams are given
    /// in the portal.
    pub teams: BTreeMap<String, Slug>,
}

/// The path on the portal to which the provider sends browsers back.
pub const CALLBACK: &str = "/sign-in/provider/callback";

/// What the portal has to know again when a browser comes back.
#[derive(Debug, Serialize, Deserialize)]
pub struct Attempt {
    state: String,
    nonce: String,
    verifier: String,
    /// The page to go on to.
    pub then: String,
}

/// Somebody for whom the provider vouches.
#[derive(Clone, Debug)]
pub struct Provided {
    /// What the provider calls itself.
    pub issuer: String,
    /// What it calls them, for good.
    pub subject: String,
    /// The login that they would have here.
    pub login: Login,
    /// Their role, where the provider says it.
    pub role: Option<Role>,
    /// Their team, where the provider says it.
    pub team: Option<Slug>,
}

/// Why nobody is let in through the provider.
#[derive(Debug, thiserror::Error)]
pub enum NotProvided {
    /// The provider cannot be asked.
    #[error("the provider cannot be asked: {0}")]
    Unreachable(String),
    /// The browser did not come from a sign-in that it began here.
    #[error("it is not the answer to what was asked")]
    Foreign,
    /// The provider's answer proves nothing.
    #[error("the provider's answer is not good: {0}")]
    NotGood(String),
    /// There is no claim that can be a login.
    #[error("the claim {0} is missing or can be no login")]
    NoLogin(String),
    /// The claims give no role.
    #[error("the claims give no role")]
    NoRole,
}

/// The provider.
#[derive(Clone)]
pub struct Provider {
    settings: ProviderSettings,
    http: Http,
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Provider({})", self.settings.issuer.as_str())
    }
}

impl Provider {
    /// # Errors
    /// The system offers no working TLS.
    pub fn new(settings: ProviderSettings) -> Result<Self, reqwest::Error> {
        Ok(Self { settings, http: Http::new()? })
    }

    /// What people call it.
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// Where to send a browser that wants to sign in, and what to know again
    /// when it comes back.
    ///
    /// # Errors
    /// The provider cannot be asked.
    pub async fn begin(&self, then: String) -> Result<(Url, Attempt), NotProvided> {
        let (metadata, redirect) = (self.discover().await?, self.redirect()?);
        let client = CoreClient::from_provider_metadata(
            metadata,
            ClientId::new(self.settings.client_id.clone()),
            self.client_secret(),
        )
        .set_redirect_uri(redirect);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let request = client.authorize_url(
            AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
            CsrfToken::new_random,
            Nonce::new_random,
        );
        let scopes = self.settings.scopes.iter().cloned().map(Scope::new);
        let (url, state, nonce) = request.add_scopes(scopes).set_pkce_challenge(challenge).url();
        let attempt = Attempt {
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
            then,
        };
        Ok((url, attempt))
    }

    /// For whom the provider vouches with the code that the browser brings.
    ///
    /// # Errors
    /// It vouches for nobody whom the portal would let in.
    pub async fn finish(&self, attempt: &Attempt, state: &str, code: &str) -> Result<Provided, NotProvided> {
        // Both are random and good once, so their comparison tells nothing.
        if attempt.state != state {
            return Err(NotProvided::Foreign);
        }
        let (metadata, redirect) = (self.discover().await?, self.redirect()?);
        let client = CoreClient::from_provider_metadata(
            metadata,
            ClientId::new(self.settings.client_id.clone()),
            self.client_secret(),
        )
        .set_redirect_uri(redirect);
        let not_good = |why: String| NotProvided::NotGood(why);
        let request = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|error| not_good(error.to_string()))?
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier.clone()));
        let answer = request.request_async(&self.http).await.map_err(|error| not_good(error.to_string()))?;
        let token = answer.id_token().ok_or_else(|| not_good("it holds no identity token".to_owned()))?;
        let verifier = client.id_token_verifier().set_allowed_algs(algorithms());
        let nonce = Nonce::new(attempt.nonce.clone());
        let checked = token.claims(&verifier, &nonce).map_err(|error| not_good(error.to_string()))?;
        let subject = checked.subject().to_string();
        let claims = Claims::of_verified(&token.to_string());
        let claims = claims.ok_or_else(|| not_good("its claims cannot be read".to_owned()))?;
        self.meaning(subject, &claims)
    }

    /// What the claims mean here.
    fn meaning(&self, subject: String, claims: &Claims) -> Result<Provided, NotProvided> {
        let settings = &self.settings;
        let login =
            claims.text(&settings.login_claim).and_then(|login| login.trim().to_lowercase().parse().ok());
        let login = login.ok_or_else(|| NotProvided::NoLogin(settings.login_claim.clone()))?;
        let given = claims.texts(&settings.role_claim);
        let role = given.iter().filter_map(|value| settings.roles.get(value)).max().copied();
        let role = match role.or(settings.default_role) {
            // Where no value means a role, they are given in the portal.
            Some(_) if settings.roles.is_empty() => None,
            Some(role) => Some(role),
            None => return Err(NotProvided::NoRole),
        };
        let teams = claims.texts(&settings.team_claim);
        let team = teams.iter().find_map(|value| settings.teams.get(value)).cloned();
        Ok(Provided { issuer: settings.issuer.to_string(), subject, login, role, team })
    }

    /// The role of somebody new to whom the provider gives none.
    pub fn default_role(&self) -> Role {
        self.settings.default_role.unwrap_or(Role::Tester)
    }

    async fn discover(&self) -> Result<CoreProviderMetadata, NotProvided> {
        let found = CoreProviderMetadata::discover_async(self.settings.issuer.clone(), &self.http).await;
        found.map_err(|error| NotProvided::Unreachable(error.to_string()))
    }

    fn redirect(&self) -> Result<RedirectUrl, NotProvided> {
        let place = format!("{}{CALLBACK}", self.settings.public_url.as_str().trim_end_matches('/'));
        RedirectUrl::new(place).map_err(|error| NotProvided::Unreachable(error.to_string()))
    }

    fn client_secret(&self) -> Option<ClientSecret> {
        self.settings.client_secret.as_ref().map(|secret| ClientSecret::new(secret.expose().to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn provider(change: impl FnOnce(&mut ProviderSettings)) -> Provider {
        let mut settings = ProviderSettings {
            issuer: IssuerUrl::new("https://login.example.com".to_owned()).unwrap(),
            name: "Acme".to_owned(),
            client_id: "understudy".to_owned(),
            client_secret: None,
            public_url: "https://understudy.example.com".parse().unwrap(),
            scopes: Vec::new(),
            login_claim: "preferred_username".to_owned(),
            role_claim: "groups".to_owned(),
            roles: [("admins".to_owned(), Role::Admin), ("leads".to_owned(), Role::Manager)].into(),
            default_role: None,
            team_claim: "groups".to_owned(),
            teams: [("pay".to_owned(), "payments".parse().unwrap())].into(),
        };
        change(&mut settings);
        Provider::new(settings).unwrap()
    }

    fn meaning(provider: &Provider, claims: Value) -> Result<(String, Option<Role>, Option<String>), String> {
        let Value::Object(claims) = claims else { unreachable!() };
        let provided = provider.meaning("s1".to_owned(), &Claims::from(claims));
        provided
            .map(|provided| (provided.login.to_string(), provided.role, provided.team.map(Slug::into_string)))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn groups_give_the_highest_role_and_the_first_team() {
        let all = json!({ "preferred_username": "Ann", "groups": ["leads", "pay", "admins"] });
        let found = meaning(&provider(|_| {}), all);
        assert_eq!(found, Ok(("ann".to_owned(), Some(Role::Admin), Some("payments".to_owned()))));
    }

    #[test]
    fn whoever_has_no_role_is_not_let_in_unless_there_is_one_for_everybody() {
        let nobody = json!({ "preferred_username": "ann", "groups": ["others"] });
        assert_eq!(meaning(&provider(|_| {}), nobody.clone()), Err("the claims give no role".to_owned()));
        let with_default = provider(|settings| settings.default_role = Some(Role::Tester));
        assert_eq!(meaning(&with_default, nobody.clone()).unwrap().1, Some(Role::Tester));
        let given_here = provider(|settings| {
            settings.roles.clear();
            settings.default_role = Some(Role::Tester);
        });
        assert_eq!(meaning(&given_here, nobody).unwrap().1, None);
    }

    #[test]
    fn what_can_be_no_login_is_none() {
        for claims in
            [json!({}), json!({ "preferred_username": "Ann Lee" }), json!({ "preferred_username": [] })]
        {
            assert!(meaning(&provider(|_| {}), claims).unwrap_err().contains("preferred_username"));
        }
    }
}
