//! The codeframe's pages: begun in one act, changed by events, each undone, taken out and in as a codebook.

use reqwest::multipart::{Form, Part};
use soundings::domain::access::Role;
use soundings::domain::codeframe::Fate;
use soundings::forms;
use soundings::store::audit;

use super::{CODING, FRAME, begun, code, coder, frame, id_of, said, seen, theme};
use crate::support::TestApp;
use crate::support::desk::Desk;

#[actix_web::test]
async fn one_act_begins_every_frame_and_a_second_one_changes_nothing() {
    let app = TestApp::start().await;
    let desk = coder(&app, "Cora").await;
    assert_eq!(desk.post("/staff/sample/codeframe", &[]).await.status, 403, "a coder does not change the codeframe");
    let analyst = begun(&app).await;
    let page = analyst.get(FRAME).await.page;
    assert!(page.contains("Nothing to add") && page.contains("Equality impact") && page.contains("Standing codes"), "{page}");
    let version = frame(&app).await.version;
    assert_eq!(analyst.post("/staff/sample/codeframe", &[]).await.status, 303);
    assert_eq!(frame(&app).await.version, version);
    let list = analyst.get("/staff/sample/codeframe").await.page;
    assert!(!list.contains("Begin with the starting codeframe"));
    app.stop().await;
}

#[actix_web::test]
async fn the_themes_published_beside_the_forms_are_what_coders_begin_with() {
    let app = TestApp::start().await;
    let db = app.app.db();
    let plan = forms::publish(&forms::shipped(), &forms::already(db).await.unwrap()).unwrap();
    forms::carry_out(db, &plan, chrono::Utc::now()).await.unwrap();
    app.app.intake.shelf.refresh(db).await.unwrap();
    let (analyst, _) = Desk::named(&app, "Anna", &[Role::Analyst], "send-strategy").await;
    assert_eq!(analyst.post("/staff/send-strategy/codeframe", &[]).await.status, 303);
    let page = analyst.get("/staff/send-strategy/codeframe/all-questions").await.page;
    assert!(page.contains("Waiting for a diagnosis") && page.contains("Getting help"), "{page}");
    app.stop().await;
}

#[actix_web::test]
async fn a_theme_is_created_reworded_moved_merged_split_and_retired_and_each_is_undone() {
    let app = TestApp::start().await;
    let analyst = begun(&app).await;
    let net = [("level", "net"), ("name", "Travel"), ("seen", &seen(&app).await), ("sure", "")];
    assert_eq!(analyst.post(&format!("{FRAME}/new"), &net).await.status, 303);
    let travel = id_of(&app, "Travel").await;
    let (buses, parking) = (theme(&app, &analyst, "Buses").await, theme(&app, &analyst, "Parking").await);
    let undo = async |what: &str| {
        let now = seen(&app).await;
        let undone = analyst.post(&format!("{FRAME}/undo"), &[("seen", &now), ("version", &now)]).await;
        assert_eq!(undone.status, 303, "{what}: {}", undone.page);
    };

    let reworded = [
        ("name", "Bus services"),
        ("definition", "How often buses run."),
        ("net", &travel.to_string()),
        ("seen", &seen(&app).await),
    ];
    assert_eq!(analyst.post(&format!("{FRAME}/{buses}"), &reworded).await.status, 303);
    let entry = frame(&app).await.entry(buses).unwrap().clone();
    assert_eq!((entry.wording.name.as_str(), entry.net), ("Bus services", Some(travel)));
    undo("the move").await;
    assert_eq!(frame(&app).await.entry(buses).unwrap().net, None);

    let into = parking.to_string();
    let merged = analyst
        .post(&format!("{FRAME}/{buses}/merge"), &[("into", &into), ("seen", &seen(&app).await), ("why", "One thing")])
        .await;
    assert_eq!(merged.status, 303);
    assert_eq!(frame(&app).await.entry(buses).unwrap().fate, Fate::MergedInto(parking));
    let page = analyst.get(FRAME).await.page;
    assert!(page.contains("Counts for “Parking”") && page.contains("One thing"), "{page}");
    undo("the merge").await;
    assert_eq!(frame(&app).await.entry(buses).unwrap().fate, Fate::InUse);

    let parts = [("parts", "Blue badges\nprice of parking\n"), ("seen", &seen(&app).await)];
    assert_eq!(analyst.post(&format!("{FRAME}/{parking}/split"), &parts).await.status, 303);
    assert!(matches!(frame(&app).await.entry(parking).unwrap().fate, Fate::SplitInto(ref into) if into.len() == 2));
    undo("the split").await;
    assert_eq!(frame(&app).await.entry(parking).unwrap().fate, Fate::InUse);

    let one = analyst.post(&format!("{FRAME}/{parking}/split"), &[("parts", "Only one"), ("seen", &seen(&app).await)]).await;
    assert!(one.status == 422 && one.page.contains("at least two") && one.page.contains("Only one"));
    assert_eq!(analyst.post(&format!("{FRAME}/{parking}/retire"), &[("seen", &seen(&app).await)]).await.status, 303);
    assert_eq!(frame(&app).await.entry(parking).unwrap().fate, Fate::Retired);
    undo("the retirement").await;
    assert_eq!(frame(&app).await.entry(parking).unwrap().fate, Fate::InUse);

    let log = audit::all(app.app.db()).await.unwrap();
    for action in [
        "codeframe.begun",
        "codeframe.created",
        "codeframe.reworded",
        "codeframe.moved",
        "codeframe.merged",
        "codeframe.split",
        "codeframe.retired",
        "codeframe.undone",
    ] {
        assert!(log.iter().any(|entry| entry.action == action), "{action}");
    }
    assert!(audit::verify(app.app.db()).await.unwrap().faults.is_empty());
    app.stop().await;
}

#[actix_web::test]
async fn a_name_nearly_in_use_asks_whether_one_is_sure_and_loses_nothing() {
    let app = TestApp::start().await;
    let analyst = begun(&app).await;
    theme(&app, &analyst, "Waiting times").await;
    let fields = [("level", "theme"), ("name", "Waiting time"), ("definition", "Zaubernuss."), ("seen", &seen(&app).await)];
    let asked = analyst.post(&format!("{FRAME}/new"), &fields).await;
    assert!(
        asked.status == 422 && asked.page.contains("nearly “Waiting times”") && asked.page.contains("Zaubernuss."),
        "{}",
        asked.page
    );
    let sure = [fields.as_slice(), &[("sure", "yes")]].concat();
    assert_eq!(analyst.post(&format!("{FRAME}/new"), &sure).await.status, 303);
    let same = analyst
        .post(
            &format!("{FRAME}/new"),
            &[("level", "theme"), ("name", "waiting  TIMES"), ("sure", "yes"), ("seen", &seen(&app).await)],
        )
        .await;
    assert!(same.status == 422 && same.page.contains("is in use already"), "{}", same.page);
    app.stop().await;
}

#[actix_web::test]
async fn of_two_who_change_the_codeframe_at_once_the_second_is_told_and_keeps_what_they_typed() {
    let app = TestApp::start().await;
    let analyst = begun(&app).await;
    let before = seen(&app).await;
    theme(&app, &analyst, "Buses").await;
    let late = analyst.post(&format!("{FRAME}/new"), &[("level", "theme"), ("name", "Zaubernuss"), ("seen", &before)]).await;
    assert!(late.status == 422 && late.page.contains("meanwhile") && late.page.contains("Zaubernuss"), "{}", late.page);
    let again =
        analyst.post(&format!("{FRAME}/new"), &[("level", "theme"), ("name", "Zaubernuss"), ("seen", &seen(&app).await)]).await;
    assert_eq!(again.status, 303);
    app.stop().await;
}

#[actix_web::test]
async fn a_codebook_goes_out_and_comes_back_with_what_was_changed_elsewhere() {
    let app = TestApp::start().await;
    let analyst = begun(&app).await;
    let buses = theme(&app, &analyst, "Buses").await;
    let book = analyst.get(&format!("{FRAME}/codeframe.qdc")).await.page;
    assert!(book.contains("urn:QDA-XML:codebook:1.0") && book.contains("Buses"));
    let changed = book
        .replace("name=\"Buses\"", "name=\"Bus services\"")
        .replace("</Codes>", "<Code guid=\"6F9619FF-8B86-D011-B42D-00C04FC964FF\" name=\"Ferries\" isCodable=\"true\"/></Codes>");
    let send = async |bytes: Vec<u8>| {
        let form = Form::new().text("seen", seen(&app).await).part("file", Part::bytes(bytes).file_name("frame.qdc"));
        Desk::read(analyst.request(&format!("{FRAME}/import")).multipart(form).send().await.unwrap()).await
    };
    let taken = send(changed.into_bytes()).await;
    assert!(taken.status == 200 && taken.page.contains("1 brought in, 1 reworded"), "{}", taken.page);
    assert_eq!(frame(&app).await.entry(buses).unwrap().wording.name, "Bus services");
    assert!(frame(&app).await.themes().any(|theme| theme.wording.name == "Ferries"));
    let bad = send(b"<html>".to_vec()).await;
    assert!(bad.status == 422 && bad.page.contains("frame.qdc cannot be read"), "{}", bad.page);
    app.stop().await;
}

#[actix_web::test]
async fn what_was_coded_to_a_merged_theme_stands_as_the_one_that_stayed_and_comes_back() {
    let app = TestApp::start().await;
    let (analyst, desk) = (begun(&app).await, coder(&app, "Cora").await);
    let (buses, parking) = (theme(&app, &analyst, "Buses").await, theme(&app, &analyst, "Parking").await);
    let response = said(&app, "No bus.").await;
    code(&desk, response, &[buses]).await;
    let stands = async || desk.get(&format!("{CODING}/{response}")).await.page;
    assert!(stands().await.contains("<strong>Buses</strong>"));
    analyst.post(&format!("{FRAME}/{buses}/merge"), &[("into", &parking.to_string()), ("seen", &seen(&app).await)]).await;
    let merged = stands().await;
    assert!(merged.contains("<strong>Parking</strong>") && !merged.contains("<strong>Buses</strong>"), "{merged}");
    let now = seen(&app).await;
    analyst.post(&format!("{FRAME}/undo"), &[("seen", &now), ("version", &now)]).await;
    assert!(stands().await.contains("<strong>Buses</strong>"));
    app.stop().await;
}
