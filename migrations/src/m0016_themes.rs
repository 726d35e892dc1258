//! Themes: what coders begin with, the log of each codeframe, the log of each answer's coding, who read what, queues that were
//! drawn, answers to be coded twice, what was suggested, and who is told of a safeguarding worry.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{boolean, integer, string, text, timestamp_with_time_zone, uuid};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [starts(), frames(), codings(), reads(), queues(), samples(), runs(), suggestions(), contacts()];
        for table in tables {
            manager.create_table(table).await?;
        }
        let by_step = Index::create().name("coding_step").table("coding_events").col("consultation").col("together").to_owned();
        manager.create_index(by_step).await?;
        let by_answer = Index::create()
            .name("suggestion_answer")
            .table("coding_suggestions")
            .col("consultation")
            .col("question")
            .col("response_id")
            .to_owned();
        manager.create_index(by_answer).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            "safeguarding_contacts",
            "coding_suggestions",
            "coding_runs",
            "coding_samples",
            "coding_queues",
            "coding_reads",
            "coding_events",
            "codeframe_events",
            "starting_codeframes",
        ];
        for table in tables {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

fn starts() -> TableCreateStatement {
    Table::create()
        .table("starting_codeframes")
        .col(string("consultation").primary_key())
        .col(text("document"))
        .col(string("digest"))
        .col(timestamp_with_time_zone("published_at"))
        .to_owned()
}

fn frames() -> TableCreateStatement {
    Table::create()
        .table("codeframe_events")
        .col(string("consultation"))
        // The key of a question, or a word that no key can be for the frame that cuts across.
        .col(string("scope"))
        .col(integer("version"))
        .col(text("change"))
        .col(text("why"))
        .col(uuid("made_by"))
        .col(timestamp_with_time_zone("made_at"))
        .primary_key(Index::create().col("consultation").col("scope").col("version"))
        .to_owned()
}

fn codings() -> TableCreateStatement {
    Table::create()
        .table("coding_events")
        .col(string("consultation"))
        .col(string("question"))
        .col(uuid("response_id"))
        .col(integer("version"))
        // The revision whose words were in front of the coder.
        .col(uuid("revision_id"))
        .col(integer("frame"))
        .col(text("act"))
        // What was done in one step, at one answer or at several with the same words.
        .col(uuid("together"))
        .col(uuid("made_by"))
        .col(timestamp_with_time_zone("made_at"))
        .primary_key(Index::create().col("consultation").col("question").col("response_id").col("version"))
        .to_owned()
}

fn reads() -> TableCreateStatement {
    Table::create()
        .table("coding_reads")
        .col(string("consultation"))
        .col(string("question"))
        .col(uuid("response_id"))
        .col(uuid("revision_id"))
        .col(uuid("staff_id"))
        .col(timestamp_with_time_zone("read_at"))
        .primary_key(Index::create().col("consultation").col("question").col("response_id").col("revision_id").col("staff_id"))
        .to_owned()
}

fn queues() -> TableCreateStatement {
    Table::create()
        .table("coding_queues")
        .col(string("consultation"))
        .col(uuid("queue_id"))
        .col(string("question"))
        .col(uuid("staff_id"))
        .col(string("kind"))
        .col(text("items"))
        .col(timestamp_with_time_zone("made_at"))
        .primary_key(Index::create().col("consultation").col("queue_id"))
        .to_owned()
}

fn samples() -> TableCreateStatement {
    Table::create()
        .table("coding_samples")
        .col(string("consultation"))
        .col(string("question"))
        .col(uuid("response_id"))
        .col(integer("place"))
        .col(uuid("drawn_by"))
        .col(timestamp_with_time_zone("drawn_at"))
        .primary_key(Index::create().col("consultation").col("question").col("response_id"))
        .to_owned()
}

fn runs() -> TableCreateStatement {
    Table::create()
        .table("coding_runs")
        .col(string("consultation"))
        .col(uuid("run_id"))
        .col(string("question"))
        .col(string("method"))
        .col(string("version"))
        .col(integer("coded"))
        .col(text("report"))
        .col(uuid("made_by"))
        .col(timestamp_with_time_zone("made_at"))
        .primary_key(Index::create().col("consultation").col("run_id"))
        .to_owned()
}

fn suggestions() -> TableCreateStatement {
    Table::create()
        .table("coding_suggestions")
        .col(string("consultation"))
        .col(uuid("suggestion_id"))
        .col(string("question"))
        .col(uuid("response_id"))
        .col(uuid("run_id"))
        .col(string("method"))
        .col(string("version"))
        .col(uuid("theme"))
        .col(integer("confidence"))
        .col(text("because"))
        // Whether a person took it over or turned it down: such a one stays when a later run takes the place of this one.
        .col(boolean("answered"))
        .col(timestamp_with_time_zone("made_at"))
        .primary_key(Index::create().col("consultation").col("suggestion_id"))
        .to_owned()
}

fn contacts() -> TableCreateStatement {
    Table::create()
        .table("safeguarding_contacts")
        .col(string("consultation").primary_key())
        .col(uuid("staff_id"))
        .col(string("named_by"))
        .col(timestamp_with_time_zone("named_at"))
        .to_owned()
}
