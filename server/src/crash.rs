//! Places where a debug build can be told to die at once: before and after
//! whatever must not be half done. A release build has none of them.
//!
//! `FAILPOINTS=commit-after=3*off->return` lets three pass and dies at the
//! fourth; the names are those at the places.

/// A place where the program can be told to die.
pub(crate) fn point(name: &str) {
    #[cfg(debug_assertions)]
    let _: Option<()> = fail::eval(name, |_| std::process::abort());
    #[cfg(not(debug_assertions))]
    let _ = name;
}

/// Listens to the environment about where to die, for as long as the answer
/// lives.
pub(crate) fn listen() -> impl Drop + Sized {
    #[cfg(debug_assertions)]
    return fail::FailScenario::setup();
    #[cfg(not(debug_assertions))]
    return Nothing;
}

#[cfg(not(debug_assertions))]
struct Nothing;

#[cfg(not(debug_assertions))]
impl Drop for Nothing {
    fn drop(&mut self) {}
}
