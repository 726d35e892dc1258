//! What is read twice: the blind sample, settling, how well coders agree, and what a late theme asks for.

use soundings::domain::coding::Flag;
use soundings::store::themes::queues;
use uuid::Uuid;

use super::{CODING, FRAME, WHY, begun, code, coder, coding, corrected, hidden, id, said, seen, sent, theme, themes};
use crate::support::TestApp;
use crate::support::desk::{Answered, Desk};

const TWICE: &str = "/staff/sample/coding/plan_why/twice";

/// Code an answer of the sample blind.
async fn blind(desk: &Desk, response: Uuid, themes: &[Uuid], more: &[(&str, &str)]) -> Answered {
    let path = format!("{CODING}/{response}/blind");
    let page = desk.get(&path).await;
    assert_eq!(page.status, 200, "{}", page.place);
    let ids: Vec<String> = themes.iter().map(Uuid::to_string).collect();
    let (seen, frame) = (hidden(&page.page, "seen"), hidden(&page.page, "frame"));
    let mut fields = vec![("seen", seen.as_str()), ("frame", frame.as_str())];
    fields.extend(ids.iter().map(|id| ("theme", id.as_str())));
    fields.extend_from_slice(more);
    desk.post(&path, &fields).await
}

/// The number under a heading of the page's counts.
fn count(page: &str, name: &str) -> String {
    page.split(&format!("<dt>{name}</dt><dd>")).nth(1).unwrap_or_default().split('<').next().unwrap_or_default().to_owned()
}

#[actix_web::test]
async fn two_code_blind_a_third_settles_and_agreement_is_of_what_each_said_first() {
    let app = TestApp::start().await;
    let (analyst, cora, dan, eve) =
        (begun(&app).await, coder(&app, "Cora").await, coder(&app, "Dan").await, coder(&app, "Eve").await);
    let (buses, parking) = (theme(&app, &analyst, "Buses").await, theme(&app, &analyst, "Parking").await);
    let (one, other) = (said(&app, "Zaubernuss bus.").await, said(&app, "No way to park.").await);
    assert_eq!(analyst.post(TWICE, &[]).await.status, 303);
    assert_eq!(queues::sample(&app.app.db().read, "sample", WHY).await.unwrap().len(), 2, "fifty, as long as there are as many");
    assert_eq!(analyst.post(TWICE, &[]).await.status, 422, "all are drawn");

    let next = cora.get(&format!("{CODING}/next-blind")).await.place;
    assert!(next.ends_with("/blind"), "{next}");
    assert_eq!(cora.get(&format!("{CODING}/{one}")).await.place, format!("{CODING}/{one}/blind"), "it cannot be opened openly");
    let none = cora.post(&format!("{CODING}/queue"), &[("kind", "random")]).await;
    assert_eq!(none.status, 422, "no queue shows the sample");

    assert_eq!(blind(&cora, one, &[buses], &[]).await.status, 303);
    let page = dan.get(&format!("{CODING}/{one}/blind")).await.page;
    assert!(page.contains("Zaubernuss") && !page.contains("checked") && !page.contains("Cora"), "{page}");
    assert_eq!(blind(&dan, one, &[buses, parking], &[]).await.status, 303);
    assert_eq!(blind(&cora, other, &[parking], &[]).await.status, 303);
    let last = blind(&dan, other, &[parking], &[]).await;
    assert_eq!(dan.get(&last.place).await.place, format!("{TWICE}?done=blind"));
    let page = analyst.get(TWICE).await.page;
    assert_eq!((count(&page, "Both agree"), count(&page, "They differ")), ("1".to_owned(), "1".to_owned()));
    assert!(themes(&app, one).await.is_empty(), "what was coded blind does not count");

    let quality = analyst.get(&format!("{CODING}/quality")).await.page;
    assert!(
        quality.contains("2 answers were coded twice") && quality.contains("75.0%") && !quality.contains("Zaubernuss"),
        "{quality}"
    );
    let settle = format!("{CODING}/{one}/settle");
    assert_eq!(dan.get(&settle).await.status, 403, "neither of the two settles");
    let page = eve.get(&settle).await.page;
    assert!(page.contains("Zaubernuss") && page.contains("<dd>Buses; Parking</dd>"), "{page}");
    let (seen, frame) = (hidden(&page, "seen"), hidden(&page, "frame"));
    let fields = [("seen", seen.as_str()), ("frame", frame.as_str()), ("theme", &parking.to_string())];
    assert_eq!(eve.post(&settle, &fields).await.place, format!("{TWICE}?done=settled"));
    assert_eq!(eve.post(&format!("{CODING}/agreed"), &[]).await.status, 303);
    assert_eq!((themes(&app, one).await, themes(&app, other).await), (vec![parking], vec![parking]));
    let after = analyst.get(&format!("{CODING}/quality")).await.page;
    assert!(after.contains("75.0%"), "settling changes no figure");
    assert_eq!(count(&analyst.get(TWICE).await.page, "Settled"), "2");
    assert_eq!(cora.get(&format!("{CODING}/{one}")).await.status, 200, "what is settled is open to all");
    app.stop().await;
}

#[actix_web::test]
async fn an_open_coding_is_the_first_reading_and_a_worry_is_flagged_blind_too() {
    let app = TestApp::start().await;
    let (analyst, cora, dan) = (begun(&app).await, coder(&app, "Cora").await, coder(&app, "Dan").await);
    let (buses, parking) = (theme(&app, &analyst, "Buses").await, theme(&app, &analyst, "Parking").await);
    let response = said(&app, "No bus.").await;
    code(&cora, response, &[buses]).await;
    analyst.post(TWICE, &[]).await;
    assert_eq!(cora.get(&format!("{CODING}/next-blind")).await.place, format!("{TWICE}?done=blind"), "she read it already");
    assert_eq!(cora.get(&format!("{CODING}/{response}")).await.status, 200);
    let flag = [("safeguarding", "yes"), ("safeguarding_why", "Harm")];
    assert_eq!(blind(&dan, response, &[parking], &flag).await.status, 303);
    assert!(coding(&app, response).await.has(Flag::Safeguarding));
    let page = cora.get(&format!("{CODING}/{response}")).await;
    assert_eq!(page.place, TWICE, "nobody changes what was said first");
    assert_eq!(themes(&app, response).await, [buses]);
    assert_eq!(count(&analyst.get(TWICE).await.page, "They differ"), "1");
    app.stop().await;
}

#[actix_web::test]
async fn a_late_theme_lists_what_was_coded_before_and_looking_again_takes_it_off() {
    let app = TestApp::start().await;
    let (analyst, desk) = (begun(&app).await, coder(&app, "Cora").await);
    let buses = theme(&app, &analyst, "Buses").await;
    let all = [sent(&app, "No bus.").await, sent(&app, "Ferries are late.").await, sent(&app, "I walk.").await];
    code(&desk, id(&all[0]), &[buses]).await;
    code(&desk, id(&all[1]), &[buses]).await;
    let list = format!("{CODING}/recheck");
    assert!(analyst.get(&list).await.page.contains("Nothing is to be looked at again"));
    theme(&app, &analyst, "Ferries").await;
    let page = analyst.get(&list).await.page;
    assert!(page.contains("2 answers were coded") && page.contains("“Ferries” came in after they were coded: 2"), "{page}");
    assert!(!page.contains("No bus."), "the list shows no words");

    let drawn = desk.post(&format!("{CODING}/queue"), &[("kind", "recheck")]).await.place;
    assert!(drawn.contains(&id(&all[1]).to_string()), "the likeliest comes first: {drawn}");
    code(&desk, id(&all[1]), &[buses]).await;
    assert!(analyst.get(&list).await.page.contains("1 answer was coded"));
    code(&desk, id(&all[0]), &[buses]).await;
    assert!(analyst.get(&list).await.page.contains("Nothing is to be looked at again"));

    corrected(&app, &all[0], "No ferry.").await;
    assert!(analyst.get(&list).await.page.contains("The person changed the answer after it was coded: 1"));
    code(&desk, id(&all[0]), &[buses]).await;
    analyst.post(&format!("{FRAME}/{buses}/split"), &[("parts", "Night buses\nDay buses"), ("seen", &seen(&app).await)]).await;
    let page = analyst.get(&list).await.page;
    assert!(page.contains("“Buses”, which they have, was split: 2"), "{page}");
    app.stop().await;
}

#[actix_web::test]
async fn a_theme_that_came_in_while_the_page_was_open_was_not_in_front_of_the_coder() {
    let app = TestApp::start().await;
    let (analyst, desk) = (begun(&app).await, coder(&app, "Cora").await);
    let buses = theme(&app, &analyst, "Buses").await;
    let response = said(&app, "No bus.").await;
    let page = desk.get(&format!("{CODING}/{response}")).await.page;
    theme(&app, &analyst, "Ferries").await;
    assert_eq!(super::store(&desk, response, &page, &[buses], &[]).await.status, 303);
    assert!(analyst.get(&format!("{CODING}/recheck")).await.page.contains("“Ferries” came in after they were coded: 1"));
    app.stop().await;
}
