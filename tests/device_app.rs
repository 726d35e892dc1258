//! The device app through the HTTP door: its page, its script, and the list of what a device keeps to open it without a network.

use serde_json::Value;
use soundings::config::Settings;

use crate::support::TestApp;

#[actix_web::test]
async fn every_file_that_a_device_keeps_is_there_and_the_page_asks_for_no_other() {
    let app = TestApp::start().await;
    let (status, kind, caching, worker) = get(&app, "/keying/sw.js").await;
    assert_eq!((status, kind.as_str(), caching.as_str()), (200, "text/javascript; charset=utf-8", "no-cache"));
    let list = shell(&worker);
    let files: Vec<&str> = list["files"].as_array().unwrap().iter().map(|file| file.as_str().unwrap()).collect();
    assert!(files.contains(&"/keying/") && files.len() > 6, "{files:?}");
    for file in &files {
        assert_eq!(get(&app, file).await.0, 200, "{file}");
    }
    let (_, kind, caching, page) = get(&app, "/keying/").await;
    assert_eq!((kind.as_str(), caching.as_str()), ("text/html; charset=utf-8", "no-cache"));
    let asked = page.split(['"', '\'']).filter(|part| part.starts_with("/static/") || part.starts_with("/keying/"));
    let asked: Vec<&str> = asked.collect();
    assert!(asked.len() > 4, "{asked:?}");
    for address in asked {
        assert!(files.contains(&address), "the page asks for {address}, which no device keeps");
    }
    assert_eq!(get(&app, "/keying/somewhere/deep").await.3, page, "every address of the app is its one page");
    app.stop().await;
}

#[actix_web::test]
async fn the_script_is_kept_for_ever_under_an_address_that_names_its_content() {
    let app = TestApp::start().await;
    let (_, _, _, page) = get(&app, "/keying/").await;
    let address = page.split('"').find(|part| part.starts_with("/keying/assets/app-")).unwrap().to_owned();
    let (status, kind, caching, script) = get(&app, &address).await;
    assert_eq!((status, kind.as_str()), (200, "text/javascript; charset=utf-8"));
    assert_eq!(caching, "public, max-age=31536000, immutable");
    assert!(!script.contains("sourceMappingURL"));
    assert_eq!(get(&app, "/keying/assets/app-0123456789abcdef.js").await.0, 404, "an older script is not this one");
    app.stop().await;
}

#[actix_web::test]
async fn where_the_app_is_switched_off_the_worker_has_nothing_to_keep() {
    let app = TestApp::start_with(Settings { offline_app: Some(false), ..Settings::default() }).await;
    let (_, _, _, worker) = get(&app, "/keying/sw.js").await;
    assert_eq!(shell(&worker)["files"], Value::Array(Vec::new()));
    app.stop().await;
}

#[actix_web::test]
async fn the_manifest_names_the_app_and_pictures_that_are_there() {
    let app = TestApp::start().await;
    let (status, kind, _, text) = get(&app, "/keying/manifest.webmanifest").await;
    assert_eq!((status, kind.as_str()), (200, "application/manifest+json; charset=utf-8"));
    let manifest: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&manifest["scope"], &manifest["start_url"]), (&Value::from("/keying/"), &Value::from("/keying/")));
    for icon in manifest["icons"].as_array().unwrap() {
        let (status, kind, _, _) = get(&app, icon["src"].as_str().unwrap()).await;
        assert_eq!((status, kind.as_str()), (200, icon["type"].as_str().unwrap()));
    }
    app.stop().await;
}

/// The list that stands before the worker's own code.
fn shell(worker: &str) -> Value {
    let (_, rest) = worker.split_once("const SHELL = ").unwrap();
    serde_json::from_str(rest.split_once(";\n").unwrap().0).unwrap()
}

/// Status, content type, caching and body, in which templates write a stroke in another way.
async fn get(app: &TestApp, path: &str) -> (u16, String, String, String) {
    let answer = app.client.get(format!("{}{path}", app.url)).send().await.unwrap();
    let header = |name: &str| answer.headers().get(name).map_or_else(String::new, |value| value.to_str().unwrap().to_owned());
    let (status, kind, caching) = (answer.status().as_u16(), header("content-type"), header("cache-control"));
    (status, kind, caching, answer.text().await.unwrap().replace("&#x2f;", "/"))
}
