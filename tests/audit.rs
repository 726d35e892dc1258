//! The audit log: every stored, corrected, held and withdrawn response has its entry, and a change to the log is found.

use chrono::Utc;
use soundings::staff;
use soundings::store::{audit, raw};

use crate::support::{TestApp, submission};

#[actix_web::test]
async fn every_stored_response_has_its_entry_and_the_chains_hold() {
    let app = TestApp::start().await;
    for _ in 0..20 {
        app.send(&submission()).await;
    }
    let verified = audit::verify(app.app.db()).await.unwrap();
    assert!(verified.faults.is_empty(), "{:?}", verified.faults);
    assert_eq!(verified.entries - verified.chains, 20);
    app.stop().await;
}

#[actix_web::test]
async fn a_changed_or_removed_entry_is_found() {
    let app = TestApp::start().await;
    for _ in 0..3 {
        app.send(&submission()).await;
    }
    raw(app.app.db(), "UPDATE audit SET detail = 'x' WHERE number = 2").await.unwrap();
    let faults = audit::verify(app.app.db()).await.unwrap().faults;
    assert!(faults.iter().any(|fault| fault.contains("does not match its hash")), "{faults:?}");
    raw(app.app.db(), "DELETE FROM audit WHERE number = 1").await.unwrap();
    let faults = audit::verify(app.app.db()).await.unwrap().faults;
    assert!(faults.iter().any(|fault| fault.contains("missing")), "{faults:?}");
    app.stop().await;
}

#[actix_web::test]
async fn what_is_done_beside_the_writers_shares_one_chain_however_many_do_it_at_once() {
    let app = TestApp::start().await;
    let db = app.app.db();
    let before = audit::verify(db).await.unwrap();
    let emails: Vec<String> = (0..12).map(|number| format!("person{number}@example.org")).collect();
    let invited = emails.iter().map(|email| staff::invite(db, email, "Ada Example", Vec::new(), "command", Utc::now()));
    for one in futures_util::future::join_all(invited).await {
        one.unwrap();
    }
    let after = audit::verify(db).await.unwrap();
    assert!(after.faults.is_empty(), "{:?}", after.faults);
    assert_eq!(after.chains - before.chains, 1, "a chain for each would name all the others");
    assert_eq!(after.entries - before.entries, 12 + 1);
    raw(db, "DELETE FROM audit WHERE action = 'staff.invited' AND number = 5").await.unwrap();
    assert!(!audit::verify(db).await.unwrap().faults.is_empty(), "what is taken out of it is missed");
    app.stop().await;
}
