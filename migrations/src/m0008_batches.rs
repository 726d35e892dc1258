//! The paper ledger: batches and their counts, sheets, keyings, and the verdicts on sheets that were keyed twice.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    boolean, date, date_null, integer, string, string_null, text, text_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// A table whose rows belong to a batch of a consultation.
fn table(name: &'static str) -> TableCreateStatement {
    Table::create().table(name).col(string("consultation")).col(integer("batch")).to_owned()
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(batches()).await?;
        manager
            .create_table(
                table("batch_counts")
                    .col(integer("number"))
                    .col(integer("sheets"))
                    .col(text("reason"))
                    .col(string("counted_by"))
                    .col(timestamp_with_time_zone("counted_at"))
                    .primary_key(Index::create().col("consultation").col("batch").col("number"))
                    .to_owned(),
            )
            .await?;
        manager.create_table(sheets()).await?;
        manager.create_table(keyings()).await?;
        let once = Index::create().name("keyings_once").table("keyings").unique().col("consultation").col("keying_id").to_owned();
        manager.create_index(once).await?;
        manager
            .create_table(
                table("pairs")
                    .col(integer("sheet"))
                    .col(text("verdicts"))
                    .col(integer("open"))
                    .col(timestamp_with_time_zone("compared_at"))
                    .col(string_null("settled_by"))
                    .col(timestamp_with_time_zone_null("settled_at"))
                    // What the settling changes, until the door has confirmed it.
                    .col(text_null("correction"))
                    .primary_key(Index::create().col("consultation").col("batch").col("sheet"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["pairs", "keyings", "sheets", "batch_counts", "batches"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

fn batches() -> TableCreateStatement {
    table("batches")
        .col(string("source"))
        .col(string("place"))
        .col(string_null("event"))
        .col(string("channel"))
        .col(string("edition"))
        .col(integer("form_version"))
        .col(date("received_on"))
        .col(string("postmark"))
        .col(date_null("posted_on"))
        .col(integer("sheets"))
        // Raised by every act, so that two acts on one batch follow each other.
        .col(integer("acts"))
        .col(string("counted_by"))
        .col(timestamp_with_time_zone("counted_at"))
        .col(string_null("closed_by"))
        .col(timestamp_with_time_zone_null("closed_at"))
        .primary_key(Index::create().col("consultation").col("batch"))
        .to_owned()
}

fn sheets() -> TableCreateStatement {
    table("sheets")
        .col(integer("sheet"))
        // Random, and shown to nobody: it decides whether the sheet is keyed twice.
        .col(uuid("sheet_id"))
        .col(uuid("response_id"))
        .col(string_null("outcome"))
        .col(text_null("reason"))
        .col(string_null("kept"))
        .col(boolean("drawn"))
        .col(string_null("ended_by"))
        .col(timestamp_with_time_zone_null("ended_at"))
        .primary_key(Index::create().col("consultation").col("batch").col("sheet"))
        .to_owned()
}

fn keyings() -> TableCreateStatement {
    table("keyings")
        .col(integer("sheet"))
        // 1 for the keying that is stored as the response, 2 for the blind one beside it.
        .col(integer("turn"))
        .col(uuid("keying_id"))
        .col(uuid("revision_id"))
        .col(string("keyed_by"))
        .col(timestamp_with_time_zone("keyed_at"))
        .col(text_null("payload"))
        .col(text("note"))
        .primary_key(Index::create().col("consultation").col("batch").col("sheet").col("turn"))
        .to_owned()
}
