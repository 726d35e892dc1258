//! Floor 2: all SQL; takes a connection, gives back domain types. The only place that names `sea_orm`.

pub mod access;
pub mod audit;
pub mod batches;
pub mod catalogue;
pub mod chance;
pub mod consultations;
pub mod contacts;
pub mod desk;
pub mod devices;
pub mod drafts;
pub mod events;
pub mod evidence;
pub mod exports;
pub mod extensions;
mod first;
pub mod freezes;
pub mod held;
pub mod queue;
pub mod responses;
pub mod sessions;
pub mod settings;
mod sql;
pub mod staff;
pub mod sync;
pub mod themes;
pub mod uploads;
pub mod waiting;
pub mod writer;

use std::time::Duration;

use anyhow::Context as _;
use migration::{Migrator, MigratorTrait as _};
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait as _,
};

use crate::error::{Error, Result};

/// A connection or a transaction: what the functions of this floor are given.
pub use sea_orm::ConnectionTrait as Connection;

/// An open transaction.
pub type Tx = DatabaseTransaction;

/// The databases the service can keep its data in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One file on this machine.
    Sqlite,
    /// A server that several instances may share.
    Postgres,
}

/// The database: one connection that writes and several that read, on SQLite; one pool for both on PostgreSQL.
#[derive(Debug, Clone)]
pub struct Db {
    /// For anything that writes.
    pub write: DatabaseConnection,
    /// For reading only.
    pub read: DatabaseConnection,
    /// Which database it is.
    pub kind: Kind,
}

/// How long a statement waits for a lock or a connection before it fails.
const PATIENCE: Duration = Duration::from_secs(5);

/// Open the database. `schema` names a PostgreSQL schema to work in; SQLite has none.
pub async fn connect(url: &str, schema: Option<&str>) -> anyhow::Result<Db> {
    if url.starts_with("sqlite:") {
        let write = Database::connect(sqlite(url, 1, false)).await.context("opening the SQLite database")?;
        let read = Database::connect(sqlite(url, 4, true)).await.context("opening the SQLite database for reading")?;
        return Ok(Db { write, read, kind: Kind::Sqlite });
    }
    let mut options = ConnectOptions::new(url.to_owned());
    quiet(&mut options).max_connections(16);
    options.map_sqlx_postgres_opts(|options| {
        let patience = PATIENCE.as_millis().to_string();
        options.statement_cache_capacity(400).options([("lock_timeout", patience.as_str())])
    });
    if let Some(schema) = schema {
        options.set_schema_search_path(schema);
    }
    let pool = Database::connect(options).await.context("connecting to PostgreSQL")?;
    Ok(Db { write: pool.clone(), read: pool, kind: Kind::Postgres })
}

/// An acknowledged response must survive a power cut: WAL with `synchronous = FULL`.
fn sqlite(url: &str, connections: u32, reads_only: bool) -> ConnectOptions {
    let mut options = ConnectOptions::new(url.to_owned());
    // A file does not go away: a connection to it needs no trial each time it is taken.
    quiet(&mut options).max_connections(connections).min_connections(1).test_before_acquire(false);
    options.map_sqlx_sqlite_opts(move |options| {
        let options = options
            .create_if_missing(true)
            .foreign_keys(true)
            .busy_timeout(PATIENCE)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .statement_cache_capacity(400)
            .pragma("temp_store", "memory");
        if reads_only { options.pragma("query_only", "on") } else { options }
    });
    options
}

/// Statements carry people's words: none may reach a log.
fn quiet(options: &mut ConnectOptions) -> &mut ConnectOptions {
    options.sqlx_logging(false).record_stmt_in_spans(false).acquire_timeout(PATIENCE)
}

/// Bring the schema up to date. On PostgreSQL under a lock of that schema, since several instances may start at once; who
/// comes second waits for as long as the first needs.
pub async fn migrate(db: &Db) -> anyhow::Result<()> {
    const LOCK: i32 = 0x736f_756e;
    if db.kind == Kind::Sqlite {
        static ONE_AT_A_TIME: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
        let _turn = ONE_AT_A_TIME.lock().await;
        return Migrator::up(&db.write, None).await.context("bringing the schema up to date");
    }
    let lock = begin_write(&db.write).await.context("waiting to migrate")?;
    lock.execute_raw(Statement::from_string(DbBackend::Postgres, "SET LOCAL lock_timeout = 0")).await?;
    let turn = "SELECT pg_advisory_xact_lock($1, hashtext(current_schema()))";
    lock.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, turn, [LOCK.into()])).await?;
    let done = Migrator::up(&db.write, None).await.context("bringing the schema up to date");
    lock.commit().await.context("releasing the migration lock")?;
    done
}

/// Begin a transaction that will write. On SQLite it takes the write lock at once, since one that reads first and
/// writes later fails as soon as a rival writes in between.
pub async fn begin_write(db: &DatabaseConnection) -> Result<Tx, DbErr> {
    db.begin_with_options(TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..Default::default()
    })
    .await
}

/// Whether the database answers and its schema is up to date.
pub async fn ready(db: &Db) -> Result<()> {
    let behind = |why: String| Error::Unavailable(anyhow::anyhow!("the schema is not up to date: {why}"));
    let count = Statement::from_string(db.read.get_database_backend(), "SELECT COUNT(*) AS n FROM seaql_migrations");
    let row = sea_orm::ConnectionTrait::query_one_raw(&db.read, count).await.map_err(|error| behind(error.to_string()))?;
    let applied: i64 = row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or_default();
    let known = Migrator::migrations().len();
    if usize::try_from(applied).is_ok_and(|applied| applied >= known) {
        Ok(())
    } else {
        Err(behind(format!("{applied} of {known} steps")))
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        if is_passing(&error) { Self::Unavailable(error.into()) } else { Self::Internal(error.into()) }
    }
}

/// Whether the same statement may succeed later: the database is locked, away or out of connections.
fn is_passing(error: &DbErr) -> bool {
    let text = error.to_string();
    matches!(error, DbErr::Conn(_) | DbErr::ConnectionAcquire(_))
        || [
            "database is locked",
            "database table is locked",
            "Connection refused",
            "timed out",
            "terminating connection",
            "lock timeout",
        ]
        .iter()
        .any(|t| text.contains(t))
        || [
            "Broken pipe",
            "Connection reset",
            "unexpected end of file",
            "shutting down",
            "starting up",
            "disk I/O error",
            "disk is full",
        ]
        .iter()
        .any(|t| text.contains(t))
}

/// Take the whole schema down again. Only for tests: it loses everything.
pub async fn migrate_down(db: &Db) -> anyhow::Result<()> {
    Migrator::down(&db.write, None).await.context("taking the schema down")
}

/// Run a statement as it stands. Only for tests and maintenance: no part of the service builds SQL from what it was sent.
pub async fn raw(db: &Db, sql: &str) -> Result<()> {
    raw_on(&db.write, sql).await
}

/// Run a statement as it stands within a transaction.
pub async fn raw_on(db: &impl Connection, sql: &str) -> Result<()> {
    db.execute_unprepared(sql).await?;
    Ok(())
}
