//! What a role of PostgreSQL's that serves the portal may do: all that the
//! portal does, and nothing that bends the history, even past the portal.

use sea_orm::{ConnectionTrait, DbBackend, Statement, TransactionTrait};

use super::{Store, StoreError};

/// What the role must not do to tables of the portal, after it was allowed to
/// read and write all of them; and the columns of an event that erasing writes.
const LIMITS: [&str; 4] = [
    "REVOKE UPDATE, DELETE ON events, seals, seaql_migrations FROM",
    "REVOKE INSERT ON seaql_migrations FROM",
    "REVOKE UPDATE ON event_details FROM",
    "GRANT UPDATE (actor_login, actor_token, actor_salt, actor_hash, subject, subject_salt, subject_hash) \
     ON events TO",
];

impl Store {
    /// Lets a role use the tables as far as serving needs it.
    ///
    /// # Errors
    /// It is SQLite, there is no such role, or the database's user does not own
    /// the tables.
    pub async fn allow(&self, role: &str) -> Result<(), StoreError> {
        if self.backend() != DbBackend::Postgres {
            return Err(StoreError::Location(
                "SQLite has no roles: whoever can read its file can change it".to_owned(),
            ));
        }
        let owns = "SELECT 1 FROM pg_roles r, pg_tables t WHERE t.schemaname = 'public' AND t.tablename = 'events' \
                    AND r.rolname = $1 AND (r.rolsuper OR pg_has_role(r.oid, t.tableowner, 'MEMBER'))";
        let owns = Statement::from_sql_and_values(DbBackend::Postgres, owns, [role.into()]);
        if self.read.query_one_raw(owns).await?.is_some() {
            let why = format!(
                "{role} owns the tables, or can become who does: it could bend the history all the same"
            );
            return Err(StoreError::Location(why));
        }
        let role = format!("\"{}\"", role.replace('"', "\"\""));
        let work = self.write.begin().await?;
        let grants = [
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC".to_owned(),
            format!("GRANT USAGE ON SCHEMA public TO {role}"),
            format!("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}"),
            format!("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"),
        ];
        for sql in grants.into_iter().chain(LIMITS.map(|limit| format!("{limit} {role}"))) {
            work.execute_unprepared(&sql).await?;
        }
        Ok(work.commit().await?)
    }
}
