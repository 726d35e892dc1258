//! The desk's front door: links, passwords, second steps, roles, sessions that end, and the log of it all.

use chrono::{Duration, Utc};
use soundings::domain::access::Role;
use soundings::staff::{self, Attempt, Outcome};
use soundings::store::audit;
use soundings::store::staff::{self as accounts, Purpose};
use totp_rs::{Builder, Secret};

use crate::support::TestApp;
use crate::support::desk::{Answered, Desk, PASSWORD, inside, invited};

/// A browser at the desk's front door.
struct Browser(Desk);

impl Browser {
    fn new(app: &TestApp) -> Self {
        Self(Desk::outside(app))
    }

    /// Status, where it leads, and the page.
    async fn get(&self, path: &str) -> (u16, String, String) {
        let Answered { status, place, page } = self.0.get(path).await;
        (status, place, page)
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> (u16, String, String) {
        let Answered { status, place, page } = self.0.post(path, fields).await;
        (status, place, page)
    }

    async fn sign_in(&self, email: &str, password: &str) -> (u16, String, String) {
        self.post("/staff/sign-in", &[("email", email), ("password", password), ("next", "")]).await
    }

    /// Take a link, choose the password, sign in, set up the authenticator: its secret comes back, and the code it took.
    async fn settle(&self, link: &str, email: &str) -> (String, String) {
        let (status, _, page) = self.post(&format!("/staff/link/{link}"), &[("password", PASSWORD), ("again", PASSWORD)]).await;
        assert!(status == 200 && page.contains("Your password is saved"), "{page}");
        let (status, place, _) = self.sign_in(email, PASSWORD).await;
        assert_eq!((status, place.as_str()), (303, "/staff/second-step?next=/staff"));
        let (_, _, page) = self.get("/staff/second-step").await;
        let secret = between(&page, "name=\"secret\" value=\"", "\"");
        let used = code(&secret, Utc::now());
        let (status, place, page) = self.second(&used, Some(&secret)).await;
        assert_eq!((status, place.as_str()), (303, "/staff"), "{page}");
        (secret, used)
    }

    async fn second(&self, code: &str, shown: Option<&str>) -> (u16, String, String) {
        let mut fields = vec![("code", code), ("next", "")];
        fields.extend(shown.map(|secret| ("secret", secret)));
        self.post("/staff/second-step", &fields).await
    }
}

fn between(text: &str, start: &str, end: &str) -> String {
    assert!(text.contains(start), "no {start} in {text}");
    text.split(start).nth(1).and_then(|rest| rest.split(end).next()).unwrap().to_owned()
}

/// What an authenticator app shows.
fn code(secret: &str, at: chrono::DateTime<Utc>) -> String {
    let totp = Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).with_account_name("x").build().unwrap();
    totp.generate(u64::try_from(at.timestamp()).unwrap()).to_string()
}

#[actix_web::test]
async fn somebody_invited_chooses_a_password_sets_up_an_app_and_is_in() {
    let app = TestApp::start().await;
    let (_, link) = invited(&app, "Ada@Example.org", &[(Role::Administrator, None)]).await;
    let browser = Browser::new(&app);
    assert_eq!(browser.get("/staff").await.1, "/staff/sign-in");
    assert_eq!(browser.get("/staff/people").await.1, "/staff/sign-in?next=/staff/people");
    browser.settle(&link, "ada@example.org").await;
    let (status, _, page) = browser.get("/staff").await;
    assert!(status == 200 && page.contains("Ada Example") && page.contains("People"));
    app.stop().await;
}

#[actix_web::test]
async fn a_link_works_once_and_not_after_a_newer_one_or_a_week() {
    let app = TestApp::start().await;
    let (person, first) = invited(&app, "ada@example.org", &[]).await;
    let now = Utc::now();
    let second = staff::new_link(app.app.db(), person.staff_id, Purpose::Welcome, "command", now).await.unwrap();
    assert!(staff::opened(app.app.db(), &first, now).await.unwrap().is_none());
    assert!(staff::opened(app.app.db(), &second, now + Duration::days(6)).await.unwrap().is_some());
    assert!(staff::opened(app.app.db(), &second, now + Duration::days(7)).await.unwrap().is_none());
    let browser = Browser::new(&app);
    browser.settle(&second, "ada@example.org").await;
    let (_, _, page) = browser.get(&format!("/staff/link/{second}")).await;
    assert!(page.contains("This link no longer works"));
    app.stop().await;
}

#[actix_web::test]
async fn a_weak_password_is_refused_with_the_reason_and_the_link_stays_good() {
    let app = TestApp::start().await;
    let (_, link) = invited(&app, "ada@example.org", &[]).await;
    let browser = Browser::new(&app);
    let path = format!("/staff/link/{link}");
    for (password, again, said) in [
        ("short", "short", "12 characters or more"),
        ("passwordpassword", "passwordpassword", "guessed too soon"),
        (PASSWORD, "another", "not the same"),
    ] {
        let (status, _, page) = browser.post(&path, &[("password", password), ("again", again)]).await;
        assert!(status == 422 && page.contains(said), "{page}");
        assert!(!page.contains(password) || password == "short", "a password is never shown again");
    }
    browser.settle(&link, "ada@example.org").await;
    app.stop().await;
}

#[actix_web::test]
async fn a_code_is_taken_once_and_a_wrong_one_never() {
    let app = TestApp::start().await;
    let (_, link) = invited(&app, "ada@example.org", &[]).await;
    let (secret, used) = Browser::new(&app).settle(&link, "ada@example.org").await;

    let again = Browser::new(&app);
    assert_eq!(again.sign_in("ada@example.org", PASSWORD).await.1, "/staff/second-step?next=/staff");
    let (status, _, page) = again.second(&used, None).await;
    assert!(status == 422 && page.contains("was used before"), "the code that set it up is used up");
    assert_eq!(again.get("/staff").await.1, "/staff/sign-in", "a password alone opens nothing");
    let (status, ..) = again.post("/staff/second-step", &[("code", "000000"), ("next", "")]).await;
    assert_eq!(status, 422);
    // An attacker who knows the password cannot put their own app in the place of hers.
    let own = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
    assert_eq!(again.second(&code(own, Utc::now()), Some(own)).await.0, 422);
    let later = code(&secret, Utc::now() + Duration::seconds(30));
    assert_eq!(again.post("/staff/second-step", &[("code", &later), ("next", "/staff/people")]).await.1, "/staff/people");
    app.stop().await;
}

#[actix_web::test]
async fn guessing_is_slowed_and_does_not_keep_the_owner_out_of_their_own_browser() {
    let app = TestApp::start().await;
    let (_, link) = invited(&app, "ada@example.org", &[]).await;
    let own = Browser::new(&app);
    let (secret, _) = own.settle(&link, "ada@example.org").await;
    let stranger = Browser::new(&app);
    let mut statuses = Vec::new();
    for _ in 0..11 {
        let (status, _, page) = stranger.sign_in("ada@example.org", "wrong password here").await;
        statuses.push((status, page.contains("too many tries")));
    }
    assert_eq!(statuses.iter().filter(|(_, waits)| *waits).count(), 1, "{statuses:?}");
    let (_, _, page) = stranger.sign_in("ada@example.org", PASSWORD).await;
    assert!(page.contains("too many tries"), "the right password waits too");
    own.post("/staff/sign-out", &[]).await;
    assert_eq!(own.sign_in("ada@example.org", PASSWORD).await.1, "/staff/second-step?next=/staff");
    let later = code(&secret, Utc::now() + Duration::seconds(30));
    assert_eq!(own.post("/staff/second-step", &[("code", &later), ("next", "")]).await.1, "/staff");
    app.stop().await;
}

#[actix_web::test]
async fn nobody_is_told_whether_an_address_has_an_account() {
    let app = TestApp::start().await;
    let (_, link) = invited(&app, "ada@example.org", &[]).await;
    Browser::new(&app).settle(&link, "ada@example.org").await;
    let browser = Browser::new(&app);
    let (_, _, known) = browser.sign_in("ada@example.org", "wrong password here").await;
    let (_, _, unknown) = browser.sign_in("bob@example.org", "wrong password here").await;
    assert_eq!(known.replace("ada@", "bob@"), unknown);
    app.stop().await;
}

#[actix_web::test]
async fn a_session_ends_after_half_an_hour_of_nothing_and_after_twelve_hours_whatever_was_done() {
    let app = TestApp::start().await;
    let (person, link) = invited(&app, "ada@example.org", &[]).await;
    let (db, began) = (app.app.db(), Utc::now());
    staff::choose_password(db, &link, PASSWORD, began).await.unwrap().unwrap().unwrap();
    let session = inside(staff::sign_in(db, attempt(PASSWORD), began).await.unwrap());
    let mut now = began;
    while now < began + Duration::minutes(12 * 60 - 25) {
        now += Duration::minutes(25);
        assert!(staff::signed(db, &session, now).await.unwrap().is_some(), "busy at {now}");
    }
    assert!(staff::signed(db, &session, began + Duration::hours(12)).await.unwrap().is_none());
    let session = inside(staff::sign_in(db, attempt(PASSWORD), began).await.unwrap());
    assert!(staff::signed(db, &session, began + Duration::minutes(30)).await.unwrap().is_none());
    assert!(staff::signed(db, &session, began).await.unwrap().is_none(), "what has ended stays ended");

    let session = inside(staff::sign_in(db, attempt(PASSWORD), began).await.unwrap());
    staff::disable(db, person.staff_id, true, "command", began).await.unwrap();
    assert!(staff::signed(db, &session, began).await.unwrap().is_none(), "who was shut out is out at once");
    assert_eq!(staff::sign_in(db, attempt(PASSWORD), began).await.unwrap(), Outcome::Wrong);
    app.stop().await;
}

#[actix_web::test]
async fn staff_of_one_consultation_cannot_open_another_by_page_or_by_api() {
    let app = TestApp::start().await;
    let (_, link) = invited(&app, "ada@example.org", &[(Role::Analyst, Some("sample")), (Role::Keyer, Some("past"))]).await;
    let browser = Browser::new(&app);
    browser.settle(&link, "ada@example.org").await;
    assert_eq!(browser.get("/analysis/sample").await.0, 200);
    assert_eq!(browser.get("/analysis/past").await.0, 403);
    for path in ["/staff/people", "/staff/audit", "/staff/audit.csv"] {
        assert_eq!(browser.get(path).await.0, 403, "{path}");
    }
    let mut body = crate::support::submission();
    body["channel"] = "paper".into();
    let send = |consultation: &str| {
        browser.0.request(&format!("/api/v1/consultations/{consultation}/responses")).body(body.to_string()).send()
    };
    assert_eq!(send("sample").await.unwrap().status(), 403, "an analyst there, no keyer");
    assert_ne!(send("past").await.unwrap().status(), 403);
    app.stop().await;
}

#[actix_web::test]
async fn an_administrator_invites_gives_takes_and_shuts_out_and_all_of_it_is_in_the_log() {
    let app = TestApp::start().await;
    let (boss, link) = invited(&app, "boss@example.org", &[(Role::Administrator, None)]).await;
    let browser = Browser::new(&app);
    browser.settle(&link, "boss@example.org").await;

    let (status, _, page) = browser.post("/staff/people", &[("name", ""), ("email", "nobody"), ("place", "")]).await;
    assert_eq!(status, 422);
    for said in ["Type the person's name", "Type a whole e-mail address", "Choose at least one role"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let new =
        [("name", "Bea <Example>"), ("email", "Bea@example.org"), ("roles", "keyer"), ("roles", "verifier"), ("place", "sample")];
    let (status, _, page) = browser.post("/staff/people", &new).await;
    assert!(status == 200 && page.contains("Bea &lt;Example&gt;"), "{page}");
    let link = between(&page, "/staff/link/", "<");
    let (_, _, page) = browser.post("/staff/people", &new).await;
    assert!(page.contains("bea@example.org already has an account"), "{page}");

    let bea = accounts::by_email(&app.app.db().read, "bea@example.org").await.unwrap().unwrap();
    let path = format!("/staff/people/{}", bea.staff_id);
    browser.post(&format!("{path}/take"), &[("role", "verifier"), ("place", "sample")]).await;
    browser.post(&format!("{path}/give"), &[("roles", "analyst"), ("place", "")]).await;
    let grants = accounts::by_id(&app.app.db().read, bea.staff_id).await.unwrap().unwrap().grants;
    let mut told: Vec<_> = grants.iter().map(|grant| (grant.role, grant.consultation.as_deref())).collect();
    told.sort_unstable();
    assert_eq!(told, [(Role::Keyer, Some("sample")), (Role::Analyst, None)]);
    let (_, _, page) = browser.get(&path).await;
    let place = between(&page.replace("&quot;", "\""), "value=\"analyst\"><input type=\"hidden\" name=\"place\" value=\"", "\"");
    assert_eq!(place, "", "everywhere is no consultation called none");
    let hers = Browser::new(&app);
    hers.settle(&link, "bea@example.org").await;
    browser.post(&format!("{path}/disable"), &[]).await;
    assert_eq!(hers.get("/staff").await.1, "/staff/sign-in");
    let mine = format!("/staff/people/{}", boss.staff_id);
    assert_eq!(browser.post(&format!("{mine}/disable"), &[]).await.0, 422, "nobody shuts themselves out");

    let (_, _, page) = browser.get("/staff/audit").await;
    for action in ["staff.invited", "staff.granted", "staff.disabled", "sign_in.done", "staff.second_factor_set"] {
        assert!(page.contains(action), "{action}: {page}");
    }
    assert!(page.contains("none was changed, removed or put in"));
    let (_, _, log) = browser.get("/staff/audit.csv").await;
    assert!(log.starts_with("chain,number,at,actor,action,consultation,subject,detail,hash"));
    for personal in ["bea@example.org", "Bea", PASSWORD] {
        assert!(!log.contains(personal), "the log says {personal}");
    }
    assert!(audit::verify(app.app.db()).await.unwrap().faults.is_empty());
    app.stop().await;
}

#[actix_web::test]
async fn a_page_posted_from_another_site_changes_nothing() {
    let app = TestApp::start().await;
    let (_, link) = invited(&app, "boss@example.org", &[(Role::Administrator, None)]).await;
    let browser = Browser::new(&app);
    browser.settle(&link, "boss@example.org").await;
    let forged = browser
        .0
        .request("/staff/people")
        .header("origin", "https://elsewhere.example")
        .form(&[("name", "Eve"), ("email", "eve@example.org"), ("roles", "administrator"), ("place", "")])
        .send()
        .await
        .unwrap();
    assert_eq!(forged.status(), 403);
    assert!(accounts::by_email(&app.app.db().read, "eve@example.org").await.unwrap().is_none());
    app.stop().await;
}

#[actix_web::test]
async fn the_sign_in_page_sends_nobody_to_another_site_afterwards() {
    let app = TestApp::start().await;
    let browser = Browser::new(&app);
    for next in ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"] {
        let (_, _, page) = browser.get(&format!("/staff/sign-in?next={}", next.replace('/', "%2F"))).await;
        assert!(page.contains("name=\"next\" value=\"/staff"), "{page}");
    }
    app.stop().await;
}

#[actix_web::test]
async fn somebody_who_knows_their_password_changes_it_and_their_other_sessions_end() {
    let app = TestApp::start().await;
    let (here, _) = Desk::with(&app, "ada@example.org", &[(Role::Keyer, Some("sample"))]).await;
    let there = staff::sign_in(app.app.db(), attempt(PASSWORD), Utc::now()).await.unwrap();
    let there = inside(there);
    let new = "velvet harbour seven finch";
    let change = |current: &'static str, password: &'static str, again: &'static str| {
        let fields = [("current", current), ("password", password), ("again", again)];
        let here = &here;
        async move { here.post("/staff/account", &fields).await }
    };
    assert!(change("wrong password here", new, new).await.page.contains("This is not the password you have now"));
    assert!(change(PASSWORD, "short", "short").await.page.contains("12 characters or more"));
    assert!(change(PASSWORD, new, "another").await.page.contains("not the same"));
    let done = change(PASSWORD, new, new).await;
    assert!(done.status == 200 && done.page.contains("Keyer in "), "{}", done.page);
    assert_eq!(here.get("/staff").await.status, 200, "this session goes on");
    assert!(staff::signed(app.app.db(), &there, Utc::now()).await.unwrap().is_none(), "others end");
    assert_eq!(staff::sign_in(app.app.db(), attempt(PASSWORD), Utc::now()).await.unwrap(), Outcome::Wrong);
    assert_ne!(inside(staff::sign_in(app.app.db(), attempt(new), Utc::now()).await.unwrap()), "");
    app.stop().await;
}

fn attempt(password: &str) -> Attempt<'_> {
    Attempt { email: "ada@example.org", password, browser: None, from: "here", second_factor: false }
}
