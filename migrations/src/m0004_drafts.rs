//! What residents have typed and not yet sent, kept under the hash of a code that only they hold.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{string, text, timestamp_with_time_zone};

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
                    .table("drafts")
                    .col(string("consultation"))
                    .col(string("key_hash"))
                    .col(text("document"))
                    .col(timestamp_with_time_zone("began_at"))
                    .col(timestamp_with_time_zone("saved_at"))
                    .primary_key(Index::create().col("consultation").col("key_hash"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("drafts").to_owned()).await
    }
}
