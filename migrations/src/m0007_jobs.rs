//! Work that waits to be done by any instance, and how often a response's receipt was asked for by e-mail.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    integer, string, string_null, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
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
                    .table("jobs")
                    .col(uuid("job_id").primary_key())
                    .col(string("kind"))
                    .col(text_null("payload"))
                    .col(timestamp_with_time_zone("run_at"))
                    .col(integer("attempts").default(0))
                    .col(timestamp_with_time_zone_null("claimed_until"))
                    .col(string_null("last_error"))
                    .col(timestamp_with_time_zone("give_up_at"))
                    .col(timestamp_with_time_zone_null("done_at"))
                    .col(timestamp_with_time_zone_null("dead_at"))
                    .col(timestamp_with_time_zone("made_at"))
                    .to_owned(),
            )
            .await?;
        // What waits is a handful among all that was ever done: both databases can index that handful alone.
        let waiting = "CREATE INDEX jobs_waiting ON jobs (run_at) WHERE done_at IS NULL AND dead_at IS NULL";
        manager.get_connection().execute_unprepared(waiting).await?;
        manager.alter_table(Table::alter().table("drafts").add_column(integer("receipts_mailed").default(0)).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("drafts").drop_column("receipts_mailed").to_owned()).await?;
        manager.drop_table(Table::drop().table("jobs").to_owned()).await
    }
}
