//! Who may open what: every address of the desk, by page, by the API and by token.

use chrono::Utc;
use soundings::domain::access::Role;
use soundings::store::access::{self, NewToken};

use crate::support::TestApp;
use crate::support::desk::Desk;

/// Every page of a consultation's desk, and who may open it.
const PAGES: [(&str, &[Role]); 27] = [
    ("/staff/sample/held", &[Role::DeskOfficer]),
    ("/staff/sample/dates", &[Role::DeskOfficer]),
    ("/staff/sample/uploads", &[Role::DeskOfficer]),
    ("/staff/sample/uploads/new", &[Role::DeskOfficer]),
    ("/staff/sample/evidence", &[Role::DeskOfficer]),
    ("/staff/sample/events", &[Role::DeskOfficer]),
    ("/staff/sample/formats", &[Role::DeskOfficer]),
    ("/staff/sample/contacts", &[Role::DeskOfficer]),
    ("/staff/sample/batches", &[Role::Keyer, Role::Verifier, Role::DeskOfficer]),
    ("/staff/sample/differences", &[Role::Verifier]),
    ("/staff/sample/reconciliation", &[Role::DeskOfficer]),
    ("/staff/sample/keying-quality", &[Role::Verifier, Role::DeskOfficer]),
    ("/staff/sample/codeframe", &[Role::Coder, Role::Analyst]),
    ("/staff/sample/codeframe.qdc", &[Role::Coder, Role::Analyst]),
    ("/staff/sample/codeframe/plan_why", &[Role::Coder, Role::Analyst]),
    ("/staff/sample/codeframe/all-questions/new", &[Role::Analyst]),
    ("/staff/sample/coding", &[Role::Coder, Role::Analyst]),
    ("/staff/sample/coding/plan_why", &[Role::Coder, Role::Analyst]),
    ("/staff/sample/coding/plan_why/recheck", &[Role::Coder, Role::Analyst]),
    ("/staff/sample/coding/plan_why/twice", &[Role::Coder, Role::Analyst]),
    ("/staff/sample/coding/plan_why/quality", &[Role::Coder, Role::Analyst]),
    ("/staff/sample/coding/plan_why/suggestions", &[Role::Coder]),
    ("/staff/sample/coding/plan_why/results", &[Role::Analyst]),
    ("/staff/sample/coding/safeguarding-contact", &[Role::Coder, Role::Analyst]),
    ("/analysis/sample", &[Role::Analyst]),
    ("/staff/sample/exports", &[Role::Analyst]),
    ("/api/v1/consultations/sample/uploads", &[Role::DeskOfficer]),
];

/// What a desk officer of any consultation opens: each sees their own part.
const ANY: [&str; 1] = ["/staff/devices"];

/// The pages of the whole service, for those who may everywhere.
const SERVICE: [(&str, Role); 5] = [
    ("/staff/people", Role::Administrator),
    ("/staff/tokens", Role::Administrator),
    ("/staff/mail", Role::Administrator),
    ("/staff/audit", Role::Auditor),
    ("/staff/audit.csv", Role::Auditor),
];

#[actix_web::test]
async fn each_role_opens_its_own_pages_in_its_own_consultation_and_no_others() {
    let app = TestApp::start().await;
    let mut wrong = Vec::new();
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Administrator) {
        let (here, _) = Desk::with(&app, &format!("{}@here.example.org", role.code()), &[(role, Some("sample"))]).await;
        let (elsewhere, _) = Desk::with(&app, &format!("{}@elsewhere.example.org", role.code()), &[(role, Some("past"))]).await;
        for (page, allowed) in PAGES {
            let expected = if allowed.contains(&role) { 200 } else { 403 };
            let (status, other) = (here.get(page).await.status, elsewhere.get(page).await.status);
            if (status, other) != (expected, 403) {
                wrong.push(format!("{} at {page}: {status}, of another consultation: {other}", role.code()));
            }
        }
        for page in ANY {
            let expected = if role == Role::DeskOfficer { 200 } else { 403 };
            let status = here.get(page).await.status;
            if status != expected {
                wrong.push(format!("{} at {page}: {status}", role.code()));
            }
        }
        for (page, _) in SERVICE {
            let status = here.get(page).await.status;
            if status != 403 {
                wrong.push(format!("{} of one consultation at {page}: {status}", role.code()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    app.stop().await;
}

#[actix_web::test]
async fn the_pages_of_the_whole_service_open_to_their_role_everywhere_and_to_no_other() {
    let app = TestApp::start().await;
    let mut wrong = Vec::new();
    for role in Role::ALL {
        let (desk, _) = Desk::with(&app, &format!("{}@everywhere.example.org", role.code()), &[(role, None)]).await;
        for (page, allowed) in SERVICE {
            let expected = if role == allowed || role == Role::Administrator { 200 } else { 403 };
            let status = desk.get(page).await.status;
            if status != expected {
                wrong.push(format!("{} at {page}: {status}", role.code()));
            }
        }
        if role != Role::Administrator {
            let made =
                desk.post("/staff/tokens", &[("name", "x"), ("role", "administrator"), ("expires_on", "31/12/2099")]).await;
            let revoked = desk.post("/staff/tokens/revoke", &[("name", "x")]).await;
            assert_eq!((made.status, revoked.status), (403, 403), "{role:?}");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    app.stop().await;
}

#[actix_web::test]
async fn a_token_opens_what_its_role_may_and_nobody_comes_in_without() {
    let app = TestApp::start().await;
    let uploads = format!("{}/api/v1/consultations/sample/uploads", app.url);
    let results = format!("{}/analysis/sample", app.url);
    for (role, place, expected) in [
        (Role::DeskOfficer, "sample", (200, 403)),
        (Role::Analyst, "sample", (403, 200)),
        (Role::Coder, "sample", (403, 403)),
        (Role::Keyer, "sample", (403, 403)),
        (Role::Administrator, "sample", (200, 200)),
        (Role::Administrator, "past", (403, 403)),
    ] {
        let (name, expires_at) = (format!("{}-{place}", role.code()), Utc::now() + chrono::Duration::days(1));
        let token = NewToken { name, role, consultations: vec![place.to_owned()], expires_at };
        let secret = access::add_token(&app.app.db().write, &token, "command", Utc::now()).await.unwrap();
        let get = async |url: &str| app.client.get(url).bearer_auth(&secret).send().await.unwrap().status().as_u16();
        assert_eq!((get(&uploads).await, get(&results).await), expected, "{role:?} of {place}");
    }
    assert_eq!(app.client.get(&uploads).send().await.unwrap().status(), 401);
    let outside = Desk::outside(&app);
    for (page, _) in PAGES.iter().filter(|(page, _)| page.starts_with("/staff")) {
        let sent = outside.get(page).await;
        assert_eq!((sent.status, sent.place), (303, format!("/staff/sign-in?next={page}")));
    }
    app.stop().await;
}
