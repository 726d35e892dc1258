//! The schema goes up, down and up again on whichever database the tests run on, and several may migrate at once.

use soundings::store;

use crate::support::database;

#[actix_web::test]
async fn the_schema_goes_up_down_and_up_again() {
    let (db, _dir, _schema) = database().await;
    store::migrate_down(&db).await.unwrap();
    assert!(store::ready(&db).await.is_err());
    store::migrate(&db).await.unwrap();
    store::ready(&db).await.unwrap();
}

#[actix_web::test]
async fn several_instances_may_bring_the_schema_up_at_once() {
    let (db, _dir, _schema) = database().await;
    store::migrate_down(&db).await.unwrap();
    let results = futures_util::future::join_all((0..4).map(|_| store::migrate(&db))).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    store::ready(&db).await.unwrap();
}
