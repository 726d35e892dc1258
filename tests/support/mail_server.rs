//! A real mail server in a process of its own, at an address of its own, that can be stopped and started again.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde::Deserialize;
use serde_json::Value;
use tokio::sync::mpsc::{self, UnboundedReceiver};
use uuid::Uuid;

/// A letter as it arrived.
#[derive(Debug, Clone, Deserialize)]
pub struct Arrived {
    pub from: String,
    pub to: Vec<String>,
    pub headers: std::collections::BTreeMap<String, String>,
    pub parts: Vec<String>,
    pub text: String,
    pub html: String,
    pub encrypted: bool,
    pub user: Option<String>,
    pub defects: Vec<String>,
}

/// A mail server. Its letters outlive a stop.
pub struct MailServer {
    host: String,
    port: u16,
    folder: tempfile::TempDir,
    options: Vec<String>,
    running: Option<Child>,
    events: UnboundedReceiver<Value>,
}

impl MailServer {
    /// A server that takes mail from anybody, without TLS.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// A server that asks who sends: `user:password`.
    pub fn start_asking(credentials: &str) -> Self {
        Self::start_with(&["--credentials", credentials])
    }

    /// A server that speaks TLS from the first byte, and the certificate to trust.
    pub fn start_encrypted() -> (Self, PathBuf) {
        let host = some_host();
        let folder = tempfile::tempdir().unwrap();
        let (certificate, key) = certify(&host, folder.path());
        let options = ["--certificate".into(), certificate.display().to_string(), "--key".into(), key.display().to_string()];
        (Self::begin(host, folder, options.to_vec()), certificate)
    }

    fn start_with(options: &[&str]) -> Self {
        Self::begin(some_host(), tempfile::tempdir().unwrap(), options.iter().map(|&option| option.to_owned()).collect())
    }

    fn begin(host: String, folder: tempfile::TempDir, options: Vec<String>) -> Self {
        let (_, events) = mpsc::unbounded_channel();
        let mut server = Self { host, port: 0, folder, options, running: None, events };
        server.resume();
        server
    }

    /// End the process; letters it was sent are kept.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.running.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Start it again at the same address.
    pub fn resume(&mut self) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let tools = root.join("target/python");
        assert!(tools.join("aiosmtpd").is_dir(), "aiosmtpd is missing; run scripts/fetch-test-tools");
        let mut command = Command::new("python3");
        command.arg(root.join("tests/support/mail_server.py")).env("PYTHONPATH", tools);
        command.args(["--host", &self.host, "--port", &self.port.to_string(), "--folder"]).arg(self.folder.path());
        let mut child = command.args(&self.options).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        assert_eq!(first["event"], "listening");
        self.port = u16::try_from(first["port"].as_u64().unwrap()).unwrap();
        let (tell, events) = mpsc::unbounded_channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _nobody_listens = tell.send(serde_json::from_str(&line).unwrap_or_default());
            }
        });
        (self.running, self.events) = (Some(child), events);
    }

    /// Its address, for `SOUNDINGS_SMTP`.
    pub fn url(&self, scheme: &str) -> String {
        format!("{scheme}://{}:{}", self.host, self.port)
    }

    /// Wait until something of this name happened since the last start: `letter`, `refused`, `put_off`, `stalled`.
    pub async fn wait_for(&mut self, event: &str) {
        while self.events.recv().await.unwrap()["event"] != event {}
    }

    /// Every letter that arrived, oldest first. A letter is here before its sender hears that it was taken.
    pub fn letters(&self) -> Vec<Arrived> {
        let names = std::fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let mut names: Vec<PathBuf> = names.filter(|path| path.extension().is_some_and(|e| e == "json")).collect();
        names.sort();
        names.iter().map(|path| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()).collect()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// An address of this machine that no other test has, so that a server that is stopped finds its port free again.
fn some_host() -> String {
    let [.., a, b, c] = *Uuid::now_v7().as_bytes();
    format!("127.{}.{b}.{}", a | 1, c | 1)
}

/// A certificate for an address, signed by itself, and its key.
fn certify(host: &str, folder: &Path) -> (PathBuf, PathBuf) {
    let (certificate, key, wishes) = (folder.join("certificate.pem"), folder.join("key.pem"), folder.join("wishes.cnf"));
    let text = format!(
        "[req]\ndistinguished_name = name\nx509_extensions = more\nprompt = no\n[name]\nCN = {host}\n\
         [more]\nsubjectAltName = IP:{host}\nbasicConstraints = critical, CA:FALSE\n"
    );
    std::fs::write(&wishes, text).unwrap();
    let mut command = Command::new("openssl");
    command.args(["req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-days", "30"]);
    command.arg("-config").arg(&wishes).arg("-out").arg(&certificate).arg("-keyout").arg(&key);
    assert!(command.stderr(Stdio::null()).status().unwrap().success(), "openssl made no certificate");
    (certificate, key)
}
