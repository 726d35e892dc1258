//! Drafts are forgotten a week after closing, and not before.

use std::collections::BTreeMap;

use chrono::Utc;
use soundings::domain::wording::Edition;
use soundings::jobs;
use soundings::store::drafts::{self, Draft, DraftKey};
use uuid::Uuid;

use crate::support::TestApp;

#[actix_web::test]
async fn drafts_are_forgotten_once_a_consultation_is_over_and_kept_while_it_is_open() {
    let app = TestApp::start().await;
    let key = DraftKey::random().unwrap();
    for consultation in ["sample", "past"] {
        let draft = Draft {
            consultation: consultation.to_owned(),
            form_version: 1,
            edition: Edition::Standard,
            language: "en".to_owned(),
            answers: BTreeMap::new(),
            response_id: Uuid::now_v7(),
            revision_id: Uuid::now_v7(),
            began_at: Utc::now(),
            quote_consent: None,
            help: None,
            sent: None,
        };
        drafts::save(&app.app.db().write, &key, &draft, Utc::now()).await.unwrap();
    }
    assert_eq!(jobs::tidy(&app.app, Utc::now()).await.unwrap(), 1);
    let load = |consultation| drafts::load(&app.app.db().read, consultation, &key);
    assert!(load("sample").await.unwrap().is_some());
    assert!(load("past").await.unwrap().is_none());
    app.stop().await;
}
