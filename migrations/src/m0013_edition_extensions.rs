//! Later last days for one edition alone: the edition becomes part of the key.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{date, string, text, timestamp_with_time_zone};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = without_edition("edition_extensions");
        table.col(string("edition")).primary_key(Index::create().col("consultation").col("edition").col("closes_on"));
        // SQLite cannot change a key, so the table is made again.
        manager.create_table(table).await?;
        let copy = "INSERT INTO edition_extensions (consultation, closes_on, announced_on, reason, announced_by, made_at, edition) \
                    SELECT consultation, closes_on, announced_on, reason, announced_by, made_at, 'all' FROM extensions";
        manager.get_connection().execute_unprepared(copy).await?;
        manager.drop_table(Table::drop().table("extensions").to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = without_edition("extensions");
        table.primary_key(Index::create().col("consultation").col("closes_on"));
        manager.create_table(table).await?;
        let copy = "INSERT INTO extensions (consultation, closes_on, announced_on, reason, announced_by, made_at) \
                    SELECT consultation, closes_on, announced_on, reason, announced_by, made_at FROM edition_extensions \
                    WHERE edition = 'all'";
        manager.get_connection().execute_unprepared(copy).await?;
        manager.drop_table(Table::drop().table("edition_extensions").to_owned()).await
    }
}

fn without_edition(name: &'static str) -> TableCreateStatement {
    Table::create()
        .table(name)
        .col(string("consultation"))
        .col(date("closes_on"))
        .col(date("announced_on"))
        .col(text("reason"))
        .col(string("announced_by"))
        .col(timestamp_with_time_zone("made_at"))
        .to_owned()
}
