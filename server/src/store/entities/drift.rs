//! A difference between a service and the ledger.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "drift")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub service_id: Uuid,
    pub service: String,
    pub kind: String,
    pub state: String,
    pub username: String,
    pub remote_id: Option<String>,
    pub account_id: Option<Uuid>,
    pub minted: bool,
    pub first_seen: i64,
    pub last_seen: i64,
    pub sweeps: i32,
    pub closed_at: Option<i64>,
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

impl ActiveModelBehavior for ActiveModel {}
