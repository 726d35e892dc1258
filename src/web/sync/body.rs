//! Bodies of devices: read and unpacked in bounded memory.

use std::io::Read as _;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::error::PayloadError;
use actix_web::http::header;
use actix_web::web::{self, Bytes, Payload};
use flate2::read::GzDecoder;
use futures_util::StreamExt as _;

use super::Fault;
use crate::app::App;
use crate::domain::sync::{BATCH_BYTES, COMPRESSED_BYTES};
use crate::error::Error;

/// The largest rescue file, unpacked, in bytes: some ten thousand items.
const FILE_BYTES: usize = 64 * 1024 * 1024;

/// How long a body may take to arrive: a full push over the slowest telephone line that is any use.
const ARRIVAL: Duration = Duration::from_mins(3);

/// The body in its turn. When too many are being read at once it is thrown away as it comes, so that whoever sends it
/// hears that they are to come again and does not merely see the connection break.
///
/// # Errors
/// `busy` when there is no turn, and as [`read`].
pub async fn take(app: &App, request: &HttpRequest, payload: Payload) -> Result<String, Fault> {
    let Some(_turn) = app.sync.may_read() else {
        drain(payload).await;
        return Err(Fault::busy());
    };
    read(request, payload).await
}

/// Throw a body away as it comes, for a little while.
pub async fn drain(mut payload: Payload) {
    let all = async { while let Some(Ok(_)) = payload.next().await {} };
    // Whoever is slower than this sees the connection break, and sends again as after any break.
    let _too_slow = tokio::time::timeout(Duration::from_secs(5), all).await;
}

/// The body, unpacked, as text.
///
/// # Errors
/// `too_large` when it has more bytes, on the way or unpacked, than a push may have; and when it is no text.
async fn read(request: &HttpRequest, payload: Payload) -> Result<String, Fault> {
    let packing = request.headers().get(header::CONTENT_ENCODING).and_then(|value| value.to_str().ok());
    let is_packed = match packing.unwrap_or("identity") {
        "identity" => false,
        "gzip" => true,
        _ => return Err(Fault::packing("send the body as it is, or packed with gzip")),
    };
    let most = if is_packed { COMPRESSED_BYTES } else { BATCH_BYTES };
    let cut_off = || Error::unreadable("cut_off", "the body did not arrive whole; send it again");
    let body = tokio::time::timeout(ARRIVAL, collect(payload, most)).await.map_err(|_late| cut_off())??;
    let bytes = if is_packed {
        web::block(move || unpack(&body)).await.map_err(|error| Error::Internal(error.into()))??
    } else {
        body.to_vec()
    };
    String::from_utf8(bytes).map_err(|_no_text| Error::unreadable("not_utf8", "the body is not UTF-8").into())
}

async fn collect(mut payload: Payload, most: usize) -> Result<Bytes, Error> {
    let mut body = web::BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| match error {
            PayloadError::Overflow => Error::TooLarge(most),
            error => Error::unreadable("cut_off", format!("the body did not arrive whole ({error}); send it again")),
        })?;
        if body.len() + chunk.len() > most {
            return Err(Error::TooLarge(most));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// A file as text, whether it is packed or not.
pub fn text(bytes: &[u8]) -> Result<String, Fault> {
    let bytes = if bytes.starts_with(&[0x1f, 0x8b]) { unpack_to(bytes, FILE_BYTES)? } else { bytes.to_vec() };
    String::from_utf8(bytes).map_err(|_no_text| Error::unreadable("not_utf8", "the file is not a rescue file").into())
}

/// However little a body is on the way, no more is unpacked than a push may have.
fn unpack(body: &[u8]) -> Result<Vec<u8>, Error> {
    unpack_to(body, BATCH_BYTES)
}

fn unpack_to(body: &[u8], bytes: usize) -> Result<Vec<u8>, Error> {
    let mut text = Vec::with_capacity(body.len().saturating_mul(4).min(bytes));
    let most = u64::try_from(bytes).unwrap_or(u64::MAX);
    let broken = |error| Error::unreadable("not_gzip", format!("the body cannot be unpacked ({error}); send it again"));
    GzDecoder::new(body).take(most + 1).read_to_end(&mut text).map_err(broken)?;
    if text.len() > bytes {
        return Err(Error::TooLarge(bytes));
    }
    Ok(text)
}
