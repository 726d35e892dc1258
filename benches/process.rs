//! Servers in processes of their own, and the CPU time they use.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::net::TcpStream;

use crate::bare;

/// A server, killed when it is dropped.
pub struct Server {
    /// Where it listens.
    pub address: String,
    child: Child,
}

impl Server {
    /// The program itself on this database.
    pub async fn start(database: &str, folder: &Path) -> Result<Self> {
        let address = free_address()?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_soundings"));
        command.args(["serve", "--listen", &address, "--database", database]);
        Self::spawn(command.arg("--data").arg(folder).current_dir(folder).env("SOUNDINGS_LOG", "warn"), address).await
    }

    /// The yardstick on a database of its own.
    pub async fn bare(folder: &Path) -> Result<Self> {
        let address = free_address()?;
        let mut command = Command::new(std::env::current_exe()?);
        Self::spawn(command.args([bare::ARGUMENT, &address]).current_dir(folder), address).await
    }

    async fn spawn(command: &mut Command, address: String) -> Result<Self> {
        let child = command.stdin(Stdio::null()).spawn().context("starting a server")?;
        let mut server = Self { address, child };
        while TcpStream::connect(&server.address).await.is_err() {
            if let Some(status) = server.child.try_wait()? {
                anyhow::bail!("a server ended at once: {status}");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(server)
    }

    /// The CPU time used so far by all its threads, in the program and in the kernel on its behalf.
    pub fn cpu(&self) -> Result<Duration> {
        // Fields 14 and 15 of proc(5), counted after the name in brackets, in hundredths of a second.
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let (_, after) = stat.rsplit_once(") ").context("the state of a process")?;
        let ticks: Vec<u64> = after.split(' ').skip(11).take(2).map(str::parse).collect::<Result<_, _>>()?;
        Ok(Duration::from_millis(10 * ticks.iter().sum::<u64>()))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn free_address() -> Result<String> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}
