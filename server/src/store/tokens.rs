//! API tokens.

use std::collections::HashMap;

use domain::{
    Timestamp,
    id::{PersonId, TokenId},
    page::{Page, PageRequest},
    people::Person,
    token::Token,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};

use super::{
    Store, StoreError, UnitOfWork,
    entities::{person, token},
    people,
    rows::{Row, cut_to_page, millis, time},
};

/// A token with its owner.
#[derive(Debug)]
pub struct TokenRow {
    /// The token.
    pub token: Token,
    /// Who answers for it.
    pub owner: Person,
}

impl Store {
    /// The token with that hash.
    ///
    /// # Errors
    /// The database failed.
    pub async fn token_by_hash(&self, hash: &str) -> Result<Option<TokenRow>, StoreError> {
        self.one(token::Entity::find().filter(token::Column::Hash.eq(hash))).await
    }

    /// The token with that id.
    ///
    /// # Errors
    /// The database failed.
    pub async fn token(&self, id: TokenId) -> Result<Option<TokenRow>, StoreError> {
        self.one(token::Entity::find_by_id(id.0)).await
    }

    async fn one(&self, query: sea_orm::Select<token::Entity>) -> Result<Option<TokenRow>, StoreError> {
        // Without a LIMIT, as `the_one`.
        let Some((row, owner)) = query.find_also_related(person::Entity).all(&self.read).await?.pop() else {
            return Ok(None);
        };
        let Some(owner) = owner else {
            return Err(Row { table: "tokens", id: &row.id }.bad("owner_id", row.owner_id));
        };
        let owner = people::from_row(owner)?.person;
        Ok(Some(TokenRow { token: from_row(row, &owner)?, owner }))
    }

    /// One page of a person's tokens, or of everybody's, newest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn tokens(&self, owner: Option<&Person>, page: PageRequest) -> Result<Page<Token>, StoreError> {
        let mut query =
            token::Entity::find().order_by_desc(token::Column::Id).limit(u64::from(page.limit) + 1);
        if let Some(owner) = owner {
            query = query.filter(token::Column::OwnerId.eq(owner.id.0));
        }
        if let Some(before) = page.before {
            query = query.filter(token::Column::Id.lt(before));
        }
        let mut rows = query.all(&self.read).await?;
        let more = cut_to_page(&mut rows, page);
        let owners = person::Entity::find()
            .filter(person::Column::Id.is_in(rows.iter().map(|row| row.owner_id)))
            .all(&self.read)
            .await?;
        let owners = owners
            .into_iter()
            .map(|row| Ok((row.id, people::from_row(row)?.person)))
            .collect::<Result<HashMap<_, _>, StoreError>>()?;
        let items = rows
            .into_iter()
            .map(|row| match owners.get(&row.owner_id) {
                Some(owner) => from_row(row, owner),
                None => Err(Row { table: "tokens", id: &row.id }.bad("owner_id", row.owner_id)),
            })
            .collect::<Result<Vec<_>, _>>()?;
        let next = items.last().filter(|_| more).map(|token: &Token| token.id.to_string());
        Ok(Page { items, next })
    }
}

impl UnitOfWork {
    /// Adds a token, known by the hash of its text; `issued_by` is the token
    /// through which it was asked for.
    ///
    /// # Errors
    /// The database failed.
    pub async fn insert_token(
        &self,
        token: &Token,
        owner: PersonId,
        issued_by: Option<TokenId>,
        hash: String,
    ) -> Result<(), StoreError> {
        let scopes: Vec<&str> = token.scopes.iter().map(|scope| (*scope).into()).collect();
        let row = token::ActiveModel {
            id: Set(token.id.0),
            owner_id: Set(owner.0),
            name: Set(token.name.to_string()),
            scopes: Set(scopes.join(" ")),
            hash: Set(hash),
            issued_by: Set(issued_by.map(|id| id.0)),
            created_at: Set(token.created_at.as_millis()),
            expires_at: Set(token.expires_at.as_millis()),
            revoked_at: Set(millis(token.revoked_at)),
        };
        token::Entity::insert(row).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Makes a token worthless, and with it all that were issued through it:
    /// who stole one may have made others. Answers those others.
    ///
    /// # Errors
    /// The database failed.
    pub async fn revoke_token(&self, id: TokenId, at: Timestamp) -> Result<Vec<TokenId>, StoreError> {
        let mut generation = vec![id.0];
        let mut descendants = Vec::new();
        while !generation.is_empty() {
            token::Entity::update_many()
                .col_expr(token::Column::RevokedAt, Expr::value(at.as_millis()))
                .filter(token::Column::Id.is_in(generation.iter().copied()))
                .exec(&self.tx)
                .await?;
            generation = token::Entity::find()
                .select_only()
                .column(token::Column::Id)
                .filter(token::Column::IssuedBy.is_in(generation))
                .filter(token::Column::RevokedAt.is_null())
                .into_tuple()
                .all(&self.tx)
                .await?;
            descendants.extend(generation.iter().copied().map(TokenId));
        }
        Ok(descendants)
    }
}

fn from_row(row: token::Model, owner: &Person) -> Result<Token, StoreError> {
    let id = row.id;
    let at = Row { table: "tokens", id: &id };
    Ok(Token {
        id: TokenId(row.id),
        name: at.parse("name", &row.name)?,
        owner: owner.login.clone(),
        scopes: row
            .scopes
            .split_whitespace()
            .map(|scope| at.parse("scopes", scope))
            .collect::<Result<_, _>>()?,
        created_at: Timestamp::from_millis(row.created_at),
        expires_at: Timestamp::from_millis(row.expires_at),
        revoked_at: time(row.revoked_at),
    })
}
