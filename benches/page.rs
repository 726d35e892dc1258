//! A public page: what a resident asks for who has answered a page and goes on to the next, with their draft's cookie.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::answers::CONSULTATION;
use crate::load::{self, Measured, Request};
use crate::process::Server;

/// Ask for the page about the first service from this many connections.
pub async fn read(server: &Server, connections: usize, compressed: bool, span: Duration) -> Result<Measured> {
    let cookie = begin(server).await?;
    let encoding = if compressed { "accept-encoding: gzip\r\n" } else { "" };
    let request = || {
        let text = format!(
            "GET /{CONSULTATION}/standard/bariatric HTTP/1.1\r\nhost: {}\r\ncookie: {cookie}\r\n{encoding}\r\n",
            server.address
        );
        Request { bytes: text.into_bytes(), ids: Vec::new() }
    };
    load::run(server, (0..connections).map(|_| request()).collect(), 200, span).await
}

/// Answer the first page, and keep the cookie.
async fn begin(server: &Server) -> Result<String> {
    let body = "council_area=southend&relation=current_user&then=continue";
    let text = format!(
        "POST /{CONSULTATION}/standard/you-and-the-services HTTP/1.1\r\nhost: {}\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        server.address,
        body.len()
    );
    let mut stream = TcpStream::connect(&server.address).await?;
    stream.write_all(text.as_bytes()).await?;
    let mut answer = Vec::new();
    let status = load::read(&mut stream, &mut answer).await?;
    let answer = String::from_utf8(answer)?;
    ensure!(status == 303, "the first page was not taken");
    let cookie = load::header(&answer, "set-cookie").context("a cookie for the draft")?;
    Ok(cookie.split(';').next().unwrap_or_default().to_owned())
}
