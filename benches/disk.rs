//! The yardstick of the disk: one small insert in one durable commit, one after the other, on one connection.

use std::path::Path;
use std::str::FromStr as _;
use std::time::{Duration, Instant};

use anyhow::Result;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection};
use sea_orm::sqlx::sqlite::SqliteConnection;
use sea_orm::sqlx::{self, ConnectOptions as _, Connection as _, Executor as _};
use tokio::sync::Mutex;

use crate::bare;

/// A body of about the size of a stored response.
const BODY: [u8; 2048] = [b'x'; 2048];

/// One connection to a database file of its own.
pub struct Sqlite(Mutex<SqliteConnection>);

impl Sqlite {
    /// Open a file in this folder.
    pub async fn open(folder: &Path) -> Result<Self> {
        Ok(Self(Mutex::new(bare::connection(&folder.join("disk.db").display().to_string()).await?)))
    }

    /// Commits a second.
    pub async fn commits(&self, span: Duration) -> Result<f64> {
        let mut connection = self.0.lock().await;
        let (began, mut count) = (Instant::now(), 0_u32);
        while began.elapsed() < span {
            sqlx::query("INSERT INTO bodies (body) VALUES (?)").bind(&BODY[..]).execute(&mut *connection).await?;
            count += 1;
        }
        Ok(f64::from(count) / began.elapsed().as_secs_f64())
    }
}

/// One connection to PostgreSQL.
pub struct Postgres(Mutex<PgConnection>);

impl Postgres {
    /// Connect, and make a table for it.
    pub async fn open(url: &str) -> Result<Self> {
        let mut connection = PgConnectOptions::from_str(url)?.disable_statement_logging().connect().await?;
        connection.execute("CREATE TABLE bodies (body BYTEA NOT NULL)").await?;
        Ok(Self(Mutex::new(connection)))
    }

    /// Commits a second.
    pub async fn commits(&self, span: Duration) -> Result<f64> {
        let mut connection = self.0.lock().await;
        let (began, mut count) = (Instant::now(), 0_u32);
        while began.elapsed() < span {
            sqlx::query("INSERT INTO bodies (body) VALUES ($1)").bind(&BODY[..]).execute(&mut *connection).await?;
            count += 1;
        }
        Ok(f64::from(count) / began.elapsed().as_secs_f64())
    }

    /// Leave.
    pub async fn close(self) -> Result<()> {
        Ok(self.0.into_inner().close().await?)
    }
}
