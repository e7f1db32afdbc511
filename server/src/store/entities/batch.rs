//! Many accounts asked for, or taken away, as one.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "batches")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    pub requested_by_kind: String,
    pub requested_by_login: String,
    pub requested_by_token: Option<String>,
    pub requested_by_person_id: Option<Uuid>,
    pub requested_by_token_id: Option<Uuid>,
    pub team: String,
    pub command: String,
    pub kept: i64,
    pub created_at: i64,
    pub forgotten_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
