//! The schema, in order; its own crate, so that it cannot import application types that will change under it.
//!
//! Rules: never edit a released file; expand, move, contract; no business logic; where the two databases differ, one
//! `match` inside the file. Keys and unique constraints of large tables begin with the consultation, so that a
//! distributed PostgreSQL can place them.

pub use sea_orm_migration::prelude::MigratorTrait;
use sea_orm_migration::prelude::*;

mod m0001_consultations;
mod m0002_responses;
mod m0003_audit;
mod m0004_drafts;
mod m0005_access;
mod m0006_staff;
mod m0007_jobs;
mod m0008_batches;
mod m0009_uploads;
mod m0010_decisions;
mod m0011_evidence;
mod m0012_tokens;
mod m0013_edition_extensions;
mod m0014_sync;
mod m0015_waiting_uploads;
mod m0016_themes;
mod m0017_export_runs;

/// Every migration, in order.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_consultations::Migration),
            Box::new(m0002_responses::Migration),
            Box::new(m0003_audit::Migration),
            Box::new(m0004_drafts::Migration),
            Box::new(m0005_access::Migration),
            Box::new(m0006_staff::Migration),
            Box::new(m0007_jobs::Migration),
            Box::new(m0008_batches::Migration),
            Box::new(m0009_uploads::Migration),
            Box::new(m0010_decisions::Migration),
            Box::new(m0011_evidence::Migration),
            Box::new(m0012_tokens::Migration),
            Box::new(m0013_edition_extensions::Migration),
            Box::new(m0014_sync::Migration),
            Box::new(m0015_waiting_uploads::Migration),
            Box::new(m0016_themes::Migration),
            Box::new(m0017_export_runs::Migration),
        ]
    }
}
