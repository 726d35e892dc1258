//! First sendings, which is what nearly everybody sends: a group of them with their audit entries in one durable
//! transaction and one trip to the database, all of them or none.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::sqlx::error::DatabaseError;
use sea_orm::sqlx::postgres::PgConnection;
use sea_orm::sqlx::sqlite::SqliteConnection;
use sea_orm::sqlx::{self, AssertSqlSafe};
use sea_orm::{DbErr, RuntimeErr};
use uuid::Uuid;

use super::audit::Link;
use super::responses::NewRevision;
use super::sql::places;
use super::{Db, Kind};

/// Store first revisions, each with its link of the audit chain. False, and nothing stored, when one of them is already
/// there.
pub async fn store(db: &Db, chain: Uuid, new: &[(&NewRevision, Link)], now: DateTime<Utc>) -> Result<bool, DbErr> {
    let stored = match db.kind {
        Kind::Sqlite => {
            let mut connection = db.write.get_sqlite_connection_pool().acquire().await.map_err(away)?;
            sqlite(&mut connection, chain, new, now).await
        }
        Kind::Postgres => {
            let mut connection = db.write.get_postgres_connection_pool().acquire().await.map_err(away)?;
            postgres(&mut connection, chain, new, now).await
        }
    };
    match stored {
        Ok(()) => Ok(true),
        Err(error) if error.as_database_error().is_some_and(DatabaseError::is_unique_violation) => Ok(false),
        Err(error) => Err(DbErr::Exec(RuntimeErr::SqlxError(Arc::new(error)))),
    }
}

fn away(error: sqlx::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error)))
}

/// SQLite: one command with all four statements, since each command is a trip to the thread that owns the connection.
async fn sqlite(
    connection: &mut SqliteConnection,
    chain: Uuid,
    new: &[(&NewRevision, Link)],
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let text = format!(
        "BEGIN IMMEDIATE; \
         INSERT INTO revisions (consultation, revision_id, response_id, number, withdrawn, form, form_version, edition, channel, \
         digest, reference, synthetic, stored_at, document) VALUES {}; \
         INSERT INTO audit (chain, number, at, actor, action, consultation, subject, detail, hash) VALUES {}; \
         COMMIT",
        places(new.len(), 14),
        places(new.len(), 9),
    );
    let mut query = sqlx::query(AssertSqlSafe(text));
    for (revision, _) in new {
        query = query
            .bind(&revision.consultation)
            .bind(revision.revision_id)
            .bind(revision.response_id)
            .bind(1)
            .bind(revision.withdrawn)
            .bind(&revision.form)
            .bind(version(revision))
            .bind(revision.edition.code())
            .bind(revision.channel.code())
            .bind(&revision.digest)
            .bind(&revision.reference)
            .bind(revision.synthetic)
            .bind(now)
            .bind(&revision.document);
    }
    for (_, link) in new {
        query = query
            .bind(chain)
            .bind(link.number)
            .bind(link.entry.at)
            .bind(&link.entry.actor)
            .bind(link.entry.action)
            .bind(&link.entry.consultation)
            .bind(&link.entry.subject)
            .bind(&link.entry.detail)
            .bind(&link.hash);
    }
    let done = query.execute(&mut *connection).await;
    if done.is_err() {
        // Whichever statement failed, no transaction may stay open; when none is, this fails and that is well.
        let _none_open = sqlx::query("ROLLBACK").execute(&mut *connection).await;
    }
    done.map(drop)
}

/// PostgreSQL: one statement, and so one transaction, whose text is the same for any number of rows.
async fn postgres(
    connection: &mut PgConnection,
    chain: Uuid,
    new: &[(&NewRevision, Link)],
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    const TEXT: &str = "WITH stored AS ( \
         INSERT INTO revisions (consultation, revision_id, response_id, number, withdrawn, form, form_version, edition, channel, \
         digest, reference, synthetic, stored_at, document) \
         SELECT c, i, p, 1, w, f, v, e, h, d, r, s, $1, t FROM UNNEST($2::text[], $3::uuid[], $4::uuid[], $5::bool[], \
         $6::text[], $7::int[], $8::text[], $9::text[], $10::text[], $11::text[], $12::bool[], $13::text[]) \
         AS new (c, i, p, w, f, v, e, h, d, r, s, t)) \
         INSERT INTO audit (chain, number, at, actor, action, consultation, subject, detail, hash) \
         SELECT $14, n, a, w, x, c, s, d, h FROM UNNEST($15::bigint[], $16::timestamptz[], $17::text[], $18::text[], \
         $2::text[], $19::text[], $20::text[], $21::text[]) AS new (n, a, w, x, c, s, d, h)";
    fn all<'a, T>(new: &'a [(&NewRevision, Link)], of: impl Fn(&'a (&NewRevision, Link)) -> T) -> Vec<T> {
        new.iter().map(of).collect()
    }
    sqlx::query(TEXT)
        .bind(now)
        .bind(all(new, |(revision, _)| revision.consultation.as_str()))
        .bind(all(new, |(revision, _)| revision.revision_id))
        .bind(all(new, |(revision, _)| revision.response_id))
        .bind(all(new, |(revision, _)| revision.withdrawn))
        .bind(all(new, |(revision, _)| revision.form.as_str()))
        .bind(all(new, |(revision, _)| version(revision)))
        .bind(all(new, |(revision, _)| revision.edition.code()))
        .bind(all(new, |(revision, _)| revision.channel.code()))
        .bind(all(new, |(revision, _)| revision.digest.as_str()))
        .bind(all(new, |(revision, _)| revision.reference.as_str()))
        .bind(all(new, |(revision, _)| revision.synthetic))
        .bind(all(new, |(revision, _)| revision.document.as_str()))
        .bind(chain)
        .bind(all(new, |(_, link)| link.number))
        .bind(all(new, |(_, link)| link.entry.at))
        .bind(all(new, |(_, link)| link.entry.actor.as_str()))
        .bind(all(new, |(_, link)| link.entry.action))
        .bind(all(new, |(_, link)| link.entry.subject.as_str()))
        .bind(all(new, |(_, link)| link.entry.detail.as_str()))
        .bind(all(new, |(_, link)| link.hash.as_str()))
        .execute(connection)
        .await
        .map(drop)
}

fn version(revision: &NewRevision) -> i32 {
    i32::try_from(revision.form_version).unwrap_or(i32::MAX)
}
