//! A registered service.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "services")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub slug: String,
    pub base_url: String,
    pub definition: String,
    pub last_check: Option<String>,
    pub sealed_secret: Option<Vec<u8>>,
    pub created_at: i64,
    pub updated_at: i64,
    pub state: String,
    pub state_since: Option<i64>,
    pub state_reason: Option<String>,
    pub cleanup_id: Option<Uuid>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
