//! The yardstick: a bare actix and SQLite loop, through the same driver, that commits what has queued without any rule.
//! It does not even read what it is sent: the body goes into one column as it came.

use std::str::FromStr as _;

use actix_web::web::{Bytes, Data, post};
use actix_web::{App, HttpResponse, HttpServer};
use anyhow::{Context as _, Result};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sea_orm::sqlx::{self, AssertSqlSafe, ConnectOptions as _, Connection as _};
use tokio::sync::{mpsc, oneshot};

/// The argument that makes this program the yardstick's server.
pub const ARGUMENT: &str = "--bare-loop";

/// The most that goes into one commit, as in the service's writer.
const GROUP: usize = 256;

type Job = (Bytes, oneshot::Sender<()>);

/// The pragmas of an acknowledged response, and no others.
pub async fn connection(file: &str) -> Result<SqliteConnection> {
    let options = SqliteConnectOptions::from_str(&format!("sqlite://{file}"))?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .statement_cache_capacity(400)
        .disable_statement_logging();
    let mut connection = options.connect().await?;
    sqlx::query("CREATE TABLE IF NOT EXISTS bodies (body BLOB NOT NULL)").execute(&mut connection).await?;
    Ok(connection)
}

/// Serve at this address until killed.
pub fn serve(address: &str) -> Result<()> {
    actix_web::rt::System::new().block_on(async {
        let (queue, jobs) = mpsc::channel::<Job>(4096);
        let mut connection = connection("bare.db").await?;
        actix_web::rt::spawn(async move { commit_all(&mut connection, jobs).await });
        let queue = Data::new(queue);
        let server = HttpServer::new(move || App::new().app_data(queue.clone()).default_service(post().to(take)));
        server.bind(address)?.run().await.context("serving")
    })
}

async fn take(body: Bytes, queue: Data<mpsc::Sender<Job>>) -> HttpResponse {
    let (reply, written) = oneshot::channel();
    let sent = queue.send((body, reply)).await;
    match (sent, written.await) {
        (Ok(()), Ok(())) => HttpResponse::Created().finish(),
        _ => HttpResponse::ServiceUnavailable().finish(),
    }
}

async fn commit_all(connection: &mut SqliteConnection, mut jobs: mpsc::Receiver<Job>) -> Result<()> {
    let mut group: Vec<Job> = Vec::with_capacity(GROUP);
    while jobs.recv_many(&mut group, GROUP).await > 0 {
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        let text = format!("INSERT INTO bodies (body) VALUES (?){}", ", (?)".repeat(group.len() - 1));
        let insert = group.iter().fold(sqlx::query(AssertSqlSafe(text)), |insert, (body, _)| insert.bind(body.as_ref()));
        insert.execute(&mut *transaction).await?;
        transaction.commit().await?;
        for (_, reply) in group.drain(..) {
            // Whoever asked may have gone away.
            let _gone = reply.send(());
        }
    }
    Ok(())
}
