//! Uploaded files and what became of each of their lines, so that a whole upload can be finished, traced and withdrawn.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{integer, string, text, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid};

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
                    .table("uploads")
                    .col(string("consultation"))
                    .col(uuid("upload_id"))
                    .col(text("file_name"))
                    .col(string("sha256"))
                    .col(string("channel"))
                    .col(text("mapping"))
                    .col(text("counts"))
                    .col(string("actor"))
                    .col(string("state"))
                    .col(timestamp_with_time_zone("began_at"))
                    .col(timestamp_with_time_zone_null("ended_at"))
                    .primary_key(Index::create().col("consultation").col("upload_id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("upload_lines")
                    .col(string("consultation"))
                    .col(uuid("upload_id"))
                    .col(integer("line"))
                    .col(uuid("revision_id"))
                    .col(uuid("response_id"))
                    .col(string("outcome"))
                    .primary_key(Index::create().col("consultation").col("upload_id").col("line"))
                    .to_owned(),
            )
            .await?;
        let response =
            Index::create().name("upload_lines_response").table("upload_lines").col("consultation").col("response_id").to_owned();
        manager.create_index(response).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["upload_lines", "uploads"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
