//! The workspace: queues, one answer at a time, several coders at once, flags, repeats, undoing, the read log.

use chrono::Utc;
use soundings::config::Settings;
use soundings::domain::access::Role;
use soundings::domain::coding::{Flag, Stance};
use soundings::mail::Sender;
use soundings::mail::worker::{Outcome, deliver};
use soundings::store::audit;

use super::{CODING, FRAME, WHY, begun, code, coder, coding, corrected, hidden, id, said, sent, store, theme, themes};
use crate::support::TestApp;
use crate::support::desk::Desk;
use crate::support::mail_server::MailServer;

/// Draw a queue; where it leads.
async fn drawn(desk: &Desk, fields: &[(&str, &str)]) -> String {
    let drawn = desk.post(&format!("{CODING}/queue"), fields).await;
    assert_eq!(drawn.status, 303, "{}", drawn.page);
    drawn.place
}

#[actix_web::test]
async fn a_queue_leads_from_answer_to_answer_and_back_to_the_question() {
    let app = TestApp::start().await;
    let (analyst, desk) = (begun(&app).await, coder(&app, "Cora").await);
    let buses = theme(&app, &analyst, "Buses").await;
    for words in ["Zaubernuss bus.", "No way to park.", "It is fair."] {
        said(&app, words).await;
    }
    let mut place = drawn(&desk, &[("kind", "rare")]).await;
    let mut coded = 0;
    while place.contains("queue=") && !place.contains("plan_why?done") {
        let page = desk.get(&place).await.page;
        assert!(page.contains(&format!("Answer {} of 3", coded + 1)), "{page}");
        assert!(
            page.contains("Do you support it?") && page.contains("the standard edition") || page.contains("The standard edition"),
            "{page}"
        );
        let response = place.split('/').next_back().unwrap().split('?').next().unwrap().parse().unwrap();
        place = store(&desk, response, &page, &[buses], &[]).await.place;
        coded += 1;
    }
    assert_eq!(coded, 3);
    assert!(desk.get(&place).await.page.contains("The queue is done"));
    let none = desk.post(&format!("{CODING}/queue"), &[("kind", "random")]).await;
    assert!(none.status == 422 && none.page.contains("Every answer to this question is coded"), "{}", none.page);
    let found = drawn(&desk, &[("kind", "search"), ("words", "ZAUBER")]).await;
    assert!(desk.get(&found).await.page.contains("Zaubernuss bus."), "coded answers are found too");
    let nothing = desk.post(&format!("{CODING}/queue"), &[("kind", "search"), ("words", "quokka")]).await;
    assert!(nothing.page.contains("No answer has all of these words"));
    app.stop().await;
}

#[actix_web::test]
async fn several_themes_with_stances_and_a_note_are_stored_and_undone() {
    let app = TestApp::start().await;
    let (analyst, desk) = (begun(&app).await, coder(&app, "Cora").await);
    let (buses, parking) = (theme(&app, &analyst, "Buses").await, theme(&app, &analyst, "Parking").await);
    let response = said(&app, "No bus, dear parking.").await;
    let path = format!("{CODING}/{response}");
    let page = desk.get(&path).await.page;
    let stance = format!("stance.{buses}");
    let stored = store(&desk, response, &page, &[buses, parking], &[(&stance, "against"), ("note", "Two things")]).await;
    let now = coding(&app, response).await;
    let of = |theme| now.applied.iter().find(|(mark, _)| mark.theme == theme).unwrap().1.stance;
    assert_eq!((of(buses), of(parking), now.notes.len()), (Some(Stance::Against), None, 1));
    let page = desk.get(&stored.place).await.page;
    assert!(
        page.contains("Stored.") && page.contains("Two things (Cora)") && page.contains("<strong>Buses</strong>, against it"),
        "{page}"
    );
    let step = stored.place.split("done=").nth(1).unwrap();
    let undone = desk.post(&format!("{CODING}/undo/{step}"), &[("queue", "")]).await;
    assert_eq!(undone.status, 303);
    assert!(themes(&app, response).await.is_empty());
    assert!(desk.get(&undone.place).await.page.contains("It is undone"));
    assert_eq!(coding(&app, response).await.notes.len(), 1, "a note stays");
    app.stop().await;
}

#[actix_web::test]
async fn of_two_who_code_the_same_answer_neither_loses_anything() {
    let app = TestApp::start().await;
    let (analyst, cora, dan) = (begun(&app).await, coder(&app, "Cora").await, coder(&app, "Dan").await);
    let (buses, parking) = (theme(&app, &analyst, "Buses").await, theme(&app, &analyst, "Parking").await);
    let response = said(&app, "No bus, dear parking.").await;
    let path = format!("{CODING}/{response}");
    let (hers, his) = (cora.get(&path).await.page, dan.get(&path).await.page);
    assert_eq!(store(&cora, response, &hers, &[buses], &[]).await.status, 303);
    assert_eq!(store(&dan, response, &his, &[parking], &[]).await.status, 303);
    let mut both = themes(&app, response).await;
    both.sort_unstable();
    let mut wanted = vec![buses, parking];
    wanted.sort_unstable();
    assert_eq!(both, wanted, "different themes go through");

    let (hers, his) = (cora.get(&path).await.page, dan.get(&path).await.page);
    assert_eq!(store(&cora, response, &hers, &[buses], &[]).await.status, 303, "Cora takes parking off");
    let stance = format!("stance.{parking}");
    let refused = store(&dan, response, &his, &[buses, parking], &[(&stance, "for"), ("note", "Zaubernuss")]).await;
    assert_eq!(refused.status, 422, "{}", refused.page);
    assert!(refused.page.contains("Somebody did something to the same theme meanwhile") && refused.page.contains("Zaubernuss"));
    assert_eq!(themes(&app, response).await, [buses], "nothing of a refused step is stored");
    assert!(coding(&app, response).await.notes.is_empty());
    let decided = store(&dan, response, &refused.page, &[buses, parking], &[(&stance, "for")]).await;
    assert_eq!(decided.status, 303, "having seen it, he decides");
    assert_eq!(themes(&app, response).await.len(), 2);
    app.stop().await;
}

#[actix_web::test]
async fn six_at_the_same_moment_all_find_what_they_did() {
    let app = TestApp::start().await;
    let (analyst, desk) = (begun(&app).await, coder(&app, "Cora").await);
    let mut all = Vec::new();
    for number in 0..6 {
        all.push(theme(&app, &analyst, ["Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir"][number]).await);
    }
    let response = said(&app, "Trees.").await;
    let mut coders = Vec::new();
    for name in ["Bea", "Cem", "Dan", "Eva", "Finn", "Gus"] {
        coders.push(coder(&app, name).await);
    }
    let page = desk.get(&format!("{CODING}/{response}")).await.page;
    let each = coders.iter().zip(&all).map(|(coder, theme)| store(coder, response, &page, std::slice::from_ref(theme), &[]));
    let stored = futures_util::future::join_all(each).await;
    assert!(stored.iter().all(|one| one.status == 303), "{:?}", stored.iter().map(|one| one.status).collect::<Vec<_>>());
    assert_eq!(themes(&app, response).await.len(), 6);
    app.stop().await;
}

#[actix_web::test]
async fn a_material_point_is_taken_back_only_with_a_reason() {
    let app = TestApp::start().await;
    let (_, desk) = (begun(&app).await, coder(&app, "Cora").await);
    let response = said(&app, "Run a ferry.").await;
    let path = format!("{CODING}/{response}");
    let page = desk.get(&path).await.page;
    let without = store(&desk, response, &page, &[], &[("material", "yes")]).await;
    assert!(without.status == 422 && without.page.contains("Say what the point is"));
    store(&desk, response, &page, &[], &[("material", "yes"), ("material_why", "A ferry")]).await;
    assert!(coding(&app, response).await.has(Flag::Material));
    let page = desk.get(&path).await.page;
    assert!(page.contains("Register of flags") && page.contains("A ferry"));
    let without = store(&desk, response, &page, &[], &[("material_off", "yes")]).await;
    assert!(without.status == 422 && without.page.contains("Say why the flag is taken back"));
    assert!(coding(&app, response).await.has(Flag::Material));
    store(&desk, response, &page, &[], &[("material_off", "yes"), ("material_off_why", "Made by SA-2 in full")]).await;
    assert!(!coding(&app, response).await.has(Flag::Material));
    let page = desk.get(&path).await.page;
    assert!(page.contains("A ferry") && page.contains("Made by SA-2 in full"), "both stay in the register");
    let log = audit::all(app.app.db()).await.unwrap();
    assert!(log.iter().any(|entry| entry.action == "flag.set" && entry.detail == "material"));
    assert!(!log.iter().any(|entry| entry.detail.contains("ferry")), "the log holds no words");
    app.stop().await;
}

#[actix_web::test]
async fn a_safeguarding_worry_is_told_at_once_to_the_person_named_and_without_the_words() {
    let server = MailServer::start();
    let from = Some("desk@example.org".to_owned());
    let settings = Settings { smtp: Some(server.url("smtp")), mail_from: from, ..Settings::default() };
    let app = TestApp::start_with(settings).await;
    let (analyst, desk) = (begun(&app).await, coder(&app, "Cora").await);
    let (_, lead) = Desk::named(&app, "Lena", &[Role::Coder], "sample").await;
    let response = said(&app, "Zaubernuss hurts me.").await;
    assert!(desk.get(&format!("{CODING}/{response}")).await.page.contains("Nobody is named to be told"));
    let contact = "/staff/sample/coding/safeguarding-contact";
    let id = lead.trim_start_matches("staff:");
    assert_eq!(desk.post(contact, &[("person", id)]).await.status, 403);
    assert_eq!(analyst.post(contact, &[("person", "")]).await.status, 422);
    assert_eq!(analyst.post(contact, &[("person", id)]).await.status, 303);
    let page = desk.get(&format!("{CODING}/{response}")).await.page;
    assert!(page.contains("Lena is told at once"), "{page}");
    let stored = store(&desk, response, &page, &[], &[("safeguarding", "yes"), ("safeguarding_why", "Harm at home")]).await;
    assert_eq!(stored.status, 303, "{}", stored.page);
    let sender = Sender::open(&app.app.config).unwrap().unwrap();
    assert_eq!(deliver(app.app.db(), &sender, Utc::now()).await.unwrap(), Some(Outcome::Sent));
    let letters = server.letters();
    assert_eq!((letters.len(), letters[0].to.as_slice()), (1, ["lena@example.org".to_owned()].as_slice()));
    assert!(letters[0].text.contains(&response.to_string()), "it leads to the answer: {}", letters[0].text);
    assert!(!["Zaubernuss", "Harm"].iter().any(|word| letters[0].text.contains(word)), "and says nothing of it");
    app.stop().await;
}

#[actix_web::test]
async fn answers_with_the_same_words_are_coded_together_only_by_choice() {
    let app = TestApp::start().await;
    let (analyst, desk) = (begun(&app).await, coder(&app, "Cora").await);
    let buses = theme(&app, &analyst, "Buses").await;
    let all = [sent(&app, "No bus.").await, sent(&app, "no bus").await, sent(&app, "NO BUS!").await];
    let place = drawn(&desk, &[("kind", "random")]).await;
    let page = desk.get(&place).await.page;
    assert!(page.contains("Answer 1 of 1") && page.contains("Code 2 other answers with the same words"), "{page}");
    let (firsts, others): (Vec<_>, Vec<_>) = all.iter().partition(|one| place.contains(&id(one).to_string()));
    let (first, other, changed) = (id(firsts[0]), id(others[0]), id(others[1]));
    corrected(&app, others[1], "I walk.").await;
    let stored = store(&desk, first, &page, &[buses], &[("repeats", "yes"), ("note", "Mine")]).await;
    assert_eq!(stored.status, 303, "{}", stored.page);
    assert_eq!(themes(&app, other).await, [buses]);
    assert!(coding(&app, other).await.notes.is_empty(), "a note belongs to one answer");
    assert!(themes(&app, changed).await.is_empty(), "whoever says something else now is left alone");
    let step = stored.place.split("done=").nth(1).unwrap().split('&').next().unwrap();
    assert_eq!(desk.post(&format!("{CODING}/undo/{step}"), &[]).await.status, 303);
    assert!(themes(&app, first).await.is_empty() && themes(&app, other).await.is_empty(), "one undo for all");
    app.stop().await;
}

#[actix_web::test]
async fn whoever_is_shown_an_answer_is_noted_and_pages_say_how_much_was_read() {
    let app = TestApp::start().await;
    let (analyst, cora, dan) = (begun(&app).await, coder(&app, "Cora").await, coder(&app, "Dan").await);
    let (one, _two) = (said(&app, "Zaubernuss.").await, said(&app, "Parking.").await);
    let path = format!("{CODING}/{one}");
    assert_eq!(analyst.get(&path).await.status, 403, "who may not read free text sees none");
    let counts = async || {
        let page = analyst.get(CODING).await.page;
        assert!(!page.contains("Zaubernuss"));
        let dd: Vec<String> = page.split("<dd>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect();
        (dd[1].clone(), dd[2].clone())
    };
    assert_eq!(counts().await, ("0 (0.0%)".to_owned(), "0 (0.0%)".to_owned()));
    cora.get(&path).await;
    cora.get(&path).await;
    assert_eq!(counts().await, ("1 (50.0%)".to_owned(), "0 (0.0%)".to_owned()));
    dan.get(&path).await;
    assert_eq!(counts().await, ("1 (50.0%)".to_owned(), "1 (50.0%)".to_owned()));
    let log = audit::all(app.app.db()).await.unwrap();
    let subject = format!("{WHY}/{one}");
    assert_eq!(log.iter().filter(|entry| entry.action == "answer.viewed" && entry.subject == subject).count(), 3);
    assert!(audit::verify(app.app.db()).await.unwrap().faults.is_empty());
    app.stop().await;
}

#[actix_web::test]
async fn a_retired_theme_stays_at_its_answers_and_is_offered_no_more() {
    let app = TestApp::start().await;
    let (analyst, desk) = (begun(&app).await, coder(&app, "Cora").await);
    let buses = theme(&app, &analyst, "Buses").await;
    let (coded, fresh) = (said(&app, "No bus.").await, said(&app, "Bus!").await);
    code(&desk, coded, &[buses]).await;
    let stale = desk.get(&format!("{CODING}/{fresh}")).await.page;
    analyst.post(&format!("{FRAME}/{buses}/retire"), &[("seen", &super::seen(&app).await)]).await;
    let page = desk.get(&format!("{CODING}/{coded}")).await.page;
    assert!(page.contains("Buses: is no longer in use"), "{page}");
    store(&desk, coded, &page, &[buses], &[]).await;
    assert_eq!(themes(&app, coded).await, [buses], "looking again takes nothing away");
    let refused = store(&desk, fresh, &stale, &[buses], &[]).await;
    assert!(refused.status == 422 && refused.page.contains("no longer in use"), "{}", refused.page);
    assert_eq!(hidden(&refused.page, "seen"), "0");
    app.stop().await;
}
