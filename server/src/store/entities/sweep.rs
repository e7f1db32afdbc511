//! When a service was last swept, and who sweeps it now.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sweeps")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub service_id: Uuid,
    /// Counts the sweeps; whoever stores what one found still has to own it.
    pub number: i32,
    pub begun_at: i64,
    pub claimed_until: Option<i64>,
    pub swept_at: Option<i64>,
    pub problem: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
