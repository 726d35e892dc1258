//! What devices hand in: pushes of a hundred interviews, packed, from several connections, beside single submissions of the same minute.

use std::io::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use chrono::Utc;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use soundings::domain::sync::hash;
use soundings::staff;
use soundings::store::devices::{self, NewDevice};
use soundings::store::{self, sync};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use uuid::Uuid;

use crate::answers::{self, CONSULTATION};
use crate::load;
use crate::process::Server;
use crate::report;

/// How many items a push has.
const BATCH: usize = 100;

/// How many connections push at once.
const CONNECTIONS: usize = 4;

/// A device of this database.
struct Device {
    id: Uuid,
    secret: String,
    epoch: String,
    keyer: String,
}

/// Push for a while's worth of items and say how fast they were taken, and how large they were on the way.
pub async fn measure(server: &Server, url: &str, pushes: usize, single: f64) -> Result<()> {
    let device = enrol(url).await?;
    let mut made = Vec::with_capacity(pushes);
    let mut plain = 0;
    for number in 0..pushes {
        let (body, size) = push(&device, number)?;
        plain += size;
        made.push(request(&server.address, &device, &body));
    }
    let wire: usize = made.iter().map(Vec::len).sum();
    let mut shares: Vec<Vec<Vec<u8>>> = (0..CONNECTIONS).map(|_| Vec::new()).collect();
    for (index, request) in made.into_iter().enumerate() {
        shares[index % CONNECTIONS].push(request);
    }
    let (cpu, began) = (server.cpu()?, Instant::now());
    let local = tokio::task::LocalSet::new();
    let senders: Vec<_> = shares.into_iter().map(|share| local.spawn_local(send(server.address.clone(), share))).collect();
    let mut waits = Vec::new();
    local
        .run_until(async {
            for sender in senders {
                waits.extend(sender.await??);
            }
            anyhow::Ok(())
        })
        .await?;
    let (taken, cpu) = (began.elapsed(), server.cpu()?.saturating_sub(cpu));
    waits.sort_unstable();
    let items = pushes * BATCH;
    let count = f64::from(u32::try_from(items)?);
    let rate = count / taken.as_secs_f64();
    report::say(&format!(
        "sync: {items} items of {} bytes in pushes of {BATCH} over {CONNECTIONS} connections: {rate:.0} items/s, {:.1} times single submissions; \
         a push p50 {:.0} ms, p99 {:.0} ms; CPU {:.3} ms an item; {:.0} bytes an item on the way",
        plain / items,
        rate / single,
        waits[waits.len() / 2].as_secs_f64() * 1000.0,
        waits[waits.len() * 99 / 100].as_secs_f64() * 1000.0,
        cpu.as_secs_f64() * 1000.0 / count,
        f64::from(u32::try_from(wire)?) / count,
    ));
    Ok(())
}

async fn enrol(url: &str) -> Result<Device> {
    let db = store::connect(url, None).await?;
    let now = Utc::now();
    let (person, _) = staff::invite(&db, &format!("{}@example.org", Uuid::now_v7()), "Keyer", Vec::new(), "bench", now).await?;
    let keyer = person.actor().name;
    let consultations = vec![CONSULTATION.to_owned()];
    let new = NewDevice { before: None, name: "Bench".to_owned(), place: "Bench".to_owned(), by: keyer.clone(), consultations };
    let (id, secret) = devices::enrol(&db.write, &new, now).await?;
    Ok(Device { id, secret, epoch: sync::head(&db.read).await?.epoch, keyer })
}

/// A push, packed, and how many bytes its payloads have.
fn push(device: &Device, number: usize) -> Result<(Vec<u8>, usize)> {
    let answers = answers::all()?;
    let mut size = 0;
    let items: Vec<Value> = (0..BATCH)
        .map(|index| {
            let (revision_id, response_id) = (Uuid::now_v7(), Uuid::now_v7());
            let payload = json!({ "kind": "response", "note": "", "submission": {
                "response_id": response_id, "revision_id": revision_id, "form_version": 2, "edition": "standard",
                "channel": "face_to_face", "answers": answers, "help": "no", "quote_consent": true,
            } })
            .to_string();
            size += payload.len();
            json!({
                "revision_id": revision_id, "response_id": response_id, "device_seq": number * BATCH + index + 1,
                "consultation": CONSULTATION, "keyed_by": device.keyer, "hash": hash(payload.as_bytes()), "payload": payload,
            })
        })
        .collect();
    let body = json!({ "batch_id": Uuid::now_v7(), "device_id": device.id, "epoch": device.epoch, "items": items });
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(&serde_json::to_vec(&body)?)?;
    Ok((packed.finish()?, size))
}

fn request(address: &str, device: &Device, body: &[u8]) -> Vec<u8> {
    let mut request = format!(
        "POST /api/v1/sync/push HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\n\
         x-sync-protocol: 1\r\nauthorization: Bearer {}\r\ncontent-length: {}\r\n\r\n",
        device.secret,
        body.len()
    )
    .into_bytes();
    request.extend_from_slice(body);
    request
}

async fn send(address: String, requests: Vec<Vec<u8>>) -> Result<Vec<Duration>> {
    let mut stream = TcpStream::connect(&address).await?;
    stream.set_nodelay(true)?;
    let mut answer = Vec::new();
    let mut waits = Vec::with_capacity(requests.len());
    for request in requests {
        let sent = Instant::now();
        stream.write_all(&request).await?;
        let status = load::read(&mut stream, &mut answer).await?;
        waits.push(sent.elapsed());
        ensure!(status == 200, "{status}: {}", String::from_utf8_lossy(&answer));
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").context("a body")?;
        let told: Value = serde_json::from_slice(&answer[end + 4..])?;
        let stored = told["results"].as_array().context("results")?.iter().filter(|result| result["status"] == "stored").count();
        ensure!(stored == BATCH, "{stored} of {BATCH} were stored: {}", told["results"][0]);
    }
    Ok(waits)
}
