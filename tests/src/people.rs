//! The people of every test.

use domain::people::Role;

/// Somebody whom every portal knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Asks for accounts.
    Tester,
    /// Asks for accounts too, and has no business with the other's.
    SecondTester,
    /// Sees the team's.
    Manager,
    /// May do everything.
    Admin,
    /// Asks for accounts in another team; not in every portal.
    OtherTester,
    /// Sees what is that team's; not in every portal.
    OtherManager,
}

impl Who {
    /// Everybody in every portal.
    pub const ALL: [Self; 4] = [Self::Tester, Self::SecondTester, Self::Manager, Self::Admin];

    /// The name to sign in by.
    pub const fn login(self) -> &'static str {
        match self {
            Self::Tester => "tester",
            Self::SecondTester => "second-tester",
            Self::Manager => "manager",
            Self::Admin => "admin",
            Self::OtherTester => "other-tester",
            Self::OtherManager => "other-manager",
        }
    }

    /// The password: unlike anything that stands anywhere for another reason.
    pub const fn password(self) -> &'static str {
        match self {
            Self::Tester => "Kestrel-canary-4471-tester",
            Self::SecondTester => "Kestrel-canary-4472-second",
            Self::Manager => "Kestrel-canary-4473-manager",
            Self::Admin => "Kestrel-canary-4474-admin",
            Self::OtherTester => "Kestrel-canary-4475-other-tester",
            Self::OtherManager => "Kestrel-canary-4476-other-manager",
        }
    }

    /// What they may do.
    pub const fn role(self) -> Role {
        match self {
            Self::Tester | Self::SecondTester | Self::OtherTester => Role::Tester,
            Self::Manager | Self::OtherManager => Role::Manager,
            Self::Admin => Role::Admin,
        }
    }
}
