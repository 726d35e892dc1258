//! What was acknowledged is on the disk, once: sent many times at once, killed in the middle, with the database away.

use std::collections::HashMap;

use futures_util::future::join_all;
use serde_json::{Value, json};
use soundings::store::{self, audit};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::support::program::{Premises, Program};
use crate::support::{TestApp, submission, with};

#[actix_web::test]
async fn the_same_submission_sent_fifty_times_at_once_from_eight_clients_is_one_response() {
    let app = TestApp::start().await;
    let url = format!("{}/api/v1/consultations/sample/responses", app.url);
    let body = submission().to_string();
    let clients: Vec<_> = (0..8).map(|_| reqwest::Client::new()).collect();
    let sendings = (0..50).map(|number| clients[number % clients.len()].post(&url).body(body.clone()).send());
    let mut statuses = Vec::new();
    let mut codes = Vec::new();
    for answer in join_all(sendings).await {
        let answer = answer.unwrap();
        statuses.push(answer.status().as_u16());
        codes.push(answer.json::<Value>().await.unwrap()["receipt_code"].clone());
    }

    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 49, "{statuses:?}");
    assert!(codes.iter().all(|code| *code == codes[0]), "everyone has the same receipt");
    assert_eq!(app.revisions().await.len(), 1);
    assert!(app.held().await.is_empty());
    let verified = audit::verify(app.app.db()).await.unwrap();
    assert_eq!((verified.entries - verified.chains, verified.faults), (1, Vec::new()));
    app.stop().await;
}

/// Clients that send one submission after the other.
const CLIENTS: usize = 16;

#[actix_web::test]
async fn what_was_acknowledged_survives_a_kill_in_the_middle_of_a_burst_and_nothing_is_there_twice() {
    let premises = Premises::new().await;
    let mut sent: HashMap<Uuid, Value> = HashMap::new();
    let mut acknowledged: Vec<Uuid> = Vec::new();
    for enough in [1, 40, 100] {
        let burst = burst(premises.serve("info").await, enough).await;
        assert!(burst.acknowledged.len() >= enough);
        assert_eq!(burst.sent.len() - burst.acknowledged.len(), CLIENTS, "each client had one under way");
        acknowledged.extend(burst.acknowledged);
        sent.extend(burst.sent);
    }

    let program = premises.serve("info").await;
    let stored = stored(&premises).await;
    for id in &acknowledged {
        assert!(stored.contains_key(id), "{id} was acknowledged and is not there");
    }
    assert!(stored.values().all(|times| *times == 1));

    let client = reqwest::Client::new();
    for (id, body) in &sent {
        let status = send(&client, &program, body).await.unwrap();
        assert_eq!(status, if stored.contains_key(id) { 200 } else { 201 }, "{id}");
    }
    let after = self::stored(&premises).await;
    assert!(sent.keys().all(|id| after.get(id) == Some(&1)));
    assert_eq!(after.len(), sent.len());
    program.kill();
    assert!(premises.verifies());
    premises.remove().await;
}

/// What a burst left behind.
struct Burst {
    sent: HashMap<Uuid, Value>,
    acknowledged: Vec<Uuid>,
}

/// Every client sends until it gets no answer; the program is killed once enough was acknowledged.
async fn burst(program: Program, enough: usize) -> Burst {
    let (tell, mut told) = mpsc::unbounded_channel();
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (tell, url) = (tell.clone(), program.url.clone());
            actix_web::rt::spawn(async move {
                let client = reqwest::Client::new();
                let mut sent = HashMap::new();
                loop {
                    let body = submission();
                    let id = id(&body);
                    sent.insert(id, body.clone());
                    let Ok(status) = post(&client, &url, &body).await else { return sent };
                    assert_eq!(status, 201);
                    tell.send(id).unwrap();
                }
            })
        })
        .collect();
    drop(tell);
    let mut acknowledged = Vec::new();
    while acknowledged.len() < enough {
        acknowledged.push(told.recv().await.unwrap());
    }
    program.kill();
    while let Some(id) = told.recv().await {
        acknowledged.push(id);
    }
    let mut sent = HashMap::new();
    for client in clients {
        sent.extend(client.await.unwrap());
    }
    Burst { sent, acknowledged }
}

fn id(body: &Value) -> Uuid {
    body["revision_id"].as_str().unwrap().parse().unwrap()
}

async fn send(client: &reqwest::Client, program: &Program, body: &Value) -> reqwest::Result<u16> {
    post(client, &program.url, body).await
}

async fn post(client: &reqwest::Client, url: &str, body: &Value) -> reqwest::Result<u16> {
    let answer = client.post(format!("{url}/api/v1/consultations/sample/responses")).body(body.to_string()).send().await?;
    Ok(answer.status().as_u16())
}

/// How often each revision id is in the database.
async fn stored(premises: &Premises) -> HashMap<Uuid, usize> {
    let tomorrow = chrono::Utc::now() + chrono::Duration::days(1);
    let mut stored = HashMap::new();
    for revision in store::responses::all(&premises.db().await.read, "sample", tomorrow).await.unwrap() {
        *stored.entry(revision.revision_id).or_default() += 1;
    }
    stored
}

#[actix_web::test]
async fn while_another_process_keeps_the_database_locked_senders_are_told_when_to_come_back_and_nothing_is_half_written() {
    let premises = Premises::new().await;
    let program = premises.serve("info").await;
    let other = premises.db().await;
    let lock = store::begin_write(&other.write).await.unwrap();
    if premises.postgres().is_some() {
        // The responses go in; their audit entries, in the same transaction, do not.
        store::raw_on(&lock, "LOCK TABLE audit IN ACCESS EXCLUSIVE MODE").await.unwrap();
    }

    let client = reqwest::Client::new();
    let bodies: Vec<Value> = (0..3).map(|number| with("visits", json!(number))).collect();
    let url = format!("{}/api/v1/consultations/sample/responses", program.url);
    for answer in join_all(bodies.iter().map(|body| client.post(&url).body(body.to_string()).send())).await {
        assert_unavailable(answer.unwrap()).await;
    }
    drop(lock);
    assert!(stored(&premises).await.is_empty());

    for body in &bodies {
        assert_eq!(send(&client, &program, body).await.unwrap(), 201);
    }
    assert_eq!(stored(&premises).await.len(), 3);
    program.kill();
    assert!(premises.verifies());
    premises.remove().await;
}

#[actix_web::test]
async fn while_the_database_server_is_away_senders_are_told_when_to_come_back() {
    let premises = Premises::new().await;
    let Some((server, name)) = premises.postgres().cloned() else { return };
    let program = premises.serve("info").await;
    let client = reqwest::Client::new();
    assert_eq!(send(&client, &program, &submission()).await.unwrap(), 201);

    let server = store::connect(&server, None).await.unwrap();
    store::raw(&server, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await.unwrap();
    let end = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
    store::raw(&server, &end).await.unwrap();
    let body = submission();
    let url = format!("{}/api/v1/consultations/sample/responses", program.url);
    assert_unavailable(client.post(&url).body(body.to_string()).send().await.unwrap()).await;
    let readiness = client.get(format!("{}/readyz", program.url)).send().await.unwrap();
    assert_eq!(readiness.status(), 503);

    store::raw(&server, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).await.unwrap();
    assert_eq!(send(&client, &program, &body).await.unwrap(), 201);
    assert_eq!(stored(&premises).await.len(), 2);
    program.kill();
    assert!(premises.verifies());
    premises.remove().await;
}

async fn assert_unavailable(answer: reqwest::Response) {
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    assert!(answer.headers()["retry-after"].to_str().unwrap().parse::<u32>().unwrap() > 0);
    let problem: Value = answer.json().await.unwrap();
    assert_eq!(problem["code"], "unavailable");
    assert!(problem["reference"].is_string() && problem["detail"].as_str().unwrap().contains("send the same again"));
}
