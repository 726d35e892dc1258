//! Build the HTTP server from an [`App`] and stop it cleanly: everything acknowledged is on the disk, everything queued is written.

use std::net::TcpListener;
use std::sync::OnceLock;
use std::time::Duration;

use actix_web::middleware::{Compress, from_fn};
use actix_web::web::Data;
use actix_web::{App as Actix, HttpServer};
use anyhow::Context as _;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::sync::watch;

use crate::app::App;
use crate::config::Config;
use crate::intake::Intake;
use crate::intake::sync::Keeper;
use crate::store::consultations;
use crate::{demo, jobs, mail, store, web};

/// How long stopping waits for a letter that is on its way.
const LAST_LETTER: Duration = Duration::from_secs(20);

/// Open the database, bring its schema up to date and make an [`App`]; for a demonstration, filled.
pub async fn open(config: Config, demonstration: bool) -> anyhow::Result<App> {
    // A mail server that cannot be used is told of at once, not after the first message was lost.
    mail::Sender::open(&config)?;
    let db = store::connect(&config.database, None).await?;
    store::migrate(&db).await?;
    if !demonstration {
        return open_on(config, db).await;
    }
    let is_new = consultations::published(&db.read).await? == (0, 0);
    demo::publish(&db).await?;
    let app = open_on(config, db).await?;
    if is_new {
        let filled = demo::fill(&app.intake).await?;
        tracing::info!(sent = filled.sent, stored = filled.stored, held = filled.held, "filled with synthetic responses");
    }
    Ok(app)
}

/// Make an [`App`] on a database whose schema is up to date.
pub async fn open_on(config: Config, db: store::Db) -> anyhow::Result<App> {
    let (intake, _tasks) = Intake::open(db, chrono::Utc::now).await.context("opening the intake")?;
    let sync = Keeper::open(&intake, &config.data).await.context("opening the sync")?;
    Ok(App { config, intake, sync })
}

/// Serve until told to stop.
pub async fn run(app: App) -> anyhow::Result<()> {
    let listener = TcpListener::bind(&app.config.listen).with_context(|| format!("listening on {}", app.config.listen))?;
    tracing::info!(listen = %listener.local_addr()?, "serving");
    let keeper = tokio::spawn(jobs::run(app.clone()));
    let (stop, stopped) = watch::channel(false);
    let sender = mail::Sender::open(&app.config)?;
    let post = sender.map(|sender| tokio::spawn(mail::worker::run(app.clone(), sender, stopped)));
    let served = server(app, listener)?.await.context("serving");
    keeper.abort();
    stop.send_replace(true);
    if let Some(post) = post
        && tokio::time::timeout(LAST_LETTER, post).await.is_err()
    {
        tracing::warn!("a letter was still on its way; it will be sent again");
    }
    served
}

/// The server on a listener; it stops on SIGTERM or Ctrl-C after the requests in hand.
pub fn server(app: App, listener: TcpListener) -> anyhow::Result<actix_web::dev::Server> {
    let metrics = Data::new(metrics());
    let app = Data::new(app);
    let server = HttpServer::new(move || {
        Actix::new()
            .app_data(app.clone())
            .app_data(metrics.clone())
            .wrap(Compress::default())
            .wrap(from_fn(web::guard::around))
            .configure(web::routes)
    })
    // A compressed page goes out in parts; without this the last one waits 40 ms for an acknowledgement.
    .tcp_nodelay(true)
    .shutdown_timeout(10)
    .listen(listener)
    .context("starting the server")?;
    Ok(server.run())
}

/// One recorder for the whole process, however many servers tests start in it.
fn metrics() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    if let Some(handle) = HANDLE.get() {
        return handle.clone();
    }
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = HANDLE.get_or_init(|| recorder.handle()).clone();
    // A second installation can only lose a race against an equal one.
    let _already_installed = metrics::set_global_recorder(recorder);
    handle
}
