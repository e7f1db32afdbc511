//! The envelope of one event.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub at: i64,
    pub action: String,
    pub actor_kind: String,
    pub actor_login: String,
    pub actor_token: Option<String>,
    pub actor_person_id: Option<Uuid>,
    pub actor_token_id: Option<Uuid>,
    pub team: Option<String>,
    pub subject: Option<String>,
    pub account_id: Option<Uuid>,
    pub username: Option<String>,
    pub service: Option<String>,
    pub run: Option<String>,
    pub request_id: Option<String>,
    pub details_hash: String,
    pub actor_salt: Option<String>,
    pub actor_hash: Option<String>,
    pub subject_salt: Option<String>,
    pub subject_hash: Option<String>,
    pub subject_person_id: Option<Uuid>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
