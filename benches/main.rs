//! What must be fast, measured: durable submissions, a public page and an upload, each beside a yardstick of the same minute.
//!
//! `cargo bench` measures everything; `cargo bench -- --quick` measures for a moment only, and `-- sqlite`, `-- page`,
//! `-- upload`, `-- sync`, `-- postgres` or `-- slow` that part alone. The server measured is the program itself in a process of its own, so that
//! its CPU time can be read; client, server and PostgreSQL share this machine. Nothing is written into the project.
//!
//! `slow` is PostgreSQL on a disk that flushes as a server's does. Where a flush costs next to nothing, one commit after
//! another is limited by the processor as everything else is, and a multiple of it says nothing about commits in groups.

mod answers;
mod bare;
mod databases;
mod disk;
mod load;
mod page;
mod process;
mod report;
mod sync;
mod upload;

use std::time::Duration;

use anyhow::Result;

use databases::Scratch;
use load::Measured;
use process::Server;
use report::Round;

/// How many connections send at once.
const CONNECTIONS: [usize; 4] = [1, 8, 32, 128];

/// What to measure and for how long.
struct Plan {
    parts: Vec<String>,
    /// One measurement of a server.
    span: Duration,
    /// How often everything is measured; the middle of the rates is reported.
    rounds: usize,
}

impl Plan {
    fn read(arguments: impl Iterator<Item = String>) -> Self {
        let arguments: Vec<String> = arguments.collect();
        let quick = arguments.iter().any(|argument| argument == "--quick");
        let parts = arguments.into_iter().filter(|argument| !argument.starts_with("--")).collect();
        let (span, rounds) = if quick { (Duration::from_secs(1), 1) } else { (Duration::from_secs(3), 3) };
        Self { parts, span, rounds }
    }

    fn has(&self, part: &str) -> bool {
        self.parts.is_empty() || self.parts.iter().any(|wanted| wanted == part)
    }
}

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    if std::env::args().nth(1).as_deref() == Some(bare::ARGUMENT) {
        return bare::serve(&arguments.nth(1).unwrap_or_default());
    }
    let plan = Plan::read(arguments);
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(measure(&plan))
}

async fn measure(plan: &Plan) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let sqlite = Scratch::sqlite(folder.path()).await?;
    let server = Server::start(&sqlite.url, folder.path()).await?;
    if plan.has("sqlite") {
        let bare = Server::bare(folder.path()).await?;
        let disk = disk::Sqlite::open(folder.path()).await?;
        report::title("SQLite", Some("bare loop/s"));
        for connections in CONNECTIONS {
            let mut rounds = Vec::new();
            for _ in 0..plan.rounds {
                let single = disk.commits(plan.span / 2).await?;
                let beside = submit(&bare, connections, plan).await?;
                let ours = submit(&server, connections, plan).await?;
                rounds.push(Round { single, beside: Some(beside), ours });
            }
            report::line(connections, &rounds);
        }
    }
    if plan.has("page") {
        for compressed in [false, true] {
            let measured = page::read(&server, 8, compressed, plan.span).await?;
            report::page(compressed, &measured);
        }
    }
    if plan.has("upload") {
        upload::measure(folder.path(), if plan.rounds == 1 { 20_000 } else { 200_000 }).await?;
    }
    if plan.has("sync") {
        handed_in(plan, &server, &sqlite.url).await?;
        if let Some(database) = Scratch::postgres("SOUNDINGS_TEST_DATABASE").await? {
            report::say("the same on PostgreSQL");
            let server = Server::start(&database.url, folder.path()).await?;
            handed_in(plan, &server, &database.url).await?;
            drop(server);
            database.remove().await?;
        }
    }
    if plan.has("postgres") {
        postgres(plan, folder.path(), "PostgreSQL", "SOUNDINGS_TEST_DATABASE").await?;
    }
    if plan.has("slow") {
        postgres(plan, folder.path(), "PostgreSQL, each flush 4 ms longer", "SOUNDINGS_SLOW_DATABASE").await?;
    }
    Ok(())
}

/// Pushes of devices beside single submissions of the same minute.
async fn handed_in(plan: &Plan, server: &Server, url: &str) -> Result<()> {
    let single = submit(server, 32, plan).await?;
    sync::measure(server, url, if plan.rounds == 1 { 40 } else { 200 }, single.rate).await
}

/// PostgreSQL as this environment variable names it.
async fn postgres(plan: &Plan, folder: &std::path::Path, title: &str, variable: &str) -> Result<()> {
    let Some(database) = Scratch::postgres(variable).await? else {
        report::say(&format!("{title}: not measured, {variable} names none (see scripts/postgres)"));
        return Ok(());
    };
    let server = Server::start(&database.url, folder).await?;
    let disk = disk::Postgres::open(&database.url).await?;
    report::title(title, None);
    for connections in CONNECTIONS {
        let mut rounds = Vec::new();
        for _ in 0..plan.rounds {
            let single = disk.commits(plan.span / 2).await?;
            let ours = submit(&server, connections, plan).await?;
            rounds.push(Round { single, beside: None, ours });
        }
        report::line(connections, &rounds);
    }
    drop(server);
    disk.close().await?;
    database.remove().await
}

/// Submit from this many connections, and check that everything acknowledged was stored now.
async fn submit(server: &Server, connections: usize, plan: &Plan) -> Result<Measured> {
    let requests = (0..connections).map(|_| answers::request(&server.address)).collect::<Result<Vec<_>>>()?;
    load::run(server, requests, 201, plan.span).await
}
