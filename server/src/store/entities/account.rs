//! A test account.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "accounts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub username: String,
    pub email: String,
    pub state: String,
    pub end_reason: Option<String>,
    pub purpose: Option<String>,
    pub ticket: Option<String>,
    pub run: Option<String>,
    pub batch_id: Option<Uuid>,
    pub labels: String,
    pub attributes: String,
    pub requested_by_kind: String,
    pub requested_by_login: String,
    pub requested_by_token: Option<String>,
    pub requested_by_person_id: Option<Uuid>,
    pub requested_by_token_id: Option<Uuid>,
    pub holder: String,
    pub team: String,
    pub approved_by: Option<String>,
    pub decision_reason: Option<String>,
    pub frozen_by: Option<String>,
    pub handing_to: Option<String>,
    pub ttl: i64,
    pub password_generation: i32,
    pub created_at: i64,
    pub decide_by: Option<i64>,
    pub provision_by: Option<i64>,
    pub active_at: Option<i64>,
    pub expires_at: Option<i64>,
    pub kept_until: Option<i64>,
    pub ended_at: Option<i64>,
    pub version: i32,
    pub forgotten_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(has_many = "super::enrollment::Entity")]
    Enrollments,
}

impl Related<super::enrollment::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Enrollments.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
