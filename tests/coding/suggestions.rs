//! Suggestions: none from too few answers, apart from what counts, taken over and turned down, many at once only when measured.

use std::collections::BTreeMap;

use chrono::Utc;
use soundings::domain::access::Role;
use soundings::domain::coding::{Act, Answered, Mark};
use soundings::store::begin_write;
use soundings::store::themes::codings::{At, Step, carry_out};
use soundings::store::themes::{By, frames, queues};
use uuid::Uuid;

use super::{CODING, WHY, begun, code, coder, coding, said, store, theme, themes};
use crate::support::TestApp;
use crate::support::desk::Desk;

const SUGGESTIONS: &str = "/staff/sample/coding/plan_why/suggestions";

/// What people write about one of two things, no two the same.
fn words(number: usize) -> String {
    let place = ["north", "south", "east", "west", "harbour"][number % 5];
    match number % 2 {
        0 => format!("Number {number}: the bus to the {place} is late again."),
        _ => format!("Number {number}: parking at the {place} costs too much."),
    }
}

/// Do the same acts at many answers at once, as this person.
async fn at_all(app: &TestApp, by: Uuid, answers: &[(Uuid, Vec<Act>)]) {
    let db = app.app.db();
    let revisions: BTreeMap<Uuid, Uuid> =
        app.revisions().await.iter().map(|revision| (revision.response_id, revision.revision_id)).collect();
    let frame = frames::read(&db.read, "sample").await.unwrap().of_question(WHY).unwrap();
    let at = |(response_id, acts): &(Uuid, Vec<Act>)| At {
        response_id: *response_id,
        revision_id: revisions[response_id],
        length: 100,
        seen: 1000,
        acts: acts.clone(),
    };
    let answers = answers.iter().map(at).collect();
    let step = Step { question: WHY, frame: &frame, together: Uuid::now_v7(), action: "coding.stored", answers };
    let tx = begin_write(&db.write).await.unwrap();
    let by = By { staff_id: by, actor: &format!("staff:{by}") };
    carry_out(&tx, "sample", step, by, Utc::now()).await.unwrap().unwrap();
    tx.commit().await.unwrap();
}

fn apply(theme: Uuid) -> Vec<Act> {
    vec![Act::Apply { mark: Mark { theme, span: None }, stance: None }]
}

/// The counts of the two themes and their base, as the page of themed results shows them.
async fn results(analyst: &Desk) -> [String; 3] {
    let page = analyst.get(&format!("{CODING}/results?by=all")).await;
    assert_eq!(page.status, 200, "{}", page.page);
    ["Buses", "Parking", "Base: answered"].map(|label| {
        let row = page.page.split(&format!(">{label}</th>")).nth(1).unwrap_or_default();
        let count = row.split("numeric\">").nth(1).unwrap_or_default();
        count.split('<').next().unwrap_or_default().trim().to_owned()
    })
}

#[actix_web::test]
async fn nothing_is_suggested_from_too_few_answers() {
    let app = TestApp::start().await;
    let (analyst, desk) = (begun(&app).await, coder(&app, "Cora").await);
    let buses = theme(&app, &analyst, "Buses").await;
    code(&desk, said(&app, "No bus.").await, &[buses]).await;
    let page = desk.get(SUGGESTIONS).await.page;
    assert!(page.contains("Nothing is suggested before there are 200") && !page.contains("Suggest from"), "{page}");
    let refused = desk.post(SUGGESTIONS, &[]).await;
    assert!(refused.status == 422 && refused.page.contains("before 200 answers"), "{}", refused.page);
    assert_eq!(analyst.get(SUGGESTIONS).await.status, 403, "suggestions show answers");
    assert_eq!(desk.get(&format!("{CODING}/results")).await.status, 403);
    app.stop().await;
}

#[actix_web::test]
async fn a_suggestion_counts_once_it_is_taken_over_and_many_are_only_with_a_measured_precision() {
    let app = TestApp::start().await;
    let (analyst, desk) = (begun(&app).await, coder(&app, "Cora").await);
    let (_, dan) = Desk::named(&app, "Dan", &[Role::Coder], "sample").await;
    let dan: Uuid = dan.trim_start_matches("staff:").parse().unwrap();
    let (buses, parking) = (theme(&app, &analyst, "Buses").await, theme(&app, &analyst, "Parking").await);
    let mut all = Vec::new();
    for number in 0..300 {
        all.push((said(&app, &words(number)).await, if number % 2 == 0 { buses } else { parking }));
    }
    let given: BTreeMap<Uuid, Uuid> = all.iter().copied().collect();
    analyst.post(&format!("{CODING}/twice"), &[]).await;
    let sample = queues::sample(&app.app.db().read, "sample", WHY).await.unwrap();
    assert_eq!(sample.len(), 50);
    let open: Vec<Uuid> = all.iter().map(|(response, _)| *response).filter(|response| !sample.contains(response)).collect();
    let (coded, waiting) = open.split_at(210);
    at_all(&app, dan, &coded.iter().map(|response| (*response, apply(given[response]))).collect::<Vec<_>>()).await;
    let before = results(&analyst).await;
    let counted: u32 = before[..2].iter().map(|count| count.parse::<u32>().unwrap()).sum();
    assert_eq!((counted, before[2].as_str()), (210, "210"));

    assert_eq!(desk.post(SUGGESTIONS, &[]).await.status, 303);
    assert_eq!(results(&analyst).await, before, "what is suggested counts for nothing");
    let (one, other) = (waiting[0], waiting[1]);
    let now = coding(&app, one).await;
    let (id, suggested) = now.suggested.iter().next().unwrap();
    assert_eq!((suggested.mark.theme, suggested.answered), (given[&one], Answered::Open));
    let page = desk.get(&format!("{CODING}/{one}")).await.page;
    assert!(page.contains("likely in") && page.contains("None of it counts unless you take it over"), "{page}");
    let blind = desk.get(&format!("{CODING}/{}/blind", sample[0])).await.page;
    assert!(!blind.contains("likely in"), "nothing is suggested where answers are coded blind");

    let field = format!("suggestion.{id}");
    assert_eq!(store(&desk, one, &page, &[], &[(&field, "accept")]).await.status, 303);
    assert_eq!(themes(&app, one).await, [given[&one]]);
    assert_eq!(coding(&app, one).await.suggested[id].answered, Answered::Accepted);
    assert_ne!(results(&analyst).await, before);
    let rejected = coding(&app, other).await.suggested.keys().next().copied().unwrap();
    let page = desk.get(&format!("{CODING}/{other}")).await.page;
    let field = format!("suggestion.{rejected}");
    assert_eq!(store(&desk, other, &page, &[], &[(&field, "reject")]).await.status, 303);
    assert!(themes(&app, other).await.is_empty());

    let many = format!("{SUGGESTIONS}/{buses}");
    let refused = desk.get(&many).await.page;
    assert!(refused.contains("0 answers to this question were coded blind"), "{refused}");
    let blind = |response: &Uuid| {
        let mark = Mark { theme: given[response], span: None };
        (*response, vec![Act::ApplyBlind { mark }, Act::EndBlind])
    };
    at_all(&app, dan, &sample.iter().map(blind).collect::<Vec<_>>()).await;
    assert_eq!(desk.post(SUGGESTIONS, &[]).await.status, 303);
    assert_eq!(coding(&app, other).await.suggested[&rejected].answered, Answered::Rejected, "a new run leaves what was answered");
    let page = desk.get(&format!("{many}?precision=90")).await.page;
    assert!(
        page.contains("would be coded to “Buses”") && page.contains("Read these first") && page.contains("bus to the"),
        "{page}"
    );
    assert_eq!(desk.post(&many, &[("precision", "20")]).await.status, 422);
    let stale = desk.post(&many, &[("precision", "90"), ("run", &Uuid::now_v7().to_string())]).await;
    assert!(stale.status == 422 && stale.page.contains("meanwhile"));

    let before = results(&analyst).await;
    let taken = desk.post(&many, &[("precision", "90"), ("run", &super::hidden(&page, "run"))]).await;
    assert_eq!(taken.status, 303, "{}", taken.page);
    let about_buses = waiting[2..].iter().filter(|response| given[*response] == buses);
    let mut right = 0;
    for response in about_buses.clone() {
        right += usize::from(themes(&app, *response).await == [buses]);
    }
    assert!(right * 10 >= about_buses.count() * 9, "{right}");
    assert_ne!(results(&analyst).await, before);
    let step = taken.place.split("done=").nth(1).unwrap();
    assert_eq!(desk.post(&format!("{CODING}/undo/{step}"), &[]).await.status, 303);
    assert_eq!(results(&analyst).await[0], before[0], "undone as one");
    app.stop().await;
}
