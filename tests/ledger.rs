//! The paper ledger through the front door: a pile that must balance, sheets keyed twice and blind, and what differs.

use chrono::{Days, Utc};
use soundings::domain::access::Role;
use soundings::domain::answer::{Answer as Stored, State, Value};
use soundings::store::batches::{self, Act, Doing, NewKeying};
use soundings::store::consultations::{self, ConsultationDocument};
use soundings::store::writer::Work;
use soundings::store::{audit, responses};
use uuid::Uuid;

use crate::support::TestApp;
use crate::support::desk::{Answered, Desk};

const BATCH: &str = "/staff/sample/batches/1";

/// A service whose consultations have this many of a hundred sheets keyed twice.
async fn service(keyed_twice: u32) -> TestApp {
    let app = TestApp::start().await;
    let db = app.app.db();
    for document in consultations::latest(&db.read).await.unwrap() {
        let text = format!("{}\n[paper]\nkeyed_twice_per_cent = {keyed_twice}\n", document.document);
        let next = ConsultationDocument { version: 2, digest: format!("{keyed_twice}"), document: text, ..document };
        consultations::publish_consultation(&db.write, &next, Utc::now()).await.unwrap();
    }
    assert!(app.app.intake.shelf.refresh(db).await.unwrap());
    app
}

/// Somebody at the desk, and how the ledger names them.
struct Person {
    desk: Desk,
    actor: String,
}

impl Person {
    async fn new(app: &TestApp, name: &str, roles: &[Role], consultation: &str) -> Self {
        let (desk, actor) = Desk::named(app, name, roles, consultation).await;
        Self { desk, actor }
    }
}

impl std::ops::Deref for Person {
    type Target = Desk;

    fn deref(&self) -> &Desk {
        &self.desk
    }
}

async fn officer(app: &TestApp) -> Person {
    Person::new(app, "Olive", &[Role::DeskOfficer], "sample").await
}

async fn keyer(app: &TestApp, name: &str) -> Person {
    Person::new(app, name, &[Role::Keyer], "sample").await
}

/// What stands on a page between two marks.
fn between(text: &str, start: &str, end: &str) -> String {
    assert!(text.contains(start), "no {start} in {text}");
    text.split(start).nth(1).and_then(|rest| rest.split(end).next()).unwrap().to_owned()
}

fn today() -> String {
    Utc::now().date_naive().format("%d/%m/%Y").to_string()
}

/// Count a batch of paper in that came today.
async fn count_in(officer: &Desk, consultation: &str, sheets: &str) -> Answered {
    let day = today();
    let fields = [
        ("source", "library"),
        ("place", "=Leigh library, box 2"),
        ("event", ""),
        ("channel", "paper"),
        ("form", "standard 1"),
        ("received_on", day.as_str()),
        ("postmark", "sheet"),
        ("posted_on", ""),
        ("sheets", sheets),
    ];
    officer.post(&format!("/staff/{consultation}/batches/new"), &fields).await
}

/// Open a sheet and key it as a person would.
async fn key(keyer: &Desk, sheet: u32, fields: &[(&str, &str)]) -> Answered {
    let path = format!("{BATCH}/sheets/{sheet}");
    let shown = keyer.get(&path).await;
    assert_eq!(shown.status, 200, "{}", shown.page);
    keyer.post(&path, &filled(&shown.page, fields).each()).await
}

struct Filled(Vec<(String, String)>);

impl Filled {
    fn each(&self) -> Vec<(&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }
}

fn filled(page: &str, fields: &[(&str, &str)]) -> Filled {
    let hidden = ["keying_id", "task"].map(|name| (name.to_owned(), between(page, &format!("name=\"{name}\" value=\""), "\"")));
    let own = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Filled(hidden.into_iter().chain(own).collect())
}

async fn last(app: &TestApp) -> soundings::domain::response::Revision {
    app.revisions().await.pop().unwrap()
}

#[actix_web::test]
async fn a_batch_that_does_not_balance_cannot_be_closed_and_says_what_is_missing() {
    let app = service(0).await;
    let (officer, kay) = (officer(&app).await, keyer(&app, "Kay").await);
    assert!(officer.get("/staff/sample/batches").await.page.contains("No batch has been counted in yet"));
    assert_eq!(count_in(&officer, "sample", "4").await.place, BATCH);
    key(&kay, 1, &[("plan_support", "support")]).await;
    officer.post(&format!("{BATCH}/sheets/2/end"), &[("outcome", "spoiled"), ("reason", "soaked through")]).await;

    let said = "4 received, but 2 accounted for: 1 keyed, 1 spoiled, 0 duplicate, 0 void. Without an end: sheets 3 to 4.";
    let sure = officer.get(&format!("{BATCH}/close")).await;
    assert!(sure.status == 422 && sure.page.contains(said), "{}", sure.page);
    let closed = officer.post(&format!("{BATCH}/close"), &[]).await;
    assert!(closed.status == 422 && closed.page.contains(said), "{}", closed.page);

    let why = kay.post(&format!("{BATCH}/sheets/3/end"), &[("outcome", "duplicate"), ("reason", "")]).await;
    assert!(why.status == 422 && why.page.contains("Say why"));
    kay.post(&format!("{BATCH}/sheets/3/end"), &[("outcome", "duplicate"), ("reason", "photocopy of sheet 1")]).await;
    officer.post(&format!("{BATCH}/sheets/4/end"), &[("outcome", "void"), ("reason", "a covering letter")]).await;
    assert!(officer.get(&format!("{BATCH}/close")).await.page.contains("Are you sure"));
    assert_eq!(officer.post(&format!("{BATCH}/close"), &[]).await.place, format!("{BATCH}?done=closed"));

    let csv = officer.get("/staff/sample/reconciliation.csv").await.page;
    assert!(csv.starts_with("day,batch,source,place,received_on,received,keyed,spoiled,duplicate,void,open,"), "{csv}");
    assert!(csv.contains("4,1,1,1,1,0,4,1,0,true,true"), "{csv}");
    assert!(csv.contains("\"'=Leigh library, box 2\""), "no spreadsheet runs it: {csv}");
    assert!(officer.get("/staff/sample/reconciliation").await.page.contains("Everything received is accounted for"));
    let late = officer.post(&format!("{BATCH}/sheets/4/reopen"), &[]).await;
    assert!(late.status == 422 && late.page.contains("closed"), "a closed batch stays as it is");
    assert!(audit::verify(app.app.db()).await.unwrap().faults.is_empty());
    app.stop().await;
}

#[actix_web::test]
async fn a_keying_error_is_found_settled_by_a_third_person_corrected_and_counted() {
    let app = service(100).await;
    let (officer, ann, ben) = (officer(&app).await, keyer(&app, "Ann").await, keyer(&app, "Ben").await);
    let vera = Person::new(&app, "Vera", &[Role::Verifier], "sample").await;
    count_in(&officer, "sample", "1").await;
    let sheet = [("area", "north"), ("plan_why", "It is fairer."), ("sheet.quote_consent", "yes")];
    let with = |support| [("plan_support", support)].into_iter().chain(sheet).collect::<Vec<_>>();
    assert_eq!(key(&ann, 1, &with("support")).await.status, 303);
    let waits = officer.get(&format!("{BATCH}/close")).await.page;
    assert!(waits.contains("To be keyed a second time: sheet 1."), "{waits}");
    assert!(!ann.get(BATCH).await.page.contains("second time: sheet 1"), "her own sheet's being drawn is told her by nothing");
    assert_eq!(key(&ben, 1, &with("oppose")).await.status, 303);
    assert_eq!(app.revisions().await.len(), 1, "the second keying is no response");
    let waits = officer.get(&format!("{BATCH}/close")).await.page;
    assert!(waits.contains("With differences between two keyings to be settled: sheet 1."), "{waits}");

    let settle = format!("{BATCH}/sheets/1/settle");
    for keyer in [&ann, &ben] {
        assert_eq!(keyer.get(&settle).await.status, 403);
        assert_eq!(keyer.post(&settle, &[("pick.plan_support", "left")]).await.status, 403);
    }
    let both = Person::new(&app, "Una", &[Role::Keyer, Role::Verifier], "sample").await;
    assert_eq!(both.get(&format!("{BATCH}/sheets/1")).await.status, 400, "it has been keyed twice");
    let listed = vera.get("/staff/sample/differences").await.page;
    assert!(listed.contains(&settle) && listed.contains("1 place"), "{listed}");
    let shown = vera.get(&settle).await.page;
    assert!(shown.contains("Support") && shown.contains("Oppose") && shown.contains("Do you support it?"), "{shown}");
    assert!(!shown.contains("Where do you live") && !shown.contains("Ann") && !shown.contains("Ben"), "{shown}");
    let undecided = vera.post(&settle, &[]).await;
    assert!(undecided.status == 422 && undecided.page.contains("Say what stands on the sheet"));
    let right = if shown.find("> Oppose<").unwrap() < shown.find("> Support<").unwrap() { "left" } else { "right" };
    assert_eq!(vera.post(&settle, &[("pick.plan_support", right)]).await.place, "/staff/sample/differences");

    let latest = last(&app).await;
    assert_eq!((latest.number, latest.answers.codes("plan_support").next()), (2, Some("oppose")));
    assert_eq!(latest.answers.get("plan_why"), Stored::Answered(Value::Text("It is fairer.".to_owned())));
    let quality = vera.get("/staff/sample/keying-quality.csv").await.page;
    assert!(quality.contains(&format!("keyer,{},Ann,closed,", ann.actor)), "{quality}");
    assert!(quality.contains("question,plan_support,3. Do you support it?,closed,2,1,50.0"), "{quality}");
    let ann_line = quality.lines().find(|line| line.contains(",Ann,closed,")).unwrap();
    let ben_line = quality.lines().find(|line| line.contains(",Ben,closed,")).unwrap();
    assert!(ann_line.contains(",1,") && ben_line.ends_with(",0,0.0"), "{quality}");
    assert!(officer.get("/staff/sample/keying-quality").await.page.contains("1 pair is settled; 0 wait"));
    assert_eq!(vera.get(&settle).await.status, 404, "it is settled");
    assert_eq!(officer.post(&format!("{BATCH}/close"), &[]).await.place, format!("{BATCH}?done=closed"));
    let kept = batches::keyings(&app.app.db().read, "sample", 1, 1).await.unwrap();
    assert!(kept.iter().all(|keying| keying.payload.is_none()), "what both typed is gone once it is settled");
    app.stop().await;
}

#[actix_web::test]
async fn when_neither_keyer_is_right_the_third_person_keys_what_the_sheet_says() {
    let app = service(100).await;
    let (officer, ann, ben) = (officer(&app).await, keyer(&app, "Ann").await, keyer(&app, "Ben").await);
    let vera = Person::new(&app, "Vera", &[Role::Verifier], "sample").await;
    let cleo = Person::new(&app, "Cleo", &[Role::Keyer, Role::Verifier], "sample").await;
    count_in(&officer, "sample", "2").await;
    key(&ann, 2, &[("visits", "12")]).await;
    key(&cleo, 2, &[("visits", "13")]).await;
    assert_eq!(
        cleo.post(&format!("{BATCH}/sheets/2/settle"), &[("pick.visits", "left")]).await.status,
        403,
        "nobody settles their own"
    );
    assert!(cleo.get("/staff/sample/differences").await.page.contains("1 more waits for somebody who keyed neither time"));
    assert_eq!(vera.post(&format!("{BATCH}/sheets/2/settle"), &[("pick.visits", "left")]).await.status, 303);
    key(&ann, 1, &[("plan_support", "support"), ("visits", "12"), ("sheet.completed_on", "1/2/2022")]).await;
    key(&ben, 1, &[("plan_support", "support"), ("visits", "21"), ("mark.plan_why", "illegible")]).await;
    let settle = format!("{BATCH}/sheets/1/settle");
    let picks = [("pick.visits", "neither"), ("pick.plan_why", "neither"), ("pick.sheet.completed_on", "neither")];
    let wrong = picks.into_iter().chain([("visits", "many")]).collect::<Vec<_>>();
    let wrong = vera.post(&settle, &wrong).await;
    assert!(wrong.status == 422 && wrong.page.contains("A whole number goes here"), "{}", wrong.page);
    let right = picks.into_iter().chain([("visits", "112"), ("plan_why", "Cost"), ("sheet.completed_on", "2/2/2022")]);
    assert_eq!(vera.post(&settle, &right.collect::<Vec<_>>()).await.status, 303);
    let first = batches::sheet(&app.app.db().read, "sample", 1, 1).await.unwrap().unwrap();
    let latest = app.revisions().await.into_iter().rfind(|revision| revision.response_id == first.response_id).unwrap();
    assert_eq!(latest.answers.get("visits"), Stored::Answered(Value::Number(112)));
    assert_eq!(latest.answers.get("plan_why"), Stored::Answered(Value::Text("Cost".to_owned())));
    assert_eq!(latest.completed_on.unwrap().to_string(), "2022-02-02");
    let pairs = batches::pairs(&app.app.db().read, "sample").await.unwrap();
    assert!(pairs.iter().all(|pair| pair.correction.is_none()), "the door has confirmed it");
    app.stop().await;
}

#[actix_web::test]
async fn nobody_reads_what_another_keyed_by_page_or_api_and_the_second_keyer_sees_nothing_of_the_first() {
    let app = service(100).await;
    let (officer, ann, ben) = (officer(&app).await, keyer(&app, "Ann").await, keyer(&app, "Ben").await);
    let vera = Person::new(&app, "Vera", &[Role::Verifier], "sample").await;
    let council = Person::new(&app, "Cora", &[Role::Keyer, Role::DeskOfficer, Role::Verifier], "past").await;
    count_in(&officer, "sample", "2").await;
    let secret = "MY VERY OWN WORDS";
    key(&ann, 1, &[("plan_why", secret), ("note", "in green ink"), ("sheet.paper_reference", "REF-77")]).await;

    let own = ann.get(&format!("{BATCH}/sheets/1")).await;
    assert!(own.page.contains(secret) && own.page.contains("in green ink"), "one's own can be changed");
    let second = ben.get(&format!("{BATCH}/sheets/1")).await;
    assert!(second.status == 200 && second.page.contains("a second time"), "{}", second.page);
    let list = ben.get(BATCH).await;
    assert!(list.page.contains("You have keyed none of its sheets yet"), "{}", list.page);
    for answer in [&second, &list, &officer.get(BATCH).await, &vera.get(BATCH).await, &ben.get("/staff/sample/batches").await] {
        assert!(![secret, "in green ink", "REF-77"].iter().any(|word| answer.page.contains(word)), "{}", answer.page);
    }
    assert!(!list.page.contains("Ann"), "nor who keyed it");

    key(&ben, 1, &[("plan_why", "other words")]).await;
    for (keyer, others) in [(&ann, "other words"), (&ben, secret)] {
        let closed = keyer.get(&format!("{BATCH}/sheets/1")).await;
        assert!(closed.status == 400 && !closed.page.contains(others), "{}", closed.page);
        assert_eq!(keyer.get(&format!("{BATCH}/sheets/1/settle")).await.status, 403);
        assert_eq!(keyer.get("/staff/sample/keying-quality").await.status, 403);
        assert_eq!(keyer.get("/staff/sample/reconciliation.csv").await.status, 403);
        assert_eq!(keyer.get(&format!("{BATCH}/close")).await.status, 403);
        assert_eq!(keyer.get("/analysis/sample").await.status, 403);
    }
    let token = app.token(Role::Keyer).await;
    for path in ["/api/v1/consultations/sample/responses", "/staff/sample/batches/1/sheets/1", "/analysis/sample"] {
        let answer = app.client.get(format!("{}{path}", app.url)).bearer_auth(&token).send().await.unwrap();
        assert!(!answer.text().await.unwrap().contains(secret), "{path}");
    }
    for path in [BATCH.to_owned(), format!("{BATCH}/sheets/2"), "/staff/sample/differences".to_owned()] {
        assert_eq!(council.get(&path).await.status, 403, "{path}");
    }
    app.stop().await;
}

#[actix_web::test]
async fn the_same_sheet_is_not_keyed_twice_by_mistake_and_what_was_typed_stays_on_the_page() {
    let app = service(0).await;
    let (officer, ann) = (officer(&app).await, keyer(&app, "Ann").await);
    count_in(&officer, "sample", "2").await;
    let path = format!("{BATCH}/sheets/1");
    let shown = ann.get(&path).await.page;
    let sent = filled(&shown, &[("plan_support", "support")]);
    for _ in 0..2 {
        assert_eq!(ann.post(&path, &sent.each()).await.place, format!("{BATCH}/next?stored=1"));
    }
    assert_eq!(app.revisions().await.len(), 1, "the same page sent twice is one keying");

    let sheet_two = filled(&ann.get(&format!("{BATCH}/sheets/2")).await.page, &[("plan_why", "typed under the wrong number")]);
    let mistaken = ann.post(&path, &sheet_two.each()).await;
    assert!(mistaken.status == 422 && mistaken.page.contains("You have keyed this sheet before"), "{}", mistaken.page);
    assert!(mistaken.page.contains("typed under the wrong number"), "nothing typed is lost");
    assert_eq!(app.revisions().await.len(), 1);
    let again = ann.post(&format!("{BATCH}/sheets/2"), &sent.each()).await;
    assert_eq!(again.status, 303, "the page of one sheet sent for another is a keying of that one");
    assert_eq!(app.revisions().await.len(), 2);
    let other = keyer(&app, "Ben").await.get(&path).await;
    assert!(other.status == 400 && other.page.contains("has been keyed"), "a sheet that was not drawn is keyed once");
    app.stop().await;
}

#[actix_web::test]
async fn two_keyers_at_one_sheet_at_once_lose_nothing() {
    let app = service(0).await;
    let (officer, ann, ben) = (officer(&app).await, keyer(&app, "Ann").await, keyer(&app, "Ben").await);
    count_in(&officer, "sample", "6").await;
    for sheet in 1..=6 {
        let path = format!("{BATCH}/sheets/{sheet}");
        let (one, other) = (ann.get(&path).await.page, ben.get(&path).await.page);
        let (one, other) = (filled(&one, &[("plan_why", "from Ann")]), filled(&other, &[("plan_why", "from Ben")]));
        let (one, other) = (one.each(), other.each());
        let (one, other) = futures_util::future::join(ann.post(&path, &one), ben.post(&path, &other)).await;
        assert_eq!((one.status, other.status), (303, 303));
        let kept = batches::keyings(&app.app.db().read, "sample", 1, sheet).await.unwrap();
        let kept: Vec<_> = kept.into_iter().map(|keying| keying.payload.unwrap()).collect();
        assert!(kept.len() == 2 && kept.concat().contains("from Ann") && kept.concat().contains("from Ben"), "{kept:?}");
    }
    assert_eq!(app.revisions().await.len(), 6, "one response a sheet");
    assert!(app.held().await.is_empty());
    assert_eq!(batches::pairs(&app.app.db().read, "sample").await.unwrap().len(), 6, "and the other keying is compared with it");
    app.stop().await;
}

#[actix_web::test]
async fn paper_takes_what_paper_contains_and_the_keyer_is_asked_about_what_cannot_be() {
    let app = service(0).await;
    let (officer, ann) = (officer(&app).await, keyer(&app, "Ann").await);
    count_in(&officer, "sample", "2").await;
    let head = ann.get(&format!("{BATCH}/sheets/1")).await.page;
    assert!(head.contains("=Leigh library, box 2") && head.contains("Standard, version 1"), "carried forward from the batch");
    let odd = [("plan_support", "support"), ("plan_support", "oppose"), ("visits", "400"), ("mark.important", "illegible")];
    let asked = key(&ann, 1, &odd).await;
    assert!(asked.status == 422 && asked.page.contains("Only 0 to 365 can count here"), "{}", asked.page);
    assert!(app.revisions().await.is_empty());
    let marked = odd.into_iter().chain([("mark.visits", "spoiled"), ("sheet.posted_on", "3/12/2022")]).collect::<Vec<_>>();
    assert_eq!(key(&ann, 1, &marked).await.status, 303);
    let response = last(&app).await;
    let ticks = Value::Codes(vec!["support".to_owned(), "oppose".to_owned()]);
    assert_eq!(response.answers.get("plan_support"), Stored::Spoiled(Some(ticks)));
    assert_eq!(response.answers.get("visits"), Stored::Spoiled(Some(Value::Text("400".to_owned()))));
    assert_eq!(response.answers.state("important"), State::Illegible);
    assert_eq!(response.posted_on.unwrap().to_string(), "2022-12-03");
    assert_eq!((response.origin.batch.as_deref(), response.origin.line), (Some("1"), Some(1)));
    assert_eq!(response.origin.keyed_by.as_deref(), Some(ann.actor.as_str()));

    assert_eq!(key(&ann, 2, &[]).await.status, 303, "a blank sheet is a return");
    assert_eq!(app.revisions().await.len(), 2);
    app.stop().await;
}

#[actix_web::test]
async fn the_last_sheet_can_be_changed_and_what_was_there_stays_in_its_history() {
    let app = service(0).await;
    let (officer, ann) = (officer(&app).await, keyer(&app, "Ann").await);
    count_in(&officer, "sample", "2").await;
    key(&ann, 1, &[("plan_support", "support"), ("note", "torn")]).await;
    let back = ann.get(&format!("{BATCH}/undo")).await;
    assert_eq!(back.place, format!("{BATCH}/sheets/1"));
    let shown = ann.get(&back.place).await.page;
    assert!(shown.contains("value=\"support\" data-press=\"2\" checked") && shown.contains("torn"), "{shown}");
    assert_eq!(key(&ann, 1, &[("plan_support", "oppose")]).await.status, 303);
    let revisions = app.revisions().await;
    let answers: Vec<_> = revisions.iter().map(|revision| revision.answers.codes("plan_support").next()).collect();
    assert_eq!(answers, [Some("support"), Some("oppose")]);
    assert_eq!(revisions[0].response_id, revisions[1].response_id);
    assert!(officer.get("/staff/sample/reconciliation").await.page.contains("1 of 2 sheets received are still open"));
    app.stop().await;
}

#[actix_web::test]
async fn a_recount_needs_a_reason_and_never_loses_a_sheet_that_ended() {
    let app = service(0).await;
    let (officer, ann) = (officer(&app).await, keyer(&app, "Ann").await);
    for (sheets, said) in [("0", "at least one"), ("9999", "at most"), ("many", "at least one")] {
        let refused = count_in(&officer, "sample", sheets).await;
        assert!(refused.status == 422 && refused.page.contains(said), "{sheets}: {}", refused.page);
    }
    count_in(&officer, "sample", "3").await;
    key(&ann, 3, &[("plan_support", "support")]).await;
    let path = format!("{BATCH}/recount");
    assert!(officer.post(&path, &[("sheets", "5"), ("reason", "")]).await.page.contains("Say why"));
    let refused = officer.post(&path, &[("sheets", "2"), ("reason", "one too many")]).await;
    assert!(refused.status == 422 && refused.page.contains("sheet 3 would fall away"), "{}", refused.page);
    officer.post(&path, &[("sheets", "5"), ("reason", "two stuck together")]).await;
    let page = officer.get(BATCH).await.page;
    assert!(page.contains("two stuck together") && page.contains("5 received, but 1 accounted for"), "{page}");
    officer.post(&path, &[("sheets", "4"), ("reason", "counted a third time")]).await;
    assert_eq!(batches::sheets(&app.app.db().read, "sample", 1).await.unwrap().len(), 4);

    let log = audit::all(app.app.db()).await.unwrap();
    let recounts: Vec<_> = log.iter().filter(|entry| entry.action == "batch.recounted").map(|entry| &entry.detail).collect();
    assert_eq!(recounts, ["3 to 5 sheets", "5 to 4 sheets"], "with no words of anybody");
    app.stop().await;
}

#[actix_web::test]
async fn late_paper_is_keyed_held_and_still_balances() {
    let app = service(0).await;
    let officer = Person::new(&app, "Olive", &[Role::DeskOfficer, Role::Keyer], "past").await;
    assert_eq!(count_in(&officer, "past", "1").await.place, "/staff/past/batches/1");
    let path = "/staff/past/batches/1/sheets/1";
    let shown = officer.get(path).await.page;
    assert_eq!(officer.post(path, &filled(&shown, &[("plan_support", "support")]).each()).await.status, 303);
    let csv = officer.get("/staff/past/reconciliation.csv").await.page;
    assert!(csv.contains("1,1,0,0,0,0,1,0,1,true,false"), "{csv}");
    assert!(officer.get("/staff/past/batches/1").await.page.contains("held when it came"));
    let closed = officer.post("/staff/past/batches/1/close", &[]).await;
    assert_eq!(closed.status, 303, "{}", closed.page);
    app.stop().await;
}

#[actix_web::test]
async fn a_keying_cut_off_before_the_door_is_taken_up_when_the_batch_is_looked_at() {
    let app = service(0).await;
    let (officer, ann) = (officer(&app).await, keyer(&app, "Ann").await);
    count_in(&officer, "sample", "1").await;
    key(&ann, 1, &[("plan_support", "support")]).await;
    let whole = batches::keyings(&app.app.db().read, "sample", 1, 1).await.unwrap().remove(0);
    count_in(&officer, "sample", "1").await;
    let sheet = batches::sheet(&app.app.db().read, "sample", 2, 1).await.unwrap().unwrap();
    let mut payload: serde_json::Value = serde_json::from_str(&whole.payload.unwrap()).unwrap();
    let revision_id = Uuid::now_v7();
    payload["response_id"] = serde_json::json!(sheet.response_id);
    payload["revision_id"] = serde_json::json!(revision_id);
    let new = NewKeying {
        sheet: 1,
        keying_id: Uuid::now_v7(),
        revision_id,
        payload: payload.to_string(),
        note: String::new(),
        share: 0,
    };
    let act = Act::Key(Box::new(new));
    let doing = Doing { consultation: "sample".to_owned(), batch: 2, by: ann.actor.clone(), act };
    app.app.intake.writer.write(Work::Ledger(Box::new(doing))).await.unwrap();
    assert!(responses::last(&app.app.db().read, "sample", sheet.response_id).await.unwrap().is_none());
    assert!(officer.get("/staff/sample/reconciliation").await.page.contains("Not borne out:"));

    officer.get("/staff/sample/batches/2").await;
    assert!(responses::last(&app.app.db().read, "sample", sheet.response_id).await.unwrap().is_some());
    assert!(!officer.get("/staff/sample/reconciliation").await.page.contains("Not borne out:"));
    assert_eq!(officer.post("/staff/sample/batches/2/close", &[]).await.status, 303);
    app.stop().await;
}

#[actix_web::test]
async fn a_keyer_who_makes_errors_has_more_sheets_drawn() {
    let app = service(10).await;
    let (officer, ann, ben) = (officer(&app).await, keyer(&app, "Ann").await, keyer(&app, "Ben").await);
    let vera = Person::new(&app, "Vera", &[Role::Verifier], "sample").await;
    count_in(&officer, "sample", "60").await;
    // Ann and Ben open one sheet at once, so it is keyed twice whether it was drawn or not; Ann is wrong everywhere.
    let path = format!("{BATCH}/sheets/1");
    let (one, other) = (ann.get(&path).await.page, ben.get(&path).await.page);
    ann.post(&path, &filled(&one, &[("area", "north"), ("plan_support", "oppose"), ("age", "under_40")]).each()).await;
    ben.post(&path, &filled(&other, &[]).each()).await;
    let settle = format!("{path}/settle");
    let picks = [("pick.area", "neither"), ("pick.plan_support", "neither"), ("pick.age", "neither")];
    assert_eq!(vera.post(&settle, &picks).await.status, 303);
    for sheet in 2..=60 {
        key(if sheet % 2 == 0 { &ann } else { &ben }, sheet, &[]).await;
    }
    let sheets = batches::sheets(&app.app.db().read, "sample", 1).await.unwrap();
    let drawn = |by: &Person| sheets.iter().filter(|s| s.number > 1 && s.first_by.as_ref() == Some(&by.actor) && s.drawn).count();
    assert_eq!(drawn(&ann), 30, "every sheet");
    assert!(drawn(&ben) < 15, "about one in ten");
    app.stop().await;
}

#[actix_web::test]
async fn a_day_that_has_not_come_is_refused_with_what_to_do() {
    let app = service(0).await;
    let officer = officer(&app).await;
    let tomorrow = (Utc::now().date_naive() + Days::new(2)).to_string();
    let answer = officer.get(&format!("/staff/sample/reconciliation?day={tomorrow}")).await;
    assert!(answer.status == 400 && answer.page.contains("Give a day that has come"), "{}", answer.page);
    assert!(officer.get("/staff/sample/reconciliation?day=01/01/2020").await.page.contains("No batch had been counted in"));
    assert_eq!(officer.get("/staff/sample/batches/9").await.status, 404);
    assert_eq!(officer.get("/staff/sample/batches/9/close").await.status, 404);
    app.stop().await;
}
