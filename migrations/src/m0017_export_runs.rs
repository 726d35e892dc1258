//! Export runs: what was asked for, by whom, what for, and the files that came of it.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer_null, blob, boolean, integer, string, text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null,
    uuid,
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
                    .table("export_runs")
                    .col(string("consultation"))
                    .col(uuid("run_id"))
                    .col(string("export"))
                    .col(timestamp_with_time_zone("as_of"))
                    .col(text("purpose"))
                    .col(string("actor"))
                    .col(boolean("letter"))
                    .col(string("state"))
                    .col(text_null("fault"))
                    .col(text("warnings"))
                    // Every published number by what it counts, to hold a later run against.
                    .col(text_null("published"))
                    .col(timestamp_with_time_zone("asked_at"))
                    .col(timestamp_with_time_zone_null("ended_at"))
                    .primary_key(Index::create().col("consultation").col("run_id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("export_files")
                    .col(string("consultation"))
                    .col(uuid("run_id"))
                    .col(integer("place"))
                    .col(string("name"))
                    .col(text("about"))
                    .col(string("media_type"))
                    .col(big_integer_null("lines"))
                    .col(string("sha256"))
                    .col(integer("size"))
                    .col(blob("content"))
                    .primary_key(Index::create().col("consultation").col("run_id").col("place"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("export_files").to_owned()).await?;
        manager.drop_table(Table::drop().table("export_runs").to_owned()).await
    }
}
