//! Revisions of responses, append-only, and submissions held for a person to decide.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    binary, boolean, integer, integer_null, string, string_null, text, timestamp_with_time_zone, uuid, uuid_null,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("revisions")
                    .col(string("consultation"))
                    .col(uuid("revision_id"))
                    .col(uuid("response_id"))
                    .col(integer("number"))
                    .col(boolean("withdrawn"))
                    .col(string("form"))
                    .col(integer("form_version"))
                    .col(string("edition"))
                    .col(string("channel"))
                    .col(string("digest"))
                    .col(string("reference"))
                    .col(boolean("synthetic"))
                    .col(timestamp_with_time_zone("stored_at"))
                    .col(text("document"))
                    .primary_key(Index::create().col("consultation").col("revision_id"))
                    .to_owned(),
            )
            .await?;
        let mut number = Index::create().name("revisions_number").table("revisions").unique().to_owned();
        manager.create_index(number.col("consultation").col("response_id").col("number").to_owned()).await?;
        // References fall at random, so this index is kept as small as it can be: the reference alone finds the row.
        let reference = Index::create().name("revisions_reference").table("revisions").col("reference").to_owned();
        manager.create_index(reference).await?;
        manager
            .create_table(
                Table::create()
                    .table("held")
                    .col(string("consultation"))
                    .col(uuid("held_id"))
                    .col(uuid("revision_id"))
                    .col(uuid_null("response_id"))
                    .col(string("why"))
                    .col(string("channel"))
                    .col(string_null("edition"))
                    .col(integer_null("form_version"))
                    .col(string("digest"))
                    .col(binary("payload"))
                    .col(text("findings"))
                    .col(boolean("synthetic"))
                    .col(timestamp_with_time_zone("held_at"))
                    .primary_key(Index::create().col("consultation").col("held_id"))
                    .to_owned(),
            )
            .await?;
        let once = Index::create()
            .name("held_once")
            .table("held")
            .unique()
            .col("consultation")
            .col("revision_id")
            .col("digest")
            .to_owned();
        manager.create_index(once).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["held", "revisions"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
