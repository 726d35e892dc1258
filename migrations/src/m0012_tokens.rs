//! More about tokens: who made each, when it was last used, and when it was revoked; and none without an end.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{date_null, string_null, timestamp_with_time_zone_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [string_null("made_by"), date_null("last_used_on"), timestamp_with_time_zone_null("revoked_at")] {
            manager.alter_table(Table::alter().table("tokens").add_column(column).to_owned()).await?;
        }
        // The command has never made a token without an end; should there be one, it is over.
        let over = "UPDATE tokens SET expires_at = made_at WHERE expires_at IS NULL";
        manager.get_connection().execute_unprepared(over).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["revoked_at", "last_used_on", "made_by"] {
            manager.alter_table(Table::alter().table("tokens").drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
