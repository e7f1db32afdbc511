//! Passwords of people: Argon2id (RFC 9106), off the async threads.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use domain::{people::check_password, secret::Secret, text::Login};
use tokio::sync::Semaphore;
use zxcvbn::zxcvbn;

use crate::world::World;

/// How many hashes are computed at a time: each takes 19 MiB.
static AT_A_TIME: Semaphore = Semaphore::const_new(4);

/// The shortest password that somebody may choose, in characters.
const SHORTEST: usize = 8;

/// After how many well-chosen guesses a password must not be found.
const GUESSES: u64 = 100_000;

/// Whether somebody of that login may choose that password. It is neither short
/// nor a common one, nor made of the login (OWASP ASVS 5, 6.2.1, 6.2.4, 6.2.11).
///
/// # Errors
/// A sentence's end that says what is wrong with it.
pub fn check_chosen(password: &Secret, login: &Login) -> Result<(), String> {
    if password.expose().chars().count() < SHORTEST {
        return Err(format!("must have at least {SHORTEST} characters"));
    }
    check_password(password)?;
    if zxcvbn(password.expose(), &[login.as_str(), "understudy"]).guesses() < GUESSES {
        return Err("is among the first that anybody would try; choose several words".to_owned());
    }
    Ok(())
}

/// Hashes a password into a PHC string.
pub async fn hash(password: Secret, world: &World) -> String {
    let salt = world.random_bytes::<16>();
    in_background(move || {
        #[expect(clippy::expect_used, reason = "only a salt or parameters of a wrong length fail")]
        let hash = Argon2::default()
            .hash_password_with_salt(password.expose().as_bytes(), &salt)
            .expect("the salt has 16 bytes");
        hash.to_string()
    })
    .await
}

/// Whether the password is the one that was hashed. With no hash the work is
/// the same and the answer no, so that time does not tell which logins exist.
pub async fn verify(password: Secret, hash: Option<String>) -> bool {
    in_background(move || {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODYS.to_owned());
        let fits = PasswordHash::new(&hash)
            .is_ok_and(|hash| Argon2::default().verify_password(password.expose().as_bytes(), &hash).is_ok());
        fits && known
    })
    .await
}

/// The hash of a random text that nobody knows, with the default parameters.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGtub3dzIHRoaXM$\
                       4Ri4jQmmFGLZvzGVN1w6bhk0HJsCgXoU1Y+Q5Vnvv2Q";

async fn in_background<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let _permit = AT_A_TIME.acquire().await;
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(failed) => std::panic::resume_unwind(failed.into_panic()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    #[tokio::test]
    async fn the_right_password_fits_and_a_wrong_one_does_not() {
        let hash = hash(secret("open sesame"), &World::system()).await;
        assert!(hash.starts_with("$argon2id$"), "{hash}");
        assert!(verify(secret("open sesame"), Some(hash.clone())).await);
        assert!(!verify(secret("open barley"), Some(hash)).await);
        assert!(!verify(secret("open sesame"), None).await);
    }

    #[test]
    fn nobody_chooses_what_is_guessed_at_once() {
        let login: Login = "ann.lee".parse().unwrap();
        let check = |password: &str| check_chosen(&secret(password), &login);
        for common in ["password1", "iloveyou", "qwertyuiop", "11111111", "ann.lee1", "abcdefgh", "P@ssw0rd"]
        {
            assert_eq!(
                check(common).unwrap_err(),
                "is among the first that anybody would try; choose several words"
            );
        }
        assert_eq!(check("x7!pQ2z").unwrap_err(), "must have at least 8 characters");
        assert_eq!(check(&"ab1!".repeat(257)).unwrap_err(), "must have at most 1024 bytes");
        for good in ["several words of mine", "vogelbeere8", &"ab1! ".repeat(200)] {
            check(good).unwrap();
        }
    }

    #[test]
    fn the_hash_for_unknown_logins_costs_as_much_as_a_real_one() {
        let nobodys = PasswordHash::new(NOBODYS).unwrap();
        let real = Argon2::default().hash_password_with_salt(b"x", &[7; 16]).unwrap();
        assert_eq!(nobodys.params, real.params);
        assert_eq!(nobodys.algorithm, real.algorithm);
    }
}
