//! The audit log: every stored, corrected, held and withdrawn response has its entry, and a change to the log is found.

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
