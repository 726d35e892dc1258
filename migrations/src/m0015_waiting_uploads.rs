//! Uploaded files that wait at the desk: where the check of each stands, what it found, and until when it is kept.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{integer, integer_null, string, text, text_null, timestamp_with_time_zone, uuid, uuid_null};

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
                    .table("waiting_uploads")
                    .col(string("consultation"))
                    .col(uuid("waiting_id"))
                    .col(text("file_name"))
                    .col(string("channel"))
                    .col(text("mapping"))
                    .col(string("actor"))
                    .col(string("state"))
                    // Which run of the check or the storing has the file in hand; an older one can no longer say anything.
                    .col(uuid("run_id"))
                    .col(integer("lines"))
                    .col(integer_null("lines_of"))
                    .col(text_null("report"))
                    .col(text_null("fault"))
                    .col(uuid_null("upload_id"))
                    .col(timestamp_with_time_zone("made_at"))
                    .col(timestamp_with_time_zone("seen_at"))
                    .primary_key(Index::create().col("consultation").col("waiting_id"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("waiting_uploads").to_owned()).await
    }
}
