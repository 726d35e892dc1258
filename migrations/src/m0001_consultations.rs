//! Consultations, every version of their documents, and every form version ever published.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, integer, string, text, timestamp_with_time_zone, timestamp_with_time_zone_null};

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
                    .table("consultations")
                    .col(string("code"))
                    .col(integer("version"))
                    .col(text("document"))
                    .col(string("digest"))
                    .col(timestamp_with_time_zone("published_at"))
                    .primary_key(Index::create().col("code").col("version"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("form_versions")
                    .col(string("consultation"))
                    .col(string("form"))
                    .col(integer("version"))
                    .col(text("document"))
                    .col(string("digest"))
                    .col(timestamp_with_time_zone("published_at"))
                    .primary_key(Index::create().col("consultation").col("form").col("version"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("freezes")
                    .col(string("consultation"))
                    .col(big_integer("number"))
                    .col(timestamp_with_time_zone("frozen_at"))
                    .col(timestamp_with_time_zone_null("lifted_at"))
                    .primary_key(Index::create().col("consultation").col("number"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["freezes", "form_versions", "consultations"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
