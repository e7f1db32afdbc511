//! An account's presence on one service, and its place in the worker's queue.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "enrollments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub position: i32,
    pub service_id: Uuid,
    pub service: String,
    /// Against whose quota it counts: the account's holder, or who is to hold
    /// it.
    pub holder: String,
    pub username: String,
    pub state: String,
    pub not_ours: bool,
    pub remote_id: Option<String>,
    pub disabled: Option<bool>,
    pub attempts: i32,
    pub next_attempt_at: Option<i64>,
    pub last_error: Option<String>,
    pub failure: Option<String>,
    pub password_generation: Option<i32>,
    pub own_secret: Option<Vec<u8>>,
    pub unsettled_until: Option<i64>,
    pub removing_since: Option<i64>,
    pub removed_at: Option<i64>,
    pub proof: Option<String>,
    pub claim: i32,
    pub claimed_until: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::account::Entity",
        from = "Column::AccountId",
        to = "super::account::Column::Id"
    )]
    Account,
}

impl Related<super::account::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Account.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
