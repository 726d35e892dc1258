//! Static files: stylesheets and pictures, embedded, under an address that changes when any of them does.

use std::collections::HashMap;
use std::sync::LazyLock;

use actix_web::http::header;
use actix_web::web::{Bytes, Path, ServiceConfig, get};
use actix_web::{HttpRequest, HttpResponse};
use rust_embed::RustEmbed;
use sha2::{Digest as _, Sha256};

use super::view::pictures;
use crate::domain::response::hex;

#[derive(RustEmbed)]
#[folder = "src/web/static/"]
struct Own;

#[derive(RustEmbed)]
#[folder = "assets/vendor/"]
#[include = "nhsuk-frontend.min.css"]
#[include = "images/*.svg"]
struct Vendor;

struct Assets {
    root: String,
    files: HashMap<String, File>,
}

struct File {
    body: Bytes,
    kind: &'static str,
    etag: String,
}

static ASSETS: LazyLock<Assets> = LazyLock::new(collect);

/// The address under which every static file is found.
#[must_use]
pub fn root() -> &'static str {
    &ASSETS.root
}

/// The addresses of what the device app's own page shows; the forms' pictures and what only other pages use are left out.
pub fn shell() -> impl Iterator<Item = String> {
    let mut names: Vec<&String> = ASSETS.files.keys().filter(|name| is_of_the_shell(name)).collect();
    names.sort();
    names.into_iter().map(|name| format!("{}/{name}", root()))
}

fn is_of_the_shell(name: &str) -> bool {
    name.starts_with("images/") || ["nhsuk-frontend.min.css", "soundings.css", "device.css", "icon.svg"].contains(&name)
}

/// The addresses of the static files.
pub fn routes(config: &mut ServiceConfig) {
    config.route("/static/{version}/{path:.*}", get().to(serve)).route("/favicon.ico", get().to(no_icon));
}

fn collect() -> Assets {
    let embedded = |name: &str, data: &[u8]| (name.to_owned(), data.to_vec());
    let mut all: Vec<(String, Vec<u8>)> = Vec::new();
    all.extend(Own::iter().filter_map(|name| Own::get(&name).map(|file| embedded(&name, &file.data))));
    all.extend(Vendor::iter().filter_map(|name| Vendor::get(&name).map(|file| embedded(&name, &file.data))));
    all.extend(pictures::all().map(|(name, data)| (format!("pictures/{name}"), data)));
    all.sort();
    let mut whole = Sha256::new();
    for (name, data) in &all {
        whole.update(name);
        whole.update(data);
    }
    let version = hex(&whole.finalize()[..8]);
    let root = format!("/static/{version}");
    let files = all.into_iter().map(|(name, data)| {
        let data = at_root(&name, data, &root);
        let etag = format!("\"{}\"", hex(&Sha256::digest(&data)[..8]));
        let file = File { kind: kind(&name), etag, body: Bytes::from(data) };
        (name, file)
    });
    Assets { files: files.collect(), root }
}

/// The design system's stylesheet looks for its images under `/assets`.
fn at_root(name: &str, data: Vec<u8>, root: &str) -> Vec<u8> {
    match String::from_utf8(data) {
        Ok(text) if kind(name).starts_with("text/css") => {
            text.replace("url(/assets/images/", &format!("url({root}/images/")).into_bytes()
        }
        Ok(text) => text.into_bytes(),
        Err(bytes) => bytes.into_bytes(),
    }
}

fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    }
}

async fn serve(request: HttpRequest, path: Path<(String, String)>) -> HttpResponse {
    let (version, name) = path.into_inner();
    let Some(file) = ASSETS.files.get(&name) else { return HttpResponse::NotFound().finish() };
    let current = ASSETS.root.ends_with(&version);
    let caching = if current { "public, max-age=31536000, immutable" } else { "public, max-age=60" };
    let known = request.headers().get(header::IF_NONE_MATCH).is_some_and(|tag| tag == file.etag.as_str());
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((header::CACHE_CONTROL, caching)).insert_header((header::ETAG, file.etag.clone()));
    if known { response.finish() } else { response.content_type(file.kind).body(file.body.clone()) }
}

async fn no_icon() -> HttpResponse {
    HttpResponse::NotFound().finish()
}
