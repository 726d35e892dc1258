//! A new file: the form, and the file received and kept until its person has decided.

use actix_multipart::{Multipart, MultipartError};
use actix_web::web::{Data, Path};
use anyhow::Context as _;
use futures_util::TryStreamExt as _;
use serde_json::json;
use tempfile::NamedTempFile;
use uuid::Uuid;

use super::when;
use super::work::{self, By, Task};
use crate::app::App;
use crate::domain::access::Role;
use crate::domain::submission::Channel;
use crate::error::{Error, Result};
use crate::intake::upload::{FILE_LIMIT, Mapping};
use crate::store::uploads;
use crate::store::waiting::{self, State, Waiting};
use crate::web::staff::page::{Page, Seat, Sheet, Wrong, page, see_other};
use crate::web::uploads::receiving::{self, blocking};

/// The most bytes that are read at all: what goes over the limit is read on and thrown away, so that the browser sees why.
const WHOLE_LIMIT: usize = 4 * FILE_LIMIT;

/// The most bytes of a field beside the file.
const FIELD_LIMIT: usize = 1_000;

/// The most letters kept of a file's name.
const NAME_LIMIT: usize = 120;

/// What was posted.
#[derive(Default)]
struct Posted {
    channel: String,
    mapping: String,
    file: Option<(String, Result<NamedTempFile>)>,
}

pub(super) async fn new(app: Data<App>, seat: Seat, code: Path<String>) -> Page {
    seat.require(Role::DeskOfficer, &code)?;
    form(&app, &seat, &code, &Posted::default(), &[]).await
}

pub(super) async fn receive(app: Data<App>, seat: Seat, code: Path<String>, parts: Multipart) -> Page {
    let actor = seat.require(Role::DeskOfficer, &code)?.name.clone();
    app.intake.shelf.consultation(&code)?;
    let mut posted = read(&app, parts).await?;
    let mut errors = Vec::new();
    let file = match posted.file.take() {
        None => Err("Choose the file: CSV, XLSX or ODS.".to_owned()),
        Some((_, Err(Error::TooLarge(_)))) => {
            Err("The file is larger than 50 MB. Split it into several files, or save it without pictures.".to_owned())
        }
        Some((_, Err(error))) => return Err(error.into()),
        Some((name, Ok(file))) => Ok((name, file)),
    };
    let channel = Channel::from_code(&posted.channel).filter(|channel| *channel != Channel::Online);
    if channel.is_none() {
        errors.push(Wrong::new("channel", "Choose how the answers came in."));
    }
    if let Err(why) = &file {
        errors.push(Wrong::new("file", why));
    }
    let (Ok((name, file)), Some(channel)) = (file, channel) else { return form(&app, &seat, &code, &posted, &errors).await };
    let earlier = Some(posted.mapping.as_str()).filter(|earlier| !earlier.is_empty());
    let mapping = crate::web::uploads::mapping(&app, &code, earlier).await?;
    let waiting = keep(&app, &code, &actor, (name, file), channel, &mapping).await?;
    work::begin(&app, &By::new(&seat), &waiting, waiting.run_id, &mapping, Task::Check).await?;
    Ok(see_other(&format!("/staff/{code}/uploads/waiting/{}", waiting.waiting_id)))
}

/// Keep a file under its own name in the data folder, with its row.
async fn keep(
    app: &App,
    code: &str,
    actor: &str,
    (name, file): (String, NamedTempFile),
    channel: Channel,
    mapping: &Mapping,
) -> Result<Waiting> {
    let now = app.now();
    let waiting = Waiting {
        consultation: code.to_owned(),
        waiting_id: Uuid::now_v7(),
        file_name: name,
        channel: channel.code().to_owned(),
        mapping: serde_json::to_string(mapping).map_err(anyhow::Error::from)?,
        actor: actor.to_owned(),
        state: State::Failed,
        run_id: Uuid::now_v7(),
        lines: 0,
        lines_of: None,
        report: None,
        fault: None,
        upload_id: None,
        made_at: now,
        seen_at: now,
    };
    let place = work::place(app, &waiting);
    blocking(move || file.persist(&place).map(drop).context("keeping the upload")).await?;
    waiting::add(&app.db().write, &waiting).await?;
    Ok(waiting)
}

async fn read(app: &App, mut parts: Multipart) -> Result<Posted> {
    let mut posted = Posted::default();
    let mut thrown_away = 0;
    while let Some(mut part) = parts.try_next().await.map_err(unreadable)? {
        let name = part.name().unwrap_or_default().to_owned();
        let file = part.content_disposition().and_then(|disposition| disposition.get_filename().map(file_name));
        if let Some(file) = file {
            let received = receiving::receive(&app.config.data, (&mut part).map_err(unreadable)).await;
            if matches!(received, Err(Error::TooLarge(_))) {
                while let Some(chunk) = part.try_next().await.map_err(unreadable)? {
                    thrown_away += chunk.len();
                    if thrown_away > WHOLE_LIMIT {
                        return Err(Error::TooLarge(FILE_LIMIT));
                    }
                }
            }
            // A browser sends an unchosen file as one without a name.
            if !file.is_empty() {
                posted.file = Some((file, received));
            }
            continue;
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = part.try_next().await.map_err(unreadable)? {
            if bytes.len() + chunk.len() > FIELD_LIMIT {
                return Err(Error::TooLarge(FIELD_LIMIT));
            }
            bytes.extend_from_slice(&chunk);
        }
        let value = String::from_utf8_lossy(&bytes).trim().to_owned();
        match name.as_str() {
            "channel" => posted.channel = value,
            "mapping" => posted.mapping = value,
            _ => {}
        }
    }
    Ok(posted)
}

/// A file's name without the folders some browsers put before it, and without what a page cannot show.
fn file_name(sent: &str) -> String {
    let name = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    name.chars().filter(|letter| !letter.is_control()).take(NAME_LIMIT).collect::<String>().trim().to_owned()
}

#[expect(clippy::needless_pass_by_value, reason = "the reader hands its errors over by value")]
fn unreadable(error: MultipartError) -> Error {
    Error::unreadable("not_a_form", format!("The file did not arrive whole ({error}). Go back and send it again."))
}

async fn form(app: &App, seat: &Seat, code: &str, posted: &Posted, errors: &[Wrong]) -> Page {
    let published = app.intake.shelf.consultation(code)?;
    let mut channels = vec![json!({ "value": "", "text": "Choose one" })];
    channels.extend(
        Channel::ALL
            .into_iter()
            .filter(|channel| *channel != Channel::Online)
            .map(|channel| json!({ "value": channel.code(), "text": channel_words(channel) })),
    );
    let mut earlier = vec![json!({ "value": "", "text": "None: find out how this file is laid out" })];
    let all = uploads::all(&app.db().read, code).await?;
    earlier.extend(all.iter().rev().take(50).map(|listed| {
        json!({ "value": listed.upload.upload_id, "text": format!("As {}, {}", listed.upload.file_name, when(listed.began_at)) })
    }));
    let context = json!({
        "code": code, "channels": channels, "channel": posted.channel, "earlier": earlier, "mapping": posted.mapping,

    });
    let back = format!("/staff/{code}/uploads");
    let sheet = Sheet {
        title: "Upload a spreadsheet",
        template: "staff/upload-new.jinja",
        back: Some(&back),
        consultation: Some(&published),
        errors,
        ..Sheet::default()
    };
    page(seat, sheet, context)
}

/// How answers came in, in words.
const fn channel_words(channel: Channel) -> &'static str {
    match channel {
        Channel::Online => "Online",
        Channel::Paper => "On paper",
        Channel::FaceToFace => "In interviews",
        Channel::Workshop => "At a workshop",
        Channel::Letter => "In letters",
        Channel::Email => "By e-mail",
        Channel::Telephone => "By telephone",
        Channel::Petition => "With a petition",
        Channel::Import => "In another organisation\u{2019}s own survey or system",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_without_its_folders() {
        assert_eq!(file_name("C:\\fakepath\\library 3.xlsx"), "library 3.xlsx");
        assert_eq!(file_name("../../etc/library.csv"), "library.csv");
        assert_eq!(file_name("a\r\nb.csv"), "ab.csv");
        assert_eq!(file_name(""), "");
    }
}
