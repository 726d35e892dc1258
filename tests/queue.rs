//! The queue of jobs: each is done by one instance at a time, none is lost, and what a finished one held is gone.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use soundings::domain::retry::{self, Next};
use soundings::store::queue::{self, Count, Job, NewJob};
use soundings::store::{self, Db};
use uuid::Uuid;

use crate::support::{database, number};

fn noon() -> DateTime<Utc> {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

async fn put(db: &Db, kind: &str) -> Uuid {
    let job_id = Uuid::now_v7();
    let job = NewJob { job_id, kind: kind.to_owned(), payload: "somebody@example.org".to_owned() };
    queue::put(&db.write, job, noon()).await.unwrap();
    job_id
}

async fn claim(db: &Db, now: DateTime<Utc>) -> Option<Job> {
    queue::claim(db, "test", now).await.unwrap()
}

#[actix_web::test]
async fn many_instances_claim_each_job_once() {
    let (db, _dir, _schema) = database().await;
    for _ in 0..30 {
        put(&db, "test.many").await;
    }
    let claimed = join_all((0..8).map(async |_| {
        let mut mine = Vec::new();
        while let Some(job) = claim(&db, noon()).await {
            mine.push(job.job_id);
        }
        mine
    }))
    .await
    .concat();
    let different: HashSet<_> = claimed.iter().collect();
    assert_eq!((claimed.len(), different.len()), (30, 30));
}

#[actix_web::test]
async fn a_finished_job_holds_nothing_and_is_forgotten_after_a_fortnight() {
    let (db, _dir, _schema) = database().await;
    put(&db, "test.done").await;
    let job = claim(&db, noon()).await.unwrap();
    assert_eq!((job.payload.as_str(), job.attempts, job.made_at), ("somebody@example.org", 1, noon()));
    assert!(queue::done(&db.write, &job, noon()).await.unwrap());
    assert_eq!(rows_with(&db, "payload IS NOT NULL").await, 0);
    assert!(claim(&db, noon() + TimeDelta::days(1)).await.is_none());
    queue::tidy(&db.write, noon() + TimeDelta::days(13)).await.unwrap();
    assert_eq!(rows_with(&db, "done_at IS NOT NULL").await, 1);
    queue::tidy(&db.write, noon() + TimeDelta::days(14)).await.unwrap();
    assert_eq!(rows_with(&db, "1 = 1").await, 0);
}

#[actix_web::test]
async fn the_job_of_an_instance_that_crashed_runs_again_and_the_dead_instance_has_no_say_any_more() {
    let (db, _dir, _schema) = database().await;
    let job_id = put(&db, "test.crash").await;
    let first = claim(&db, noon()).await.unwrap();
    let later = noon() + retry::LEASE;
    assert!(claim(&db, later - TimeDelta::seconds(1)).await.is_none(), "it belongs to whoever claimed it");
    let second = claim(&db, later).await.unwrap();
    assert_eq!((second.job_id, second.attempts), (job_id, 2));
    assert!(!queue::done(&db.write, &first, later).await.unwrap());
    queue::bury(&db.write, &first, "too_late", later).await.unwrap();
    assert!(queue::done(&db.write, &second, later).await.unwrap());
    assert_eq!(queue::count(&db.read, "test").await.unwrap(), Count { waiting: 0, dead: 0 });
}

#[actix_web::test]
async fn a_job_that_takes_every_instance_down_is_given_up() {
    let (db, _dir, _schema) = database().await;
    put(&db, "test.poison").await;
    let mut now = noon();
    let mut crashes = 0;
    while claim(&db, now).await.is_some() {
        crashes += 1;
        now += retry::LEASE;
    }
    assert_eq!(crashes, retry::MOST_ATTEMPTS);
    assert_eq!(queue::dead(&db.read).await.unwrap()[0].last_error, queue::NEVER_FINISHED);
}

#[actix_web::test]
async fn a_failed_job_waits_its_turn_and_dies_after_two_days() {
    let (db, _dir, _schema) = database().await;
    put(&db, "test.fails").await;
    let mut now = noon();
    loop {
        let job = claim(&db, now).await.unwrap();
        match queue::failed(&db.write, &job, "away", now).await.unwrap() {
            Next::GiveUp => break,
            Next::At(next) => {
                assert!(claim(&db, next - TimeDelta::milliseconds(1)).await.is_none());
                now = next;
            }
        }
    }
    assert_eq!(now, noon() + retry::PATIENCE);
    let dead = queue::dead(&db.read).await.unwrap();
    assert_eq!((dead.len(), dead[0].last_error.as_str(), dead[0].can_retry), (1, "away", true));
    assert_eq!(queue::count(&db.read, "test").await.unwrap(), Count { waiting: 0, dead: 1 });
}

#[actix_web::test]
async fn a_person_may_try_a_dead_job_again_or_throw_it_away() {
    let (db, _dir, _schema) = database().await;
    let (again, away) = (put(&db, "test.again").await, put(&db, "test.away").await);
    while let Some(job) = claim(&db, noon()).await {
        queue::bury(&db.write, &job, "refused", noon()).await.unwrap();
    }
    let later = noon() + TimeDelta::days(5);
    assert!(queue::retry(&db.write, again, later).await.unwrap());
    assert!(!queue::retry(&db.write, again, later).await.unwrap(), "it is not dead any more");
    assert!(queue::throw_away(&db.write, away).await.unwrap());
    assert!(!queue::retry(&db.write, away, later).await.unwrap(), "there is nothing left to try");
    let job = claim(&db, later).await.unwrap();
    assert_eq!((job.job_id, job.attempts), (again, 1));
    let next = queue::failed(&db.write, &job, "away", later).await.unwrap();
    assert_ne!(next, Next::GiveUp, "its two days began again");
    let dead = queue::dead(&db.read).await.unwrap();
    assert_eq!((dead.len(), dead[0].job_id, dead[0].can_retry), (1, away, false));
}

#[actix_web::test]
async fn what_a_dead_job_holds_is_erased_after_a_fortnight_and_its_kind_and_error_stay() {
    let (db, _dir, _schema) = database().await;
    put(&db, "test.dead").await;
    let job = claim(&db, noon()).await.unwrap();
    queue::bury(&db.write, &job, "smtp_550", noon()).await.unwrap();
    assert_eq!(queue::tidy(&db.write, noon() + TimeDelta::days(14) - TimeDelta::seconds(1)).await.unwrap(), 0);
    assert_eq!(queue::tidy(&db.write, noon() + TimeDelta::days(14)).await.unwrap(), 1);
    let dead = queue::dead(&db.read).await.unwrap();
    assert_eq!((dead[0].kind.as_str(), dead[0].attempts, dead[0].last_error.as_str()), ("test.dead", 1, "smtp_550"));
    assert!(!dead[0].can_retry);
    assert_eq!(rows_with(&db, "payload IS NOT NULL").await, 0);
}

#[actix_web::test]
async fn a_job_is_there_exactly_if_the_transaction_it_was_put_in_with_is() {
    let (db, _dir, _schema) = database().await;
    let job = || NewJob { job_id: Uuid::now_v7(), kind: "test.tx".to_owned(), payload: String::new() };
    let tx = store::begin_write(&db.write).await.unwrap();
    queue::put(&tx, job(), noon()).await.unwrap();
    tx.rollback().await.unwrap();
    assert!(claim(&db, noon()).await.is_none());
    let tx = store::begin_write(&db.write).await.unwrap();
    queue::put(&tx, job(), noon()).await.unwrap();
    tx.commit().await.unwrap();
    assert!(claim(&db, noon()).await.is_some());
}

#[actix_web::test]
async fn a_worker_claims_its_own_family_only() {
    let (db, _dir, _schema) = database().await;
    put(&db, "other.kind").await;
    assert!(claim(&db, noon()).await.is_none());
    assert!(queue::claim(&db, "other", noon()).await.unwrap().is_some());
}

/// How many jobs are as a condition says.
async fn rows_with(db: &Db, condition: &str) -> i64 {
    number(db, &format!("SELECT COUNT(*) AS n FROM jobs WHERE {condition}")).await
}
