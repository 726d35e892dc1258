//! Files on their way in and out, the same for the API and for the pages: received into the data folder within bounds, swept
//! after a day, handed back marked.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::error::PayloadError;
use actix_web::http::header;
use actix_web::web::{self, Bytes};
use anyhow::Context as _;
use futures_util::{Stream, StreamExt as _};
use tempfile::NamedTempFile;

use crate::error::{Error, Result};
use crate::intake::upload::{self, FILE_LIMIT, Report, Upload};

/// How old a file must be before nobody can still be reading it.
const LEFT_BEHIND: Duration = Duration::from_hours(24);

/// Where files lie until they are stored.
#[must_use]
pub fn folder(data: &Path) -> PathBuf {
    data.join("uploads")
}

/// A file under the data folder with what the chunks hold, gone when it is dropped. When they are more than a file may have,
/// the rest of them is left unread.
///
/// # Errors
/// [`Error::TooLarge`], or what the chunks end with.
pub async fn receive(data: &Path, chunks: impl Stream<Item = Result<Bytes>>) -> Result<NamedTempFile> {
    let folder = folder(data);
    let mut file = blocking(move || {
        std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
        sweep(&folder);
        NamedTempFile::new_in(&folder).with_context(|| format!("making a file in {}", folder.display()))
    })
    .await?;
    let mut size = 0;
    let mut chunks = std::pin::pin!(chunks);
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk?;
        size += chunk.len();
        if size > FILE_LIMIT {
            return Err(Error::TooLarge(FILE_LIMIT));
        }
        file = blocking(move || file.write_all(&chunk).context("keeping the upload").map(|()| file)).await?;
    }
    Ok(file)
}

/// Why a body did not arrive whole.
#[must_use]
pub fn cut_off(error: PayloadError) -> Error {
    match error {
        PayloadError::Overflow => Error::TooLarge(FILE_LIMIT),
        error => Error::unreadable("cut_off", format!("the file did not arrive whole ({error}); send it again")),
    }
}

/// Remove what a process that was killed left behind: files hold what people wrote, and none is needed for a day.
fn sweep(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let age = entry.metadata().and_then(|metadata| metadata.modified()).ok().and_then(|modified| modified.elapsed().ok());
        if age.is_some_and(|age| age > LEFT_BEHIND) {
            // Another instance may have removed it a moment before.
            let _gone = std::fs::remove_file(entry.path());
        }
    }
}

/// Do something that waits for the disk where waiting is allowed.
///
/// # Errors
/// What it ends with.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> anyhow::Result<T> + Send + 'static) -> Result<T> {
    Ok(web::block(work).await.map_err(|error| Error::Internal(error.into()))??)
}

/// A file as a workbook with what its report says beside each line.
///
/// # Errors
/// When it cannot be read again or written.
pub async fn marked(data: &Path, upload: &Upload, report: &Report) -> Result<Vec<u8>> {
    let folder = folder(data);
    let marked = blocking(move || NamedTempFile::new_in(folder).context("making a file")).await?;
    upload::marked(upload, report, marked.path()).await?;
    blocking(move || std::fs::read(marked.path()).context("reading the marked workbook")).await
}

/// Bytes to be saved under a name, and kept by nobody on the way.
#[must_use]
pub fn attachment(kind: &str, name: &str, bytes: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(kind)
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(bytes)
}
