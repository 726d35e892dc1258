//! What a handler is given.

use chrono::{DateTime, Utc};

use crate::config::Config;
use crate::intake::Intake;
use crate::intake::sync::Keeper;
use crate::store::Db;

/// What a handler is given. Holds no state of its own: any number of instances may share one database.
#[derive(Debug, Clone)]
pub struct App {
    /// Where the service listens, stores and points to.
    pub config: Config,
    /// The way in.
    pub intake: Intake,
    /// What the sync needs while the process runs.
    pub sync: Keeper,
}

impl App {
    /// The database.
    #[must_use]
    pub const fn db(&self) -> &Db {
        &self.intake.db
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        (self.intake.now)()
    }
}
