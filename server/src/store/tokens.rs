//! API tokens.

use std::{collections::HashMap, str::FromStr};

use domain::{
    Timestamp,
    id::{PersonId, TokenId},
    page::{Page, PageRequest},
    people::Person,
    token::{Bound, Token},
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};

use super::{
    Store, StoreError, UnitOfWork,
    entities::{person, token},
    people,
    rows::{Row, count, cut_to_page, millis, time},
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

    /// Notes that a token is used now.
    ///
    /// # Errors
    /// The database failed.
    pub async fn note_use(&self, id: TokenId) -> Result<(), StoreError> {
        token::Entity::update_many()
            .col_expr(token::Column::UsedAt, Expr::value(self.world.now().as_millis()))
            .filter(token::Column::Id.eq(id.0))
            .exec(&self.write)
            .await?;
        Ok(())
    }

    /// Deletes the tokens of CI runs that ran out before that time; nothing
    /// refers to them but by their name.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_bound_tokens(&self, before: Timestamp) -> Result<u64, StoreError> {
        let deleted = token::Entity::delete_many()
            .filter(token::Column::Run.is_not_null())
            .filter(token::Column::ExpiresAt.lt(before.as_millis()))
            .exec(&self.write)
            .await?;
        Ok(deleted.rows_affected)
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
        let row = token::ActiveModel {
            id: Set(token.id.0),
            owner_id: Set(owner.0),
            name: Set(token.name.to_string()),
            scopes: Set(words(&token.scopes)),
            hash: Set(hash),
            issued_by: Set(issued_by.map(|id| id.0)),
            created_at: Set(token.created_at.as_millis()),
            expires_at: Set(token.expires_at.as_millis()),
            revoked_at: Set(millis(token.revoked_at)),
            used_at: Set(None),
            run: Set(token.bound.as_ref().map(|bound| bound.run.to_string())),
            services: Set(token.bound.as_ref().map(|bound| words(&bound.services))),
            quota: Set(token.bound.as_ref().and_then(|bound| bound.quota).map(count)),
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

fn words<T: ToString>(list: &[T]) -> String {
    list.iter().map(T::to_string).collect::<Vec<_>>().join(" ")
}

fn from_row(row: token::Model, owner: &Person) -> Result<Token, StoreError> {
    let id = row.id;
    let at = Row { table: "tokens", id: &id };
    let bound = match &row.run {
        None => None,
        Some(run) => Some(Bound {
            run: at.parse("run", run)?,
            services: read_words(at, "services", row.services.as_deref().unwrap_or_default())?,
            quota: row.quota.map(|quota| at.number("quota", quota)).transpose()?,
        }),
    };
    Ok(Token {
        id: TokenId(row.id),
        name: at.parse("name", &row.name)?,
        owner: owner.login.clone(),
        scopes: read_words(at, "scopes", &row.scopes)?,
        created_at: Timestamp::from_millis(row.created_at),
        expires_at: Timestamp::from_millis(row.expires_at),
        revoked_at: time(row.revoked_at),
        used_at: time(row.used_at),
        bound,
    })
}

fn read_words<T: FromStr>(at: Row<'_>, column: &'static str, text: &str) -> Result<Vec<T>, StoreError> {
    text.split_whitespace().map(|word| at.parse(column, word)).collect()
}
