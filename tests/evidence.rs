//! Evidence at the desk: real files in, counts by unit, revisions, roles, events, formats, contacts that nothing joins.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, Utc};
use reqwest::multipart::{Form, Part};
use sea_orm::{ConnectionTrait as _, DatabaseBackend, Statement};
use soundings::domain::access::Role;
use soundings::store::desk::{Act, Doing};
use soundings::store::evidence::{self, Item};
use soundings::store::{audit, contacts};
use soundings::{analysis, jobs};

use crate::support::desk::{Answered, Desk};
use crate::support::{TestApp, submission};

const OFFICER: &[(Role, Option<&str>)] = &[(Role::DeskOfficer, None)];

fn file(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/fixtures/evidence/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// A letter as somebody types it.
fn letter<'a>() -> BTreeMap<&'a str, String> {
    [
        ("kind", "letter".to_owned()),
        ("title", "Car parking".to_owned()),
        ("received_on", Utc::now().date_naive().to_string()),
        ("sender", "individual".to_owned()),
        ("text", "Zaubernuss. There is no bus.".to_owned()),
    ]
    .into()
}

fn with<'a>(more: &[(&'a str, &str)]) -> BTreeMap<&'a str, String> {
    let mut fields = letter();
    fields.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
    fields
}

async fn send(desk: &Desk, path: &str, fields: &BTreeMap<&str, String>, file: Option<(&str, Vec<u8>)>) -> Answered {
    let mut form = Form::new();
    for (name, value) in fields {
        form = form.text((*name).to_owned(), value.clone());
    }
    if let Some((name, bytes)) = file {
        form = form.part("file", Part::bytes(bytes).file_name(name.to_owned()));
    }
    let answer = desk.request(path).multipart(form).send().await.unwrap();
    let place = answer.headers().get("location").map(|place| place.to_str().unwrap().to_owned()).unwrap_or_default();
    let status = answer.status().as_u16();
    Answered { status, place, page: answer.text().await.unwrap().replace("&#x2f;", "/").replace("&#x27;", "'") }
}

/// The value of a hidden field of a page.
fn hidden(page: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    page.split(&start).nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
}

async fn items(app: &TestApp, consultation: &str) -> Vec<Item> {
    evidence::all(&app.app.db().read, consultation).await.unwrap()
}

/// Logs a letter and gives its address.
async fn logged(desk: &Desk, consultation: &str, fields: &BTreeMap<&str, String>) -> String {
    let answer = send(desk, &format!("/staff/{consultation}/evidence/new"), fields, None).await;
    assert_eq!(answer.status, 303, "{}", answer.page);
    answer.place
}

#[actix_web::test]
async fn a_letter_is_logged_looked_at_corrected_and_withdrawn_and_every_step_stays() {
    let app = TestApp::start().await;
    let (desk, person) = Desk::with(&app, "desk@example.org", OFFICER).await;
    assert!(desk.get("/staff/sample/evidence").await.page.contains("Nothing is logged yet"));
    let wrong = send(&desk, "/staff/sample/evidence/new", &[("kind", String::new())].into(), None).await;
    assert!(wrong.status == 422 && wrong.page.contains("Choose what it is.") && wrong.page.contains("Say when it reached us"));

    let place = logged(&desk, "sample", &letter()).await;
    let look = desk.get(&place).await.page;
    assert!(look.contains("SA-E1") && look.contains("Zaubernuss") && look.contains("Ada Example") && look.contains("In time"));
    let list = desk.get("/staff/sample/evidence").await.page;
    assert!(list.contains("1 letter<") && list.contains("Car parking") && !list.contains("Zaubernuss"), "a list shows no text");

    let form = desk.get(&format!("{place}/correct")).await.page;
    let unreasoned = send(&desk, &format!("{place}/correct"), &letter(), None).await;
    assert!(unreasoned.status == 422 && unreasoned.page.contains("Say why"));
    let revision = hidden(&form, "revision");
    let correction = with(&[("revision", &revision), ("reason", "A word was misread."), ("text", "There is one bus.")]);
    assert_eq!(send(&desk, &format!("{place}/correct"), &correction, None).await.status, 303);
    let look = desk.get(&place).await.page;
    assert!(look.contains("There is one bus.") && look.contains("A word was misread.") && !look.contains("Zaubernuss"));
    assert!(desk.get(&format!("{place}?revision=1")).await.page.contains("Zaubernuss"), "what stood before is kept");
    let behind = send(&desk, &format!("{place}/correct"), &correction, None).await;
    assert!(behind.page.contains("Somebody corrected it in between"), "{}", behind.page);

    let path = format!("{place}/withdraw");
    assert!(desk.post(&path, &[("revision", "2"), ("reason", " ")]).await.page.contains("Say why"));
    assert_eq!(desk.post(&path, &[("revision", "2"), ("reason", "Logged twice.")]).await.status, 303);
    let list = desk.get("/staff/sample/evidence").await.page;
    assert!(list.contains("0 letters<") && list.contains("<strong>Withdrawn</strong>"), "{list}");
    assert_eq!(desk.get(&format!("{place}/correct")).await.status, 404, "what is withdrawn is not corrected");

    let log = audit::all(app.app.db()).await.unwrap();
    let by_them: Vec<&str> =
        log.iter().filter(|entry| entry.actor == person.actor().name).map(|entry| entry.action.as_str()).collect();
    for action in ["evidence.logged", "evidence.viewed", "evidence.corrected", "evidence.withdrawn"] {
        assert!(by_them.contains(&action), "{action} in {by_them:?}");
    }
    let words = ["Zaubernuss", "bus", "parking", "misread", "twice"];
    assert!(!log.iter().any(|entry| words.iter().any(|word| entry.detail.contains(word) || entry.subject.contains(word))));
    assert!(audit::verify(app.app.db()).await.unwrap().faults.is_empty());
    app.stop().await;
}

#[actix_web::test]
async fn files_give_their_text_to_be_checked_and_are_kept_as_they_came() {
    let app = TestApp::start().await;
    let (desk, _) = Desk::with(&app, "desk@example.org", OFFICER).await;
    let new = "/staff/sample/evidence/new";
    let cases = [
        ("letter.eml", "The café in the clinic is where we meet."),
        ("note.txt", "the lift at the café is too small"),
        ("letter.docx", "The tea &amp; coffee matters!"),
        ("letter.pdf", "The café is"),
        ("scanned.pdf", "Type it in; the original is kept."),
    ];
    for (name, words) in cases {
        let read = send(&desk, new, &BTreeMap::new(), Some((name, file(name)))).await;
        assert!(read.status == 200 && read.page.contains(words), "{name}: {}", read.page);
        let (id, original) = (hidden(&read.page, "evidence_id"), hidden(&read.page, "original_id"));
        assert!(!original.is_empty());
        let fields = with(&[("evidence_id", &id), ("original_id", &original), ("text", "As I typed it.")]);
        let place = logged(&desk, "sample", &fields).await;
        assert!(desk.get(&place).await.page.contains("As I typed it."), "what was checked is what is logged");
        let answer = desk.request_get(&format!("{place}/original")).send().await.unwrap();
        let headers = answer.headers().clone();
        assert!(headers["content-disposition"].to_str().unwrap().starts_with("attachment; filename=\"SA-E"));
        assert_eq!(answer.bytes().await.unwrap(), file(name), "byte for byte");
        let again = send(&desk, new, &BTreeMap::new(), Some((name, file(name)))).await;
        assert!(again.page.contains("The very same file was logged before"), "{name}");
    }
    assert_eq!(items(&app, "sample").await.len(), cases.len(), "what is only read is not logged");
    let log = audit::all(app.app.db()).await.unwrap();
    assert_eq!(log.iter().filter(|entry| entry.action == "evidence.original_viewed").count(), cases.len());
    let later = Utc::now() + chrono::Duration::hours(25);
    jobs::tidy(&app.app, later).await.unwrap();
    // Nobody is still signed in a day later.
    let (desk, _) = Desk::with(&app, "again@example.org", OFFICER).await;
    let forgotten = with(&[("original_id", &uuid::Uuid::now_v7().to_string())]);
    let refused = send(&desk, new, &forgotten, None).await;
    assert!(refused.status == 422 && refused.page.contains("no longer kept") && refused.page.contains("id=\"file\""));
    let originals = count(&app, "SELECT COUNT(*) AS n FROM evidence_originals").await;
    assert_eq!(originals, i64::try_from(cases.len()).unwrap(), "a file nobody logged anything from is forgotten after a day");
    app.stop().await;
}

#[actix_web::test]
async fn what_cannot_be_read_is_refused_with_the_reason_and_nothing_is_kept() {
    let app = TestApp::start().await;
    let (desk, _) = Desk::with(&app, "desk@example.org", OFFICER).await;
    let cases = [
        ("locked.pdf", file("locked.pdf"), "locked with a password"),
        ("letter.pdf", file("letter.docx"), "called .pdf but"),
        ("letter.docx", file("letter.docx")[..900].to_vec(), "called .docx but"),
        ("letter.odt", b"x".to_vec(), "Save it as .docx"),
        ("big.txt", vec![b'a'; 10 * 1024 * 1024 + 1], "larger than 10 MB"),
    ];
    for (name, bytes, why) in cases {
        let typed = with(&[("title", "Keep my words")]);
        let refused = send(&desk, "/staff/sample/evidence/new", &typed, Some((name, bytes))).await;
        assert!(refused.status == 422 && refused.page.contains(why), "{name}: {}", refused.page);
        assert!(refused.page.contains("Keep my words"), "what was typed is still there");
    }
    assert_eq!(count(&app, "SELECT COUNT(*) AS n FROM evidence_originals").await, 0);
    app.stop().await;
}

#[actix_web::test]
async fn the_same_page_sent_twice_logs_one_item() {
    let app = TestApp::start().await;
    let (desk, _) = Desk::with(&app, "desk@example.org", OFFICER).await;
    let id = hidden(&desk.get("/staff/sample/evidence/new").await.page, "evidence_id");
    let fields = with(&[("evidence_id", &id)]);
    assert_eq!(logged(&desk, "sample", &fields).await, logged(&desk, "sample", &fields).await);
    assert_eq!(items(&app, "sample").await.len(), 1);
    let read = send(&desk, "/staff/sample/evidence/new", &letter(), Some(("note.txt", file("note.txt")))).await.page;
    let of_the_file = with(&[("original_id", &hidden(&read, "original_id"))]);
    logged(&desk, "sample", &of_the_file).await;
    let another = send(&desk, "/staff/sample/evidence/new", &of_the_file, None).await;
    assert!(another.status == 422 && another.page.contains("logged from this file in between"), "{}", another.page);
    let sends = (0..6).map(|_| async { logged(&desk, "sample", &letter()).await });
    futures_util::future::join_all(sends).await;
    let numbers: BTreeSet<i32> = items(&app, "sample").await.iter().map(|item| item.number).collect();
    assert_eq!(numbers, (1..=8).collect(), "each has a number of its own");
    app.stop().await;
}

#[actix_web::test]
async fn signatures_and_late_letters_stand_apart_and_no_response_count_moves() {
    let app = TestApp::start().await;
    app.send(&submission()).await;
    let (desk, _) = Desk::with(&app, "desk@example.org", OFFICER).await;
    let balance = || async {
        let published = app.app.intake.shelf.consultation("sample").unwrap();
        analysis::dataset_as_of(app.app.db(), &published, Utc::now()).await.unwrap().balance
    };
    let before = balance().await;
    let petition =
        with(&[("kind", "petition"), ("sender", "group"), ("claimed", "98,765"), ("wording", "Keep it open."), ("text", "")]);
    let place = logged(&desk, "sample", &petition).await;
    assert!(desk.get(&place).await.page.contains("98765 signatures claimed"));
    let list = desk.get("/staff/sample/evidence").await.page;
    let counts = list.split("</table>").next().unwrap();
    assert!(counts.contains("1 petition<") && !counts.contains("98765"), "signatures are in no count: {counts}");
    let after = balance().await;
    assert_eq!(format!("{before:?}"), format!("{after:?}"), "no response appeared");
    let survey = with(&[("kind", "partner_survey"), ("respondents", "431"), ("wording", "Do you like it?")]);
    let refused = send(&desk, "/staff/sample/evidence/new", &survey, None).await;
    assert!(refused.page.contains("comes from an organisation"));

    // The other consultation closed 150 days ago: today is late, unless the postmark is in time and it came within the grace.
    let closed = Utc::now().date_naive() - Days::new(150);
    logged(&desk, "past", &letter()).await;
    let (received, posted) = ((closed + Days::new(5)).to_string(), closed.to_string());
    logged(&desk, "past", &with(&[("received_on", &received), ("posted_on", &posted)])).await;
    logged(&desk, "past", &with(&[("received_on", &received)])).await;
    let list = desk.get("/staff/past/evidence").await.page;
    assert!(list.contains("<strong>Late</strong>") && list.contains("<strong>Nothing proves"), "{list}");
    assert!(list.contains("1 letter<"), "one of the three counts");
    app.stop().await;
}

#[actix_web::test]
async fn events_of_the_file_and_of_the_desk_are_listed_and_hold_their_table_notes() {
    let app = TestApp::start().await;
    let (desk, _) = Desk::with(&app, "desk@example.org", OFFICER).await;
    assert!(desk.get("/staff/sample/events").await.page.contains("There is no event yet"));
    let today = Utc::now().date_naive().to_string();
    let fields = [("title", "Workshop at the Hall"), ("place", "Hall"), ("held_on", today.as_str()), ("format", "workshop")];
    let wrong = desk.post("/staff/sample/events/new", &[("attendance", "many")]).await;
    assert!(wrong.status == 422 && wrong.page.contains("Give its name") && wrong.page.contains("as a whole number"));
    assert_eq!(desk.post("/staff/sample/events/new", &fields).await.status, 303);
    let page = desk.get("/staff/sample/events/workshop-at-the-hall").await.page;
    assert!(page.contains("kind=workshop_note") && page.contains("Nothing is logged from it yet"), "{page}");
    let mut attended = fields.to_vec();
    attended.extend([("attendance", "23"), ("target_group", "Carers")]);
    assert_eq!(desk.post("/staff/sample/events/workshop-at-the-hall", &attended).await.status, 303);
    let form = desk.get("/staff/sample/evidence/new?kind=workshop_note&event=workshop-at-the-hall").await.page;
    assert!(form.contains("value=\"workshop_note\" selected") && form.contains("value=\"workshop-at-the-hall\" selected"));
    let note = with(&[("kind", "workshop_note"), ("sender", "group"), ("event", "workshop-at-the-hall"), ("table", "Table 3")]);
    logged(&desk, "sample", &note).await;
    let unknown = with(&[("event", "nowhere")]);
    assert!(send(&desk, "/staff/sample/evidence/new", &unknown, None).await.page.contains("Choose one of the events"));
    let list = desk.get("/staff/sample/events").await.page;
    assert!(list.contains(">23<") && list.contains("Carers") && list.contains(">1<"), "{list}");
    assert!(desk.get("/staff/sample/events/workshop-at-the-hall").await.page.contains("Table 3: Car parking"));
    assert!(desk.get("/staff/sample/evidence").await.page.contains("1 table note<"));
    app.stop().await;
}

#[actix_web::test]
async fn evidence_is_found_by_kind_event_and_words_fifty_to_a_page() {
    let app = TestApp::start().await;
    let (desk, _) = Desk::with(&app, "desk@example.org", OFFICER).await;
    logged(&desk, "sample", &with(&[("text", "I am 100% sure that ZAUBERNUSS grows there.")])).await;
    let petition = [
        ("kind", "petition"),
        ("sender", "group"),
        ("claimed", "12"),
        ("title", "Keep the bus"),
        ("wording", "Keep it."),
        ("text", "Sign here."),
    ];
    logged(&desk, "sample", &with(&petition)).await;
    let one = items(&app, "sample").await.into_iter().find(|item| item.evidence.title == "Car parking").unwrap();
    for _ in 0..50 {
        let evidence = soundings::domain::evidence::Evidence { text: "Another.".to_owned(), ..one.evidence.clone() };
        let new = evidence::NewEvidence { evidence_id: uuid::Uuid::now_v7(), original_id: None, evidence };
        let (consultation, by, doing) = ("sample".to_owned(), "tests".to_owned(), Doing::Log(new));
        app.app.intake.writer.act(Act { consultation, by, doing }).await.unwrap();
    }
    let list = "/staff/sample/evidence";
    let first = desk.get(list).await.page;
    assert!(first.contains("52 items, newest first, page 1 of 2") && first.contains("SA-E52") && !first.contains(">SA-E2<"));
    assert!(first.contains("page=2") && !first.contains("page=0"), "{first}");
    let second = desk.get(&format!("{list}?page=2")).await.page;
    assert!(second.contains(">SA-E2<") && second.contains(">SA-E1<") && !second.contains(">SA-E3<"));
    assert!(second.contains("51 letters<"), "the counts are of all, on every page");
    for (query, found) in [
        ("kind=petition", "1 of 52 items"),
        ("words=keep+THE", "1 of 52 items"),
        ("words=zaubernuss", "1 of 52 items"),
        ("words=100%25+s", "1 of 52 items"),
        ("words=sa-e2", "1 of 52 items"),
        ("kind=letter&words=another", "50 of 52 items"),
        ("words=1%25sure", "Nothing logged is like that"),
        ("words=n_ther", "Nothing logged is like that"),
        ("event=workshop", "Nothing logged is like that"),
        ("page=99", "page 2 of 2"),
    ] {
        let page = desk.get(&format!("{list}?{query}")).await.page;
        assert!(page.contains(found), "{query}: {page}");
    }
    let log = audit::all(app.app.db()).await.unwrap();
    let sought: Vec<_> = log.iter().filter(|entry| entry.action == "evidence.sought").collect();
    assert!(sought.len() == 7 && sought.iter().any(|entry| entry.detail == "50 found"), "{sought:?}");
    assert!(!log.iter().any(|entry| entry.detail.to_lowercase().contains("zaubernuss")), "what was sought may be a name");
    app.stop().await;
}

#[actix_web::test]
async fn a_request_for_a_format_is_queued_met_reported_and_forgets_whom_it_was_for() {
    let app = TestApp::start().await;
    let (desk, _) = Desk::with(&app, "desk@example.org", OFFICER).await;
    let day = |ago: u64| (Utc::now().date_naive() - Days::new(ago)).to_string();
    let (long_ago, today) = (day(40), day(0));
    let queue = "/staff/sample/formats";
    assert!(desk.get(queue).await.page.contains("Nobody waits"));
    assert_eq!(desk.post(queue, &[("format", "klingon")]).await.status, 422);
    let ask = |format: &'static str, asked: String, reach: &'static str| {
        let fields =
            [("format".to_owned(), format.to_owned()), ("asked_on".to_owned(), asked), ("reach".to_owned(), reach.to_owned())];
        let request = desk.request(queue).form(&fields);
        async move { assert_eq!(request.send().await.unwrap().status(), 303) }
    };
    ask("large_print", today, "new@example.org").await;
    ask("braille", long_ago, "old@example.org").await;
    let page = desk.get(queue).await.page;
    assert!(page.contains("<strong>1</strong> of 2 is overdue"), "{page}");
    assert!(page.find("old@example.org") < page.find("new@example.org"), "what is overdue comes first");
    let braille = contacts::requests(&app.app.db().read, "sample").await.unwrap()[0].request_id;
    let path = format!("{queue}/{braille}");
    assert!(desk.post(&path, &[("how", "")]).await.page.contains("Say how it was met"));
    assert_eq!(desk.post(&path, &[("how", "Posted braille.")]).await.status, 303);
    assert!(desk.post(&path, &[("how", "Again.")]).await.page.contains("Somebody noted before"));
    let page = desk.get(queue).await.page;
    assert!(page.contains("Posted braille.") && page.contains(">40<") && page.contains("none met yet"), "{page}");
    jobs::tidy(&app.app, Utc::now() + chrono::Duration::days(32)).await.unwrap();
    let kept = contacts::requests(&app.app.db().read, "sample").await.unwrap();
    let reach: Vec<(bool, &str)> = kept.iter().map(|one| (one.fulfilled_on.is_some(), one.reach.as_str())).collect();
    assert_eq!(reach, [(false, "new@example.org"), (true, "")], "the request stays for the report");
    jobs::tidy(&app.app, Utc::now() + chrono::Duration::days(400)).await.unwrap();
    let kept = contacts::requests(&app.app.db().read, "sample").await.unwrap();
    assert!(kept.len() == 2 && kept.iter().all(|one| one.reach.is_empty()), "nobody is kept for ever");
    app.stop().await;
}

#[actix_web::test]
async fn contacts_are_kept_with_consent_erased_on_request_and_when_due_and_only_a_number_stays() {
    let app = TestApp::start().await;
    let (desk, _) = Desk::with(&app, "desk@example.org", OFFICER).await;
    let path = "/staff/sample/contacts";
    let wrong = desk.post(path, &[("name", "Bo Example"), ("email", "bo")]).await;
    assert!(wrong.page.contains("Type a whole e-mail address") && wrong.page.contains("Without it nothing may be kept"));
    for email in ["bo@example.org", "cy@example.org"] {
        let fields = [("name", "Bo Example"), ("email", email), ("wants", "result"), ("consent", "yes")];
        assert_eq!(desk.post(path, &fields).await.status, 303);
    }
    assert!(desk.get(path).await.page.contains("2 people"));
    let first = contacts::all(&app.app.db().read, "sample").await.unwrap()[0].contact_id;
    assert!(desk.post(&format!("{path}/{first}/erase"), &[]).await.page.contains("Only the number of those erased stays"));
    jobs::tidy(&app.app, Utc::now() + chrono::Duration::days(100)).await.unwrap();
    assert_eq!(contacts::all(&app.app.db().read, "sample").await.unwrap().len(), 1, "not due yet");
    jobs::tidy(&app.app, Utc::now() + chrono::Duration::days(400)).await.unwrap();
    assert!(contacts::all(&app.app.db().read, "sample").await.unwrap().is_empty());
    assert_eq!(contacts::erased(&app.app.db().read, "sample").await.unwrap(), (1, 1));
    let log = audit::all(app.app.db()).await.unwrap();
    assert!(!log.iter().any(|entry| entry.subject.contains(&first.to_string())), "the log knows no contact");
    assert_eq!(log.iter().filter(|entry| entry.action == "contact.erased").count(), 2);
    app.stop().await;
}

#[actix_web::test]
async fn nothing_in_the_schema_joins_a_contact_or_a_request_to_what_anybody_said() {
    let app = TestApp::start().await;
    let apart = ["contacts", "format_requests", "erasures"];
    let said = ["revisions", "held", "drafts", "evidence", "evidence_revisions", "evidence_originals", "events"];
    let mut columns: BTreeSet<String> = BTreeSet::new();
    for table in said {
        let found = columns_of(&app, table).await;
        assert!(found.contains("consultation"), "{table} was read: {found:?}");
        columns.extend(found);
    }
    for table in apart {
        let own = columns_of(&app, table).await;
        assert!(own.len() > 4);
        let shared: Vec<&String> = own.intersection(&columns).collect();
        assert_eq!(shared, ["consultation"], "{table} shares more than the consultation");
        let clocked = own.iter().filter(|column| column.ends_with("_at")).count();
        assert_eq!(clocked, 0, "{table} holds days, since an instant would lead to whatever came at the same moment");
    }
    assert_eq!(foreign_keys(&app, &apart).await, 0);
    let id = soundings::store::chance::id().unwrap();
    assert_eq!(id.get_version_num(), 4, "an id without a clock in it");
    app.stop().await;
}

async fn columns_of(app: &TestApp, table: &str) -> BTreeSet<String> {
    let db = &app.app.db().read;
    let backend = db.get_database_backend();
    let sql = match backend {
        DatabaseBackend::Sqlite => format!("SELECT name FROM pragma_table_info('{table}')"),
        _ => format!(
            "SELECT column_name::text AS name FROM information_schema.columns \
             WHERE table_schema = current_schema() AND table_name = '{table}'"
        ),
    };
    let rows = db.query_all_raw(Statement::from_string(backend, sql)).await.unwrap();
    rows.iter().map(|row| row.try_get("", "name").unwrap()).collect()
}

async fn foreign_keys(app: &TestApp, tables: &[&str]) -> i64 {
    let is_sqlite = app.app.db().read.get_database_backend() == DatabaseBackend::Sqlite;
    let mut found = 0;
    for table in tables {
        let sql = if is_sqlite {
            format!("SELECT COUNT(*) AS n FROM pragma_foreign_key_list('{table}')")
        } else {
            format!(
                "SELECT COUNT(*) AS n FROM information_schema.table_constraints WHERE constraint_type = 'FOREIGN KEY' \
                 AND table_schema = current_schema() AND table_name = '{table}'"
            )
        };
        found += count(app, &sql).await;
    }
    found
}

async fn count(app: &TestApp, sql: &str) -> i64 {
    let db = &app.app.db().read;
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap().unwrap();
    row.try_get("", "n").unwrap()
}

#[actix_web::test]
async fn only_a_desk_officer_of_that_consultation_sees_any_of_it() {
    let app = TestApp::start().await;
    let (officer, _) = Desk::with(&app, "desk@example.org", OFFICER).await;
    let item = logged(&officer, "sample", &letter()).await;
    let pages = ["evidence", "evidence/new", "events", "events/new", "formats", "contacts"];
    let mut paths: Vec<String> = pages.iter().map(|page| format!("/staff/sample/{page}")).collect();
    paths.extend([item.clone(), format!("{item}/correct"), format!("{item}/original")]);
    for (number, role) in [Role::Keyer, Role::Coder, Role::Analyst, Role::Auditor, Role::DeskOfficer].into_iter().enumerate() {
        let place = if role == Role::DeskOfficer { Some("past") } else { None };
        let (desk, _) = Desk::with(&app, &format!("p{number}@example.org"), &[(role, place)]).await;
        for path in &paths {
            assert_eq!(desk.get(path).await.status, 403, "{role:?} at {path}");
        }
        assert_eq!(send(&desk, "/staff/sample/evidence/new", &letter(), None).await.status, 403);
        assert_eq!(desk.post(&format!("{item}/withdraw"), &[("revision", "1"), ("reason", "x")]).await.status, 403);
        assert_eq!(desk.post("/staff/sample/contacts", &[("name", "x")]).await.status, 403);
        assert_eq!(desk.post("/staff/sample/formats", &[("format", "bsl")]).await.status, 403);
        assert_eq!(desk.post("/staff/sample/events/new", &[("title", "x")]).await.status, 403);
    }
    let outside = Desk::outside(&app);
    assert_eq!(outside.get("/staff/sample/evidence").await.status, 303, "to the sign-in page");
    let elsewhere = item.replace("/sample/", "/past/");
    assert_eq!(officer.get(&elsewhere).await.status, 404, "an item of one consultation is in no other");
    app.stop().await;
}

#[actix_web::test]
async fn anybody_may_ask_for_another_format_in_both_editions_and_is_told_when_it_comes() {
    let app = TestApp::start().await;
    let public = Desk::outside(&app);
    for (start, page) in [("/sample", "/sample/formats"), ("/sample/easy-read", "/sample/easy-read/formats")] {
        assert!(public.get(start).await.page.contains(&format!("href=\"{page}\"")), "the start page leads there");
        assert!(public.get(page).await.page.contains("name=\"reach\""));
        let wrong = public.post(page, &[("needed-day", "31"), ("needed-month", "2"), ("needed-year", "2031")]).await;
        assert!(wrong.status == 422 && wrong.page.contains("href=\"#format\"") && wrong.page.contains("href=\"#needed-day\""));
        let past = [("format", "bsl"), ("reach", "x"), ("needed-day", "1"), ("needed-month", "2"), ("needed-year", "2021")];
        assert_eq!(public.post(page, &past).await.status, 422, "nobody can have it by a day that is over");
        let asked =
            public.post(page, &[("format", "bsl"), ("details", "\u{0}Film"), ("reach", "Zaubernuss, 1 High Street")]).await;
        assert_eq!(asked.status, 303);
        let done = public.get(&asked.place).await.page;
        assert!(done.contains("British Sign Language") && done.contains(" by "), "{done}");
    }
    let (desk, _) = Desk::with(&app, "desk@example.org", OFFICER).await;
    let queue = desk.get("/staff/sample/formats").await.page;
    assert_eq!(queue.matches("Zaubernuss").count(), 2, "{queue}");
    let log = audit::all(app.app.db()).await.unwrap();
    let asked: Vec<_> = log.iter().filter(|entry| entry.action == "format.asked").collect();
    assert!(asked.len() == 2 && asked.iter().all(|entry| entry.actor == "public" && entry.subject.is_empty()));
    app.stop().await;
}
