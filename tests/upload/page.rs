//! Uploads by page: a file checked, mended, stored whole or in part, looked at afterwards and withdrawn.

use std::fs;

use chrono::{Duration, Utc};
use soundings::config::Settings;
use soundings::domain::access::Role;
use soundings::jobs;
use soundings::mail::Sender;
use soundings::mail::worker::deliver;
use soundings::store::{raw, uploads, waiting};
use uuid::Uuid;

use super::{csv, fixture};
use crate::support::TestApp;
use crate::support::desk::{Answered, Desk};
use crate::support::mail_server::MailServer;

const UPLOADS: &str = "/staff/sample/uploads";

async fn officer(app: &TestApp) -> Desk {
    Desk::named(app, "Olu", &[Role::DeskOfficer], "sample").await.0
}

/// Send a file as the page does; where it leads comes back.
async fn send(desk: &Desk, name: &str, bytes: impl Into<Vec<u8>>, mapping: &str) -> Answered {
    let file = reqwest::multipart::Part::bytes(bytes.into()).file_name(name.to_owned());
    let form = reqwest::multipart::Form::new().text("channel", "paper").text("mapping", mapping.to_owned()).part("file", file);
    Desk::read(desk.request(&format!("{UPLOADS}/new")).multipart(form).send().await.unwrap()).await
}

/// The page a waiting upload shows once nothing is being done with it any more.
async fn settled(desk: &Desk, place: &str) -> Answered {
    loop {
        let told = desk.request_get(&format!("{place}/progress")).send().await.unwrap();
        let told: serde_json::Value = told.json().await.unwrap();
        if told["running"] == false {
            return desk.get(place).await;
        }
    }
}

/// Upload a file and see what the check found.
async fn checked(desk: &Desk, name: &str, bytes: impl Into<Vec<u8>>, mapping: &str) -> (String, String) {
    let sent = send(desk, name, bytes, mapping).await;
    assert_eq!(sent.status, 303, "{}", sent.page);
    let page = settled(desk, &sent.place).await;
    assert_eq!(page.status, 200, "{}", page.page);
    (sent.place, page.page)
}

/// The value of a hidden or typed field on a page.
fn value(page: &str, name: &str) -> String {
    let given = page.split_once(&format!("name=\"{name}\" value=\""));
    assert!(given.is_some(), "no {name} in {page}");
    given.unwrap().1.split('"').next().unwrap().to_owned()
}

/// The name of the select that is labelled so.
fn select(page: &str, label: &str) -> String {
    let before = page.split(&format!("aria-label=\"{label}\"")).next().unwrap();
    before.rsplit("name=\"").next().unwrap().split('"').next().unwrap().to_owned()
}

/// Check again with these answers beside what the page shows as known.
async fn mend(desk: &Desk, place: &str, page: &str, answers: &[(&str, &str)]) -> String {
    let run = value(page, "run");
    let mut fields = vec![("run", run.as_str()), ("with", "answers")];
    fields.extend(answers);
    let sent = desk.post(&format!("{place}/check"), &fields).await;
    assert_eq!(sent.status, 303, "{}", sent.page);
    settled(desk, place).await.page
}

/// Store what the page shows, and see where that leads.
async fn store(desk: &Desk, place: &str, page: &str, fields: &[(&str, &str)]) -> Answered {
    let run = value(page, "run");
    let mut all = vec![("run", run.as_str())];
    all.extend(fields);
    let sent = desk.post(&format!("{place}/store"), &all).await;
    if sent.status == 303 { settled(desk, place).await } else { sent }
}

fn is_empty(app: &TestApp) -> bool {
    fs::read_dir(app.app.config.data.join("uploads")).map_or(true, |mut entries| entries.next().is_none())
}

#[actix_web::test]
async fn a_right_file_is_checked_stored_listed_and_withdrawn_behind_a_question() {
    let app = TestApp::start().await;
    let desk = officer(&app).await;
    assert!(desk.get(UPLOADS).await.page.contains("Nothing has been uploaded yet"));
    let (place, page) = checked(&desk, "library.ods", fs::read(fixture("library.ods")).unwrap(), "").await;
    assert!(page.contains("Store all 6 lines") && page.contains("OpenDocument"), "{page}");
    assert!(app.revisions().await.is_empty(), "a check stores nothing");
    assert!(desk.get(UPLOADS).await.page.contains("Checked: somebody must decide"));

    let stored = store(&desk, &place, &page, &[("accept", "all")]).await;
    assert_eq!(stored.status, 303);
    assert_eq!(app.revisions().await.len(), 6);
    assert!(is_empty(&app), "the file is gone once all of it is stored");
    let upload = desk.get(&stored.place).await.page;
    assert!(
        upload.contains("6 = 6 stored + 0 already here + 0 held + 0 left out + 0 blank") && upload.contains("Olu"),
        "{upload}"
    );
    let list = desk.get(UPLOADS).await.page;
    assert!(list.contains("library.ods") && list.contains(&stored.place) && !list.contains("wait for somebody"), "{list}");

    let sure = desk.get(&format!("{}/withdraw", stored.place)).await.page;
    assert!(sure.contains("<strong>6</strong> responses will no longer count"), "{sure}");
    assert_eq!(app.revisions().await.len(), 6, "asking withdraws nothing");
    let gone = desk.post(&format!("{}/withdraw", stored.place), &[]).await;
    assert!(gone.page.contains("6 responses were withdrawn") && gone.page.contains("Withdrawn"), "{}", gone.page);
    assert_eq!(app.revisions().await.iter().filter(|it| it.withdrawn).count(), 6);
    let done: Vec<_> = audit(&app).await;
    assert_eq!(done, ["upload.checked", "upload.stored", "upload.withdrawn"]);
    app.stop().await;
}

/// What the audit log says of uploads, in order.
async fn audit(app: &TestApp) -> Vec<String> {
    let (auditor, _) = Desk::with(app, "audit@example.org", &[(Role::Auditor, None)]).await;
    let log = auditor.get("/staff/audit.csv").await.page;
    let actions = log.lines().filter_map(|line| line.split(',').find(|cell| cell.trim_matches('"').starts_with("upload.")));
    let mut actions: Vec<String> = actions.map(|action| action.trim_matches('"').to_owned()).collect();
    actions.sort();
    actions
}

#[actix_web::test]
async fn a_mapping_and_unknown_words_are_mended_on_the_page_and_used_again_for_the_next_file() {
    let app = TestApp::start().await;
    let desk = officer(&app).await;
    let file = |who: &str| format!("Place,How,Said,Staff note\nNth,Suport,{who},x\nSouth,Oppose,no,\nNth,Support,yes,\n");
    let (place, page) = checked(&desk, "monday.csv", file("A"), "").await;
    assert!(page.contains("Not understood") && page.contains("stands in the way of the whole file"), "{page}");
    assert!(!page.contains("Store all") && !page.contains("Store only"), "{page}");
    let mapped = [("column-0", "area"), ("column-1", "plan_support"), ("column-2", "plan_why"), ("column-3", "@ignore")];
    let rest = [("edition", "standard"), ("received_on", "2022-12-01"), ("heading_line", "1"), ("separator", "comma")];
    let page = mend(&desk, &place, &page, &[&mapped[..], &rest[..]].concat()).await;
    assert!(page.contains("Store only the one valid line"), "{page}");
    let (north, suport) = (select(&page, "“Nth” stands for"), select(&page, "“Suport” stands for"));
    assert!(
        page.contains("2 lines") && page.contains("<td class=\"nhsuk-table__cell\">Support</td>"),
        "the nearest is shown: {page}"
    );
    let said = [(north.as_str(), "north"), (suport.as_str(), "support")];
    let page = mend(&desk, &place, &page, &[&mapped[..], &rest[..], &said[..]].concat()).await;
    assert!(page.contains("Store all 3 lines"), "{page}");
    let stored = store(&desk, &place, &page, &[("accept", "all")]).await;
    let answers: Vec<_> = app.revisions().await.iter().map(|it| it.answers.codes("area").collect::<Vec<_>>().join("")).collect();
    assert_eq!(answers.iter().filter(|area| *area == "north").count(), 2, "{answers:?}");

    let earlier = stored.place.rsplit('/').next().unwrap().to_owned();
    assert!(desk.get(&format!("{UPLOADS}/new")).await.page.contains("As monday.csv"));
    let (_, page) = checked(&desk, "tuesday.csv", file("B"), &earlier).await;
    assert!(page.contains("Store the one line") && page.contains("Already here"), "what overlaps is known: {page}");
    let toml = desk.get(&format!("{}/mapping.toml", stored.place)).await.page;
    assert!(toml.contains("[meant.area]") && toml.contains("Nth = \"north\""), "{toml}");
    app.stop().await;
}

#[actix_web::test]
async fn wrong_lines_are_left_out_only_by_a_tick_and_handed_back_afterwards() {
    let app = TestApp::start().await;
    let desk = officer(&app).await;
    let file = csv(&[
        "North,Purple,a,standard,1,2022-12-01",
        "North,Support,b,standard,1,2022-12-01",
        ",,,,,",
        "North,Support,b,standard,1,2022-12-01",
    ]);
    let (place, page) = checked(&desk, "mixed.csv", file, "").await;
    assert!(
        page.contains("B2") && page.contains("Unknown choice") && page.contains("Repeated line") && page.contains("Blank line"),
        "{page}"
    );
    assert!(page.contains("Line 2: wrong") && page.contains("Line 4: blank"), "{page}");
    let only = desk.get(&format!("{place}?kind=unknown_choice")).await.page;
    assert!(only.contains("B2") && !only.contains("counted as another person; delete it"), "{only}");
    let marked = desk.request_get(&format!("{place}/marked.xlsx")).send().await.unwrap();
    assert!(marked.bytes().await.unwrap().starts_with(b"PK"));

    let all = store(&desk, &place, &page, &[("accept", "all")]).await;
    assert!(all.status == 422 && all.page.contains("Some lines are wrong"), "{}", all.page);
    let unticked = store(&desk, &place, &page, &[("accept", "valid")]).await;
    assert!(unticked.status == 422 && unticked.page.contains("Tick that the wrong lines"), "{}", unticked.page);
    assert!(app.revisions().await.is_empty());
    let stored = store(&desk, &place, &page, &[("accept", "valid"), ("leave_out", "yes")]).await;
    assert_eq!((stored.status, app.revisions().await.len()), (303, 2));
    let upload = desk.get(&stored.place).await.page;
    assert!(upload.contains("4 = 2 stored + 0 already here + 0 held + 1 left out + 1 blank"), "{upload}");
    let left_out = upload.split("href=\"").find(|href| href.contains("marked.xlsx")).unwrap().split('"').next().unwrap();
    assert_eq!(desk.request_get(left_out).send().await.unwrap().status().as_u16(), 200);
    app.stop().await;
}

#[actix_web::test]
async fn the_same_file_under_another_name_stores_nothing_twice_and_lines_that_are_held_lead_to_their_decision() {
    let app = TestApp::start().await;
    let desk = officer(&app).await;
    let file = csv(&["North,Support,in time,standard,1,2022-12-01", "North,Support,too late,standard,1,2099-01-01"]);
    let (place, page) = checked(&desk, "a.csv", file.clone(), "").await;
    assert!(page.contains("Late") && page.contains("Line 3: would be held for a person"), "{page}");
    let stored = store(&desk, &place, &page, &[("accept", "all")]).await;
    let upload = desk.get(&stored.place).await.page;
    let held = app.held().await;
    assert_eq!((app.revisions().await.len(), held.len()), (1, 1));
    assert!(upload.contains(&format!("/staff/sample/held/{}\">Line 3: It came after closing", held[0].held_id)), "{upload}");

    let (place, page) = checked(&desk, "b.csv", file, "").await;
    assert!(page.contains("Already here"), "{page}");
    let again = store(&desk, &place, &page, &[("accept", "all")]).await;
    assert_eq!(again.place, stored.place, "it is the same upload");
    assert_eq!((app.revisions().await.len(), app.held().await.len()), (1, 1));
    app.stop().await;
}

#[actix_web::test]
async fn what_no_spreadsheet_is_too_large_or_missing_is_told_and_leaves_nothing() {
    let app = TestApp::start().await;
    let desk = officer(&app).await;
    let nothing = desk
        .request(&format!("{UPLOADS}/new"))
        .multipart(reqwest::multipart::Form::new().text("channel", ""))
        .send()
        .await
        .unwrap();
    let nothing = Desk::read(nothing).await;
    assert_eq!(nothing.status, 422);
    assert!(
        nothing.page.contains("Choose the file: CSV, XLSX or ODS.") && nothing.page.contains("Choose how the answers came in.")
    );
    let large = send(&desk, "large.csv", vec![b'a'; 50 * 1024 * 1024 + 1], "").await;
    assert!(large.status == 422 && large.page.contains("larger than 50 MB"), "{}", large.page);
    assert!(is_empty(&app));
    let (place, page) = checked(&desk, "letter.pdf", b"%PDF-1.7 and so on".to_vec(), "").await;
    assert!(page.contains("The file cannot be read") && page.contains("The file is a PDF"), "{page}");
    let away = desk.post(&format!("{place}/discard"), &[]).await;
    assert_eq!((away.status, away.place.as_str()), (303, UPLOADS));
    assert_eq!(desk.get(&place).await.status, 404);
    assert!(is_empty(&app));
    app.stop().await;
}

#[actix_web::test]
async fn a_file_that_is_gone_is_asked_for_again_and_what_nobody_came_back_to_is_forgotten() {
    let app = TestApp::start().await;
    let desk = officer(&app).await;
    let (place, page) = checked(&desk, "a.csv", csv(&["North,Support,b,standard,1,2022-12-01"]), "").await;
    for file in fs::read_dir(app.app.config.data.join("uploads")).unwrap() {
        fs::remove_file(file.unwrap().path()).unwrap();
    }
    let shown = desk.get(&place).await.page;
    assert!(shown.contains("The file is no longer kept here") && !shown.contains("Store all"), "{shown}");
    for (what, fields) in [("store", &[("accept", "all")][..]), ("check", &[("with", "answers")])] {
        let run = value(&page, "run");
        let sent = desk.post(&format!("{place}/{what}"), &[&[("run", run.as_str())], fields].concat()).await;
        assert!(sent.status == 422 && sent.page.contains("Upload it again"), "{what}: {}", sent.page);
    }
    jobs::tidy(&app.app, Utc::now()).await.unwrap();
    assert_eq!(desk.get(&place).await.status, 200);
    jobs::tidy(&app.app, Utc::now() + Duration::hours(25)).await.unwrap();
    assert_eq!(waiting::all(&app.app.db().read, "sample").await.unwrap(), []);
    app.stop().await;
}

#[actix_web::test]
async fn two_people_at_one_file_do_not_decide_on_what_no_longer_stands() {
    let app = TestApp::start().await;
    let desk = officer(&app).await;
    let (place, old) = checked(&desk, "a.csv", csv(&["North,Support,b,standard,1,2022-12-01"]), "").await;
    let columns = ["area", "plan_support", "plan_why", "@edition", "@form_version", "@ignore"];
    let names: Vec<String> = (0..columns.len()).map(|index| format!("column-{index}")).collect();
    let answers: Vec<(&str, &str)> = names.iter().map(String::as_str).zip(columns).collect();
    mend(&desk, &place, &old, &answers).await;
    let late = store(&desk, &place, &old, &[("accept", "all")]).await;
    assert!(late.status == 422 && late.page.contains("in between"), "{}", late.page);
    assert!(app.revisions().await.is_empty());
    app.stop().await;
}

#[actix_web::test]
async fn a_run_that_was_cut_off_says_so_and_is_begun_again() {
    let app = TestApp::start().await;
    let desk = officer(&app).await;
    let (place, _) = checked(&desk, "a.csv", csv(&["North,Support,b,standard,1,2022-12-01"]), "").await;
    raw(app.app.db(), "UPDATE waiting_uploads SET state = 'checking', lines = 17, lines_of = 40").await.unwrap();
    let going = desk.get(&place).await.page;
    assert!(
        going.contains("17 of about 40 lines") && going.contains("<progress") && going.contains("http-equiv=\"refresh\""),
        "{going}"
    );
    raw(app.app.db(), "UPDATE waiting_uploads SET seen_at = '2022-12-01 00:00:00+00:00'").await.unwrap();
    let cut = desk.get(&place).await.page;
    assert!(cut.contains("It was cut off"), "{cut}");
    let run = value(&cut, "run");
    desk.post(&format!("{place}/check"), &[("run", &run), ("with", "same")]).await;
    assert!(settled(&desk, &place).await.page.contains("Store the one line"));
    app.stop().await;
}

#[actix_web::test]
async fn the_one_who_stored_a_file_has_a_letter_with_counts_and_no_answer() {
    let server = MailServer::start();
    let settings = Settings {
        smtp: Some(server.url("smtp")),
        mail_from: Some("consult@example.org".to_owned()),
        base_url: Some("https://consult.example.org".to_owned()),
        ..Settings::default()
    };
    let app = TestApp::start_with(settings).await;
    let desk = officer(&app).await;
    let (place, page) = checked(&desk, "library 3.csv", csv(&["North,Support,It is fairer.,standard,1,2022-12-01"]), "").await;
    let stored = store(&desk, &place, &page, &[("accept", "all")]).await;
    let sender = Sender::open(&app.app.config).unwrap().unwrap();
    deliver(app.app.db(), &sender, Utc::now()).await.unwrap().unwrap();
    assert_eq!(deliver(app.app.db(), &sender, Utc::now()).await.unwrap(), None, "one letter");
    let letters = server.letters();
    let letter = &letters[0];
    assert_eq!(letter.to, ["olu@example.org"]);
    assert_eq!(letter.headers["subject"], "Upload taken in: library 3.csv");
    assert!(letter.text.contains(&format!("https://consult.example.org{}", stored.place)), "{}", letter.text);
    assert!(!letter.text.contains("fairer") && !letter.html.contains("fairer"));
    app.stop().await;
}

#[actix_web::test]
async fn nobody_but_a_desk_officer_of_the_consultation_uploads_or_looks_or_withdraws() {
    let app = TestApp::start().await;
    let desk = officer(&app).await;
    let (place, page) = checked(&desk, "a.csv", csv(&["North,Support,b,standard,1,2022-12-01"]), "").await;
    let stored = store(&desk, &place, &page, &[("accept", "all")]).await.place;
    let (keyer, _) = Desk::named(&app, "Kay", &[Role::Keyer], "sample").await;
    let (elsewhere, _) = Desk::named(&app, "Eve", &[Role::DeskOfficer], "past").await;
    for other in [&keyer, &elsewhere] {
        for path in [
            UPLOADS.to_owned(),
            format!("{UPLOADS}/new"),
            place.clone(),
            format!("{place}/progress"),
            format!("{place}/marked.xlsx"),
            format!("{place}/mapping.toml"),
            stored.clone(),
            format!("{stored}/mapping.toml"),
            format!("{stored}/withdraw"),
        ] {
            assert_eq!(other.get(&path).await.status, 403, "{path}");
        }
        for path in [format!("{place}/check"), format!("{place}/store"), format!("{place}/discard"), format!("{stored}/withdraw")]
        {
            let run = Uuid::now_v7().to_string();
            assert_eq!(other.post(&path, &[("run", &run)]).await.status, 403, "{path}");
        }
        assert_eq!(send(other, "a.csv", csv(&[]), "").await.status, 403);
    }
    assert_eq!(uploads::all(&app.app.db().read, "sample").await.unwrap().len(), 1);
    assert!(app.revisions().await.iter().all(|it| !it.withdrawn));
    app.stop().await;
}
