//! Offline sync: devices and where they may hand in, the log of what they handed in with its head, the epochs, decisions
//! that devices are told of, and what a database that went back in time has lost.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, boolean_null, integer, integer_null, string, string_null, text, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid, uuid_null,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [devices(), places(), lines(), head(), epochs(), decisions(), lost()] {
            manager.create_table(table).await?;
        }
        // A device's own number is not unique: a laptop that was copied must raise an alarm, not lose what it hands in.
        for (name, columns) in [
            ("sync_lines_number", &["number"][..]),
            ("sync_lines_device", &["device", "number"]),
            ("sync_lines_seq", &["device", "device_seq"]),
        ] {
            let mut index = Index::create().name(name).table("sync_lines").to_owned();
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        let told = Index::create().name("sync_decisions_device").table("sync_decisions").col("device").col("number").to_owned();
        manager.create_index(told).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = ["sync_lost", "sync_decisions", "sync_epochs", "sync_head", "sync_lines", "device_consultations", "devices"];
        for table in tables {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

fn devices() -> TableCreateStatement {
    Table::create()
        .table("devices")
        .col(uuid("device_id").primary_key())
        .col(string("name"))
        .col(string("place"))
        .col(string("credential").unique_key())
        .col(string("enrolled_by"))
        .col(timestamp_with_time_zone("enrolled_at"))
        .col(timestamp_with_time_zone("seen_at"))
        .col(string_null("revoked_by"))
        .col(timestamp_with_time_zone_null("revoked_at"))
        // When it last tried to hand in after that.
        .col(timestamp_with_time_zone_null("refused_at"))
        // When it was first found to be two.
        .col(timestamp_with_time_zone_null("cloned_at"))
        // Every number up to this one has arrived.
        .col(big_integer("through"))
        .col(big_integer("received_high"))
        // What it said of itself when it last handed in.
        .col(timestamp_with_time_zone_null("reported_at"))
        .col(big_integer_null("seq_high"))
        .col(big_integer_null("pending"))
        .col(big_integer_null("attention"))
        .col(big_integer_null("oldest_pending_s"))
        .col(big_integer_null("bytes"))
        .col(boolean_null("persisted"))
        .col(string_null("build"))
        .col(text("forms"))
        .to_owned()
}

fn places() -> TableCreateStatement {
    Table::create()
        .table("device_consultations")
        .col(string("consultation"))
        .col(uuid("device_id"))
        .col(timestamp_with_time_zone("since"))
        .col(timestamp_with_time_zone_null("gone_at"))
        .primary_key(Index::create().col("consultation").col("device_id"))
        .to_owned()
}

fn lines() -> TableCreateStatement {
    Table::create()
        .table("sync_lines")
        .col(string("consultation"))
        .col(uuid("revision_id"))
        .col(string("hash"))
        // In the order of commits and without a gap, since it is given under the lock of the head's row.
        .col(big_integer("number"))
        .col(string("epoch"))
        .col(uuid("device"))
        .col(big_integer("device_seq"))
        .col(string("status"))
        .col(string_null("reason"))
        .col(uuid("response_id"))
        // The response it became part of, where that has another id: a counted sheet has its own.
        .col(uuid_null("stored_as"))
        .col(integer_null("batch"))
        .col(integer_null("sheet"))
        .col(string("keyed_by"))
        .col(timestamp_with_time_zone_null("captured_from"))
        .col(timestamp_with_time_zone_null("captured_until"))
        .col(timestamp_with_time_zone("at"))
        .col(string("chain"))
        .primary_key(Index::create().col("consultation").col("revision_id").col("hash"))
        .to_owned()
}

fn head() -> TableCreateStatement {
    Table::create()
        .table("sync_head")
        .col(integer("one").primary_key())
        .col(string("epoch"))
        .col(big_integer("number"))
        .col(string("chain"))
        .col(big_integer("decisions"))
        .to_owned()
}

fn epochs() -> TableCreateStatement {
    Table::create()
        .table("sync_epochs")
        .col(string("epoch").primary_key())
        .col(timestamp_with_time_zone("began_at"))
        .col(string("begun_by"))
        .col(text("reason"))
        .to_owned()
}

fn decisions() -> TableCreateStatement {
    Table::create()
        .table("sync_decisions")
        .col(string("consultation"))
        .col(uuid("held_id"))
        .col(uuid("device"))
        .col(string("decision"))
        .col(big_integer("number"))
        .col(uuid("revision_id"))
        .col(timestamp_with_time_zone("decided_at"))
        .primary_key(Index::create().col("consultation").col("held_id").col("device").col("decision"))
        .to_owned()
}

fn lost() -> TableCreateStatement {
    Table::create()
        .table("sync_lost")
        .col(string("consultation"))
        .col(uuid("revision_id"))
        .col(string("hash"))
        .col(uuid("device"))
        .col(string("line"))
        .col(integer_null("batch"))
        .col(integer_null("sheet"))
        .col(timestamp_with_time_zone("reported_at"))
        .primary_key(Index::create().col("consultation").col("revision_id").col("hash"))
        .to_owned()
}
