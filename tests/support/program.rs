//! The program itself in a process of its own, on a database of its own that outlives it.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;

use serde_json::Value;
use soundings::store::{self, Db};
use tempfile::TempDir;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::{postgres, publish_samples};

/// A database with the sample consultations, and where the program keeps its files.
pub struct Premises {
    url: String,
    folder: TempDir,
    /// PostgreSQL: the server's own database, and the name of ours.
    made: Option<(String, String)>,
}

impl Premises {
    /// A fresh database.
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (url, made) = match postgres() {
            Some(server) => {
                let name = format!("p{}", Uuid::now_v7().simple());
                store::raw(&store::connect(&server, None).await.unwrap(), &format!("CREATE DATABASE {name}")).await.unwrap();
                (format!("{}/{name}", server.rsplit_once('/').unwrap().0), Some((server, name)))
            }
            None => (format!("sqlite://{}/soundings.db", folder.path().display()), None),
        };
        let premises = Self { url, folder, made };
        let db = premises.db().await;
        store::migrate(&db).await.unwrap();
        publish_samples(&db).await;
        premises
    }

    /// A connection beside the program's own.
    pub async fn db(&self) -> Db {
        store::connect(&self.url, None).await.unwrap()
    }

    /// The server's own database, and the name of ours, on PostgreSQL.
    pub fn postgres(&self) -> Option<&(String, String)> {
        self.made.as_ref()
    }

    /// The program serving, its log as the filter says.
    pub async fn serve(&self, log: &str) -> Program {
        self.serve_with(log, &[]).await
    }

    /// The same with more in its environment.
    pub async fn serve_with(&self, log: &str, environment: &[(&str, &str)]) -> Program {
        let mut command = self.command(&["serve", "--listen", "127.0.0.1:0", "--log-json", "true"]);
        let mut child =
            command.envs(environment.iter().copied()).env("SOUNDINGS_LOG", log).stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let (listening, mut address) = mpsc::unbounded_channel();
        let log = std::thread::spawn(move || {
            let mut log = String::new();
            for line in lines.map_while(Result::ok) {
                let said: Value = serde_json::from_str(&line).unwrap_or(Value::Null);
                if let Some(address) = said["listen"].as_str() {
                    let _nobody_waits = listening.send(address.to_owned());
                }
                log += &line;
                log.push('\n');
            }
            log
        });
        let url = address.recv().await.map(|address| format!("http://{address}"));
        Program { url: url.unwrap(), child, log }
    }

    /// Whether the program finds its audit log whole.
    pub fn verifies(&self) -> bool {
        self.command(&["verify"]).stdout(Stdio::null()).status().unwrap().success()
    }

    /// Run the program to its end.
    pub fn run(&self, arguments: &[&str]) -> std::process::Output {
        self.command(arguments).output().unwrap()
    }

    /// The folder the program runs in.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_soundings"));
        command.current_dir(self.folder.path()).env("SOUNDINGS_DATABASE", &self.url).args(arguments);
        command
    }

    /// Take the database away again.
    pub async fn remove(self) {
        if let Some((server, name)) = self.made {
            let server = store::connect(&server, None).await.unwrap();
            store::raw(&server, &format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
        }
    }
}

/// The program, serving.
pub struct Program {
    /// Its address.
    pub url: String,
    child: Child,
    log: JoinHandle<String>,
}

impl Program {
    /// Kill it at once, as `kill -9` does. What it wrote to its log comes back.
    pub fn kill(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.log.join().unwrap()
    }
}
