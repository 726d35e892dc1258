//! Evidence with its originals and revisions, events, and, with nothing that could join them to any of these or to a
//! response, contacts, requests for other formats, and how many of both were erased.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, blob, boolean, date, date_null, integer, integer_null, string, string_null, text, timestamp_with_time_zone,
    uuid, uuid_null,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [originals(), evidence(), revisions(), events(), contacts(), requests(), erasures()] {
            manager.create_table(table).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables =
            ["erasures", "format_requests", "contacts", "events", "evidence_revisions", "evidence", "evidence_originals"];
        for table in tables {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

fn originals() -> TableCreateStatement {
    Table::create()
        .table("evidence_originals")
        .col(string("consultation"))
        .col(uuid("original_id"))
        .col(string("media_type"))
        .col(string("sha256"))
        .col(big_integer("size"))
        .col(blob("content"))
        .col(string("kept_by"))
        .col(timestamp_with_time_zone("kept_at"))
        .primary_key(Index::create().col("consultation").col("original_id"))
        .to_owned()
}

fn evidence() -> TableCreateStatement {
    Table::create()
        .table("evidence")
        .col(string("consultation"))
        .col(uuid("evidence_id"))
        .col(integer("number"))
        .col(uuid_null("original_id"))
        .col(string("logged_by"))
        .col(timestamp_with_time_zone("logged_at"))
        .primary_key(Index::create().col("consultation").col("evidence_id"))
        .index(Index::create().unique().name("evidence_number").col("consultation").col("number"))
        .index(Index::create().unique().name("evidence_original").col("consultation").col("original_id"))
        .to_owned()
}

fn revisions() -> TableCreateStatement {
    Table::create()
        .table("evidence_revisions")
        .col(string("consultation"))
        .col(uuid("evidence_id"))
        .col(integer("revision"))
        .col(boolean("withdrawn"))
        .col(string("kind"))
        .col(date("received_on"))
        .col(string_null("event"))
        .col(string("organisation"))
        .col(big_integer("signatures").null())
        // The rest as a document; what it says apart from it, since lists do not read it.
        .col(text("document"))
        .col(text("words"))
        .col(text("reason"))
        .col(string("made_by"))
        .col(timestamp_with_time_zone("made_at"))
        .primary_key(Index::create().col("consultation").col("evidence_id").col("revision"))
        .to_owned()
}

fn events() -> TableCreateStatement {
    Table::create()
        .table("events")
        .col(string("consultation"))
        .col(string("code"))
        .col(string("title"))
        .col(string("place"))
        .col(date("held_on"))
        .col(string("format"))
        .col(string("target_group"))
        .col(integer_null("attendance"))
        .col(text("notes"))
        .primary_key(Index::create().col("consultation").col("code"))
        .to_owned()
}

/// Days and no instants, and no code of an event: neither may say whose letter it was or who sat at which table.
fn contacts() -> TableCreateStatement {
    Table::create()
        .table("contacts")
        .col(string("consultation"))
        .col(uuid("contact_id"))
        .col(string("name"))
        .col(string("email"))
        .col(string("wants"))
        .col(text("about"))
        .col(date("consented_on"))
        .col(date("keep_until"))
        .primary_key(Index::create().col("consultation").col("contact_id"))
        .to_owned()
}

fn requests() -> TableCreateStatement {
    Table::create()
        .table("format_requests")
        .col(string("consultation"))
        .col(uuid("request_id"))
        .col(string("wanted"))
        .col(text("details"))
        .col(text("reach"))
        .col(date("asked_on"))
        .col(date_null("needed_by"))
        .col(date("due_on"))
        .col(date_null("fulfilled_on"))
        .col(text("how"))
        .primary_key(Index::create().col("consultation").col("request_id"))
        .to_owned()
}

fn erasures() -> TableCreateStatement {
    Table::create()
        .table("erasures")
        .col(string("consultation"))
        .col(uuid("erasure_id"))
        .col(string("what"))
        .col(string("cause"))
        .col(big_integer("how_many"))
        .col(date("erased_on"))
        .primary_key(Index::create().col("consultation").col("erasure_id"))
        .to_owned()
}
