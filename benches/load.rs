//! The load: requests over kept-alive connections of raw TCP, each sent when the one before it was answered.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use uuid::Uuid;

use crate::process::Server;

/// A request made beforehand.
pub struct Request {
    /// Head and body.
    pub bytes: Vec<u8>,
    /// Where a new id is written each time.
    pub ids: Vec<usize>,
}

/// What a load measured.
pub struct Measured {
    /// Answers a second.
    pub rate: f64,
    /// Half of the answers came within this.
    pub p50: Duration,
    /// All but one in a hundred came within this.
    pub p99: Duration,
    /// The server's own CPU time for one answer.
    pub cpu: Duration,
    /// The size of one answer in bytes.
    pub size: usize,
}

/// Send for a while after a short warm-up; every answer must have this status.
pub async fn run(server: &Server, requests: Vec<Request>, status: u16, span: Duration) -> Result<Measured> {
    let (warm, size) = all(server, requests, status, span / 5).await?;
    let requests = warm.into_iter().map(|(request, _)| request).collect();
    let (cpu, began) = (server.cpu()?, Instant::now());
    let (done, _) = all(server, requests, status, span).await?;
    let (taken, cpu) = (began.elapsed(), server.cpu()?.saturating_sub(cpu));
    let mut waits: Vec<Duration> = done.into_iter().flat_map(|(_, waits)| waits).collect();
    waits.sort_unstable();
    let count = u32::try_from(waits.len())?;
    ensure!(count > 0, "nothing was answered");
    Ok(Measured {
        rate: f64::from(count) / taken.as_secs_f64(),
        p50: waits[waits.len() / 2],
        p99: waits[waits.len() * 99 / 100],
        cpu: cpu / count,
        size,
    })
}

type Done = Vec<(Request, Vec<Duration>)>;

async fn all(server: &Server, requests: Vec<Request>, status: u16, span: Duration) -> Result<(Done, usize)> {
    let local = tokio::task::LocalSet::new();
    let until = Instant::now() + span;
    let senders: Vec<_> =
        requests.into_iter().map(|request| local.spawn_local(one(server.address.clone(), request, status, until))).collect();
    let mut done = Vec::with_capacity(senders.len());
    let mut size = 0;
    local
        .run_until(async {
            for sender in senders {
                let (request, waits, answered) = sender.await??;
                size = answered;
                done.push((request, waits));
            }
            anyhow::Ok(())
        })
        .await?;
    Ok((done, size))
}

async fn one(address: String, mut request: Request, status: u16, until: Instant) -> Result<(Request, Vec<Duration>, usize)> {
    let mut stream = TcpStream::connect(&address).await?;
    stream.set_nodelay(true)?;
    let mut answer = Vec::with_capacity(64 * 1024);
    let mut waits = Vec::with_capacity(8 * 1024);
    while Instant::now() < until {
        for place in &request.ids {
            Uuid::now_v7().as_hyphenated().encode_lower(&mut request.bytes[*place..*place + 36]);
        }
        let sent = Instant::now();
        stream.write_all(&request.bytes).await?;
        let got = read(&mut stream, &mut answer).await?;
        waits.push(sent.elapsed());
        if got != status {
            bail!("{got} instead of {status}: {}", String::from_utf8_lossy(&answer));
        }
    }
    Ok((request, waits, answer.len()))
}

/// Read one answer whole and give its status.
pub async fn read(stream: &mut TcpStream, answer: &mut Vec<u8>) -> Result<u16> {
    answer.clear();
    loop {
        ensure!(stream.read_buf(answer).await? > 0, "the server closed the connection");
        if let Some(status) = whole(answer)? {
            return Ok(status);
        }
    }
}

/// The status, once the head and everything it announces are there.
fn whole(answer: &[u8]) -> Result<Option<u16>> {
    let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(&answer[..end])?;
    let body = &answer[end + 4..];
    let complete = match header(head, "content-length") {
        Some(length) => body.len() >= length.parse::<usize>()?,
        None => header(head, "transfer-encoding").is_none() || body.ends_with(b"0\r\n\r\n"),
    };
    let status = head.get(9..12).context("a status line")?.parse()?;
    Ok(complete.then_some(status))
}

/// The value of a header, whatever its name's case.
pub fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.filter(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
}
