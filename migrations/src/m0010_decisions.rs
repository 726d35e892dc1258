//! What a person decided about something held, and later last days announced at the desk.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    date, string, string_null, text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column at a time.
        let columns = [
            string_null("decision"),
            text_null("reason"),
            string_null("decided_by"),
            timestamp_with_time_zone_null("decided_at"),
        ];
        for column in columns {
            manager.alter_table(Table::alter().table("held").add_column(column).to_owned()).await?;
        }
        manager
            .create_table(
                Table::create()
                    .table("extensions")
                    .col(string("consultation"))
                    .col(date("closes_on"))
                    .col(date("announced_on"))
                    .col(text("reason"))
                    .col(string("announced_by"))
                    .col(timestamp_with_time_zone("made_at"))
                    .primary_key(Index::create().col("consultation").col("closes_on"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("extensions").to_owned()).await?;
        for column in ["decided_at", "decided_by", "reason", "decision"] {
            manager.alter_table(Table::alter().table("held").drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
