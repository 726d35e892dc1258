//! Days typed at the desk: every page reads them as British people write them, shows them so, and says so when it cannot.

use chrono::{Days, Utc};
use reqwest::multipart::Form;
use soundings::domain::access::Role;
use soundings::domain::day::as_typed;
use soundings::store::{contacts, events, evidence};

use crate::support::TestApp;
use crate::support::desk::Desk;

const HOW: &str = "day, month, year, such as 14/12/2022";

#[actix_web::test]
async fn a_day_is_typed_in_the_same_way_on_every_page_of_the_desk() {
    let app = TestApp::start().await;
    let (desk, _) = Desk::with(&app, "desk@example.org", &[(Role::DeskOfficer, None)]).await;
    let yesterday = Utc::now().date_naive() - Days::new(1);
    let typed = as_typed(yesterday);
    let db = &app.app.db().read;

    let events_new = "/staff/sample/events/new";
    let event = |day: &str| {
        let fields = [("title", "Drop-in"), ("place", "Library"), ("held_on", day), ("format", "drop_in")];
        fields.map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    let wrong = desk.request(events_new).form(&event("soon")).send().await.unwrap().text().await.unwrap();
    assert!(wrong.replace("&#x2f;", "/").contains(HOW), "{wrong}");
    assert_eq!(desk.request(events_new).form(&event(&typed)).send().await.unwrap().status(), 303);
    assert_eq!(events::all(db, "sample").await.unwrap()[0].held_on, yesterday);
    assert!(desk.get("/staff/sample/events/drop-in").await.page.contains(&format!("value=\"{typed}\"")), "as it was typed");

    let formats = "/staff/sample/formats";
    let ask = [("format", "braille"), ("reach", "new@example.org"), ("asked_on", &typed), ("needed_by", "soon")];
    assert!(desk.post(formats, &ask).await.page.contains("Say when they need it as day, month, year"));
    let tomorrow = yesterday + Days::new(2);
    let needed = as_typed(tomorrow);
    let ask = [("format", "braille"), ("reach", "new@example.org"), ("asked_on", &typed), ("needed_by", &needed)];
    assert_eq!(desk.post(formats, &ask).await.status, 303);
    let request = &contacts::requests(db, "sample").await.unwrap()[0];
    assert_eq!((request.asked_on, request.due_on), (yesterday, tomorrow));

    let log = "/staff/sample/evidence/new";
    let letter = |day: &str| {
        let fields = [("kind", "letter"), ("title", "Parking"), ("sender", "individual"), ("text", "There is no bus.")];
        let form = fields.into_iter().fold(Form::new(), |form, (name, value)| form.text(name, value));
        form.text("received_on", day.to_owned()).text("written_on", typed.clone())
    };
    let wrong = desk.request(log).multipart(letter("12/14/2022")).send().await.unwrap().text().await.unwrap();
    assert!(wrong.replace("&#x2f;", "/").contains(HOW), "{wrong}");
    assert_eq!(desk.request(log).multipart(letter(&typed)).send().await.unwrap().status(), 303);
    let item = &evidence::all(db, "sample").await.unwrap()[0];
    assert_eq!((item.evidence.received_on, item.evidence.written_on), (yesterday, Some(yesterday)));

    let dates = "/staff/sample/dates";
    let reasons = [("reason", "The post was slow."), ("easy_reason", "Letters came late.")];
    let wrong = desk.post(dates, &[("closes_on", "soon"), reasons[0], reasons[1]]).await;
    assert!(wrong.page.contains(HOW), "{}", wrong.page);
    let published = app.app.intake.shelf.consultation("sample").unwrap();
    let later = published.consultation.last_day() + Days::new(3);
    let asked = desk.post(dates, &[("closes_on", &as_typed(later)), reasons[0], reasons[1]]).await;
    assert!(asked.page.contains(&format!("Extend until {} for everybody?", later.format("%-d %B %Y"))), "{}", asked.page);
    app.stop().await;
}
