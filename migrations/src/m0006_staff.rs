//! Staff: accounts, what they may do where, one-time links, sessions, and failed attempts to sign in.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, string, string_null, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [accounts(), grants(), links(), sessions(), browsers(), failures()] {
            manager.create_table(table).await?;
        }
        let at = Index::create().name("sign_in_failures_at").table("sign_in_failures").col("at").to_owned();
        manager.create_index(at).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["sign_in_failures", "staff_browsers", "staff_sessions", "staff_links", "grants", "staff"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

fn accounts() -> TableCreateStatement {
    Table::create()
        .table("staff")
        .col(uuid("staff_id").primary_key())
        .col(string("email").unique_key())
        .col(string("name"))
        .col(text_null("password"))
        .col(string_null("authenticator"))
        .col(big_integer("last_step").default(0))
        .col(timestamp_with_time_zone("made_at"))
        .col(timestamp_with_time_zone_null("disabled_at"))
        .to_owned()
}

fn grants() -> TableCreateStatement {
    Table::create()
        .table("grants")
        .col(uuid("staff_id"))
        .col(string("role"))
        // Empty for every consultation: a key cannot hold a null.
        .col(string("consultation"))
        .primary_key(Index::create().col("staff_id").col("role").col("consultation"))
        .to_owned()
}

fn links() -> TableCreateStatement {
    Table::create()
        .table("staff_links")
        .col(string("hash").primary_key())
        .col(uuid("staff_id"))
        .col(string("purpose"))
        .col(timestamp_with_time_zone("expires_at"))
        .to_owned()
}

fn sessions() -> TableCreateStatement {
    Table::create()
        .table("staff_sessions")
        .col(string("hash").primary_key())
        .col(uuid("staff_id"))
        .col(string("stage"))
        .col(timestamp_with_time_zone("made_at"))
        .col(timestamp_with_time_zone("seen_at"))
        .to_owned()
}

fn browsers() -> TableCreateStatement {
    Table::create()
        .table("staff_browsers")
        .col(uuid("staff_id"))
        .col(string("browser"))
        .col(timestamp_with_time_zone("seen_at"))
        .primary_key(Index::create().col("staff_id").col("browser"))
        .to_owned()
}

fn failures() -> TableCreateStatement {
    Table::create()
        .table("sign_in_failures")
        .col(uuid("failure_id").primary_key())
        .col(string("account"))
        .col(string("browser"))
        .col(string("address"))
        .col(timestamp_with_time_zone("at"))
        .to_owned()
}
