//! The analyst's pages: only with a token, and the same figures as the files.

use serde_json::json;
use soundings::domain::access::Role;

use crate::support::{TestApp, submission, with};

async fn get(app: &TestApp, path: &str, token: Option<&str>) -> (u16, String) {
    let mut request = app.client.get(format!("{}{path}", app.url));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[actix_web::test]
async fn results_are_shown_to_an_analyst_and_to_nobody_else() {
    let app = TestApp::start().await;
    for _ in 0..12 {
        app.send(&submission()).await;
    }
    let (_, page) = get(&app, "/analysis/sample", None).await;
    assert!(page.contains("Sign in to read results") && !page.contains("Do you support it?"));
    let keyer = app.token(Role::Keyer).await;
    assert_eq!(get(&app, "/analysis/sample", Some(&keyer)).await.0, 403);

    let analyst = app.token(Role::Analyst).await;
    let (status, page) = get(&app, "/analysis/sample", Some(&analyst)).await;
    assert_eq!(status, 200);
    assert!(page.contains("Do you support it?") && page.contains("People chose to take part"));
    app.stop().await;
}

#[actix_web::test]
async fn the_page_and_the_file_show_the_same_figures() {
    let app = TestApp::start().await;
    for (count, choice) in [(14, "support"), (23, "strongly_support"), (11, "oppose")] {
        for _ in 0..count {
            app.send(&with("plan_support", json!(choice))).await;
        }
    }
    let published = app.app.intake.shelf.consultation("sample").unwrap();
    let dataset = soundings::analysis::dataset_as_of(app.app.db(), &published, chrono::Utc::now()).await.unwrap();
    let definition = soundings::export::definition::find("closed-tables").unwrap();
    let output = soundings::export::run(&definition, &dataset, &[]).unwrap();
    let file = output.files.iter().find(|file| file.name == "closed-tables.csv").unwrap();
    let csv = String::from_utf8(file.bytes.clone()).unwrap();
    let token = app.token(Role::Analyst).await;
    let (_, page) = get(&app, "/analysis/sample?by=edition", Some(&token)).await;

    for (code, count) in [("strongly_support", 23), ("support", 14), ("oppose", 11)] {
        let line = csv
            .lines()
            .find(|line| line.contains(&format!("edition,standard,Standard,{code},")))
            .unwrap_or_else(|| panic!("{csv}"));
        assert!(line.contains(&format!(",{count},")), "{line}");
        assert!(page.contains(&format!(">{count} <span")), "{code} {page}");
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_result_of_fewer_than_ten_people_is_hidden_on_the_page() {
    let app = TestApp::start().await;
    for _ in 0..9 {
        app.send(&submission()).await;
    }
    let token = app.token(Role::Analyst).await;
    let (_, page) = get(&app, "/analysis/sample", Some(&token)).await;
    assert!(page.contains("[c]"));
    app.stop().await;
}
