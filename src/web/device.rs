//! The device app under `/keying/`: its one page, its manifest, its script and the worker that keeps them on the device.

use std::sync::LazyLock;

use actix_web::http::header;
use actix_web::web::{Bytes, Data, Path, ServiceConfig, get, redirect};
use actix_web::{HttpRequest, HttpResponse};
use rust_embed::RustEmbed;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::assets;
use super::problem::Problem;
use super::view::VIEWS;
use super::view::words::Tongue;
use crate::app::App;
use crate::domain::response::hex;
use crate::domain::wording::{DEFAULT_LANGUAGE, Edition};
use crate::error::{Error, Result};

#[derive(RustEmbed)]
#[folder = "assets/vendor/client/"]
struct Built;

/// The app's script, and the address that names its content.
struct Script {
    address: String,
    body: Bytes,
}

static SCRIPT: LazyLock<Script> = LazyLock::new(|| {
    let body = built("app.js");
    Script { address: format!("/keying/assets/app-{}.js", hex(&Sha256::digest(&body)[..8])), body }
});

/// A file that `scripts/build-client` made; `build.rs` does not let a build go on without it.
fn built(name: &str) -> Bytes {
    Built::get(name).map_or_else(Bytes::new, |file| Bytes::from(file.data.into_owned()))
}

/// The addresses of the app. Any other address under `/keying/` shows its page, which finds its own way.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(redirect("/keying", "/keying/"))
        .route("/keying/sw.js", get().to(worker))
        .route("/keying/manifest.webmanifest", get().to(manifest))
        .route("/keying/assets/{name}", get().to(script))
        .route("/keying/{page:.*}", get().to(page));
}

/// The one page. It is kept on devices, so it says nothing that depends on who asks.
fn shell() -> Result<String> {
    let tongue = Tongue { edition: Edition::Standard, language: DEFAULT_LANGUAGE.to_owned() };
    let context = json!({ "static": assets::root(), "app": SCRIPT.address });
    VIEWS.main("keying.jinja", &tongue, context).map_err(|cause| Error::Internal(cause.into()))
}

async fn page() -> Result<HttpResponse, Problem> {
    let body = shell()?;
    Ok(HttpResponse::Ok().content_type("text/html; charset=utf-8").insert_header((header::CACHE_CONTROL, "no-cache")).body(body))
}

async fn script(request: HttpRequest, name: Path<String>) -> HttpResponse {
    if !SCRIPT.address.ends_with(&format!("/{name}")) {
        return HttpResponse::NotFound().finish();
    }
    let tag = format!("\"{name}\"");
    let known = request.headers().get(header::IF_NONE_MATCH).is_some_and(|value| value == tag.as_str());
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable")).insert_header((header::ETAG, tag));
    if known { response.finish() } else { response.content_type("text/javascript; charset=utf-8").body(SCRIPT.body.clone()) }
}

/// What a device needs to open the app without a network, and a name that changes with any of it.
fn shell_list() -> Result<serde_json::Value> {
    let files: Vec<String> = ["/keying/", "/keying/manifest.webmanifest", &SCRIPT.address]
        .map(str::to_owned)
        .into_iter()
        .chain(assets::shell())
        .collect();
    let mut whole = Sha256::new();
    whole.update(shell()?);
    for file in &files {
        whole.update(file);
    }
    Ok(json!({ "version": hex(&whole.finalize()[..8]), "files": files }))
}

/// The worker with its list before it. Where the app is switched off the list is empty, and the worker takes itself away.
async fn worker(app: Data<App>) -> Result<HttpResponse, Problem> {
    let list = if app.config.offline_app { shell_list()? } else { json!({ "version": "", "files": [] }) };
    let code = String::from_utf8_lossy(&built("sw.js")).into_owned();
    let body = format!("const SHELL = {list};\n{code}");
    let caching = (header::CACHE_CONTROL, "no-cache");
    Ok(HttpResponse::Ok().content_type("text/javascript; charset=utf-8").insert_header(caching).body(body))
}

async fn manifest() -> HttpResponse {
    let icon = |file: &str, sizes: &str, kind: &str| json!({ "src": format!("{}/{file}", assets::root()), "sizes": sizes, "type": kind });
    let body = json!({
        "id": "/keying/",
        "name": "Soundings: keying and interviews",
        "short_name": "Soundings",
        "description": "Key paper and interview people, also without a network.",
        "lang": "en-GB",
        "start_url": "/keying/",
        "scope": "/keying/",
        "display": "standalone",
        "background_color": "#f0f4f5",
        "theme_color": "#1d4f5c",
        "icons": [
            icon("icon-192.png", "192x192", "image/png"),
            icon("icon-512.png", "512x512", "image/png"),
            icon("icon.svg", "any", "image/svg+xml"),
        ],
    });
    let kind = "application/manifest+json; charset=utf-8";
    HttpResponse::Ok().content_type(kind).insert_header((header::CACHE_CONTROL, "no-cache")).body(body.to_string())
}
