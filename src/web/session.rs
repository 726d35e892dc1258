//! Who is asking: the holder of a bearer token, in the `Authorization` header or in the cookie the results' sign-in page
//! sets, or somebody who has signed in to the desk.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};

use super::problem::Problem;
use crate::app::App;
use crate::domain::access::{Actor, Role};
use crate::error::{Error, Result};
use crate::staff;
use crate::store::access::{self, Bearer};

/// The cookie that holds a pasted token.
pub const COOKIE: &str = "soundings_token";

/// The cookie that holds a staff session.
pub const STAFF_COOKIE: &str = "soundings_staff";

/// The staff session a browser sends.
#[must_use]
pub fn staff_secret(request: &HttpRequest) -> Option<String> {
    request.cookie(STAFF_COOKIE).map(|cookie| cookie.value().to_owned()).filter(|secret| !secret.is_empty())
}

/// Who is asking, if they said.
#[derive(Debug, Clone, Default)]
pub struct Caller(pub Option<Actor>);

impl Caller {
    /// The one who asks, when they may act in this role in this consultation.
    ///
    /// # Errors
    /// [`Error::SignIn`] when nobody is signed in, [`Error::Forbidden`] when somebody is who may not.
    pub fn require(&self, role: Role, consultation: &str) -> Result<&Actor> {
        let actor = self.0.as_ref().ok_or(Error::SignIn)?;
        if actor.may(role, consultation) { Ok(actor) } else { Err(Error::Forbidden) }
    }
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let (secret, session) = (secret(request), staff_secret(request));
        let app = request.app_data::<Data<App>>().cloned();
        Box::pin(async move {
            let Some(app) = app else { return Ok(Self(None)) };
            if let Some(secret) = secret {
                return match access::bearer(app.db(), &secret, app.now()).await? {
                    Bearer::Actor(actor) => Ok(Self(Some(actor))),
                    Bearer::Expired => Err(Problem(Error::TokenExpired)),
                    Bearer::Revoked => Err(Problem(Error::TokenRevoked)),
                    Bearer::Unknown => Err(Problem(Error::SignIn)),
                };
            }
            let Some(session) = session else { return Ok(Self(None)) };
            let signed = staff::signed(app.db(), &session, app.now()).await?;
            Ok(Self(signed.and_then(|signed| signed.actor())))
        })
    }
}

fn secret(request: &HttpRequest) -> Option<String> {
    let header = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    match header {
        Some(value) => value.strip_prefix("Bearer ").map(|secret| secret.trim().to_owned()),
        None => request.cookie(COOKIE).map(|cookie| cookie.value().to_owned()),
    }
}
