//! Drawing a queue of answers for a coder.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::web::{self, Data, Form, Path};
use serde::Deserialize;
use uuid::Uuid;

use super::answer::{From, words_of};
use super::overview::{self, Answers};
use super::recheck::Again;
use super::{Here, twice};
use crate::analysis::coding::{self, Kind, Own, is_coded};
use crate::analysis::dataset_as_of;
use crate::app::App;
use crate::domain::access::CODES;
use crate::domain::codeframe::Codeframe;
use crate::error::{Error, Result};
use crate::store::chance;
use crate::store::themes::frames;
use crate::store::themes::queues::{self, Item, Queue};
use crate::web::staff::page::{Page, Seat, Wrong, see_other};

/// Which queue somebody wants.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    words: String,
    #[serde(default)]
    to: String,
}

pub(super) async fn draw(app: Data<App>, seat: Seat, path: Path<(String, String)>, form: Form<Wanted>) -> Page {
    let (code, question) = path.into_inner();
    let here = Here::new(&app, seat, code, CODES)?;
    here.question(&question)?;
    let kind = match kind(&app, &here, &question, &form).await? {
        Ok(kind) => kind,
        Err(wrong) => return overview::shown(&app, &here, &question, From::default(), &[wrong]).await,
    };
    let dataset = dataset_as_of(app.db(), &here.published, here.now).await?;
    let mut answers = Answers::read(&app, &here, &dataset, &question).await?;
    let frame = frames::read(&app.db().read, &here.code).await?.of_question(&question)?;
    let hidden = twice::hidden(&app, &here, &question).await?;
    answers.own.retain(|own| !hidden.contains(&own.response_id));
    let (kind, listed) = match kind {
        Kind::Recheck(_) => {
            let again = Again::read(&app, &here, &dataset, &question).await?;
            (Kind::Recheck(again.sought()), Some(again.all()))
        }
        kind => (kind, None),
    };
    let seed = u64::from_le_bytes(chance::bytes()?);
    let made = kind.clone();
    let items = web::block(move || drawn(&made, &answers, listed.as_ref(), &frame, seed)).await;
    let items = items.map_err(|error| Error::Internal(error.into()))?;
    let Some(first) = items.first().map(|item| item.answer) else {
        let wrong = Wrong::new(field(&kind), nothing(&kind));
        return overview::shown(&app, &here, &question, From::default(), &[wrong]).await;
    };
    let (queue_id, staff_id) = (Uuid::now_v7(), here.seat.staff_id());
    let queue = Queue { queue_id, question: question.clone(), staff_id, kind: kind.code().to_owned(), items };
    queues::keep(app.db(), &here.code, &queue, here.now).await?;
    Ok(see_other(&format!("/staff/{}/coding/{question}/{first}?queue={queue_id}", here.code)))
}

async fn kind(app: &App, here: &Here, question: &str, wanted: &Wanted) -> Result<std::result::Result<Kind, Wrong>> {
    Ok(Ok(match wanted.kind.as_str() {
        "rare" => Kind::Rare,
        "check" => Kind::Check,
        "random" => Kind::Random,
        "recheck" => Kind::Recheck(String::new()),
        "search" if wanted.words.trim().is_empty() => {
            return Ok(Err(Wrong::new("words", "Type the words to look for.")));
        }
        "search" => Kind::Search(wanted.words.clone()),
        "similar" => {
            let response = wanted.to.parse().map_err(|_unreadable| Error::NotFound("answer"))?;
            Kind::Similar(words_of(app, here, question, response).await?.1)
        }
        _ => return Ok(Err(Wrong::new("kind", "Choose which answers to code next."))),
    }))
}

const fn field(kind: &Kind) -> &'static str {
    if matches!(kind, Kind::Search(_)) { "words" } else { "kind" }
}

const fn nothing(kind: &Kind) -> &'static str {
    match kind {
        Kind::Check => "Too few answers are coded to say which to check. Choose another queue.",
        Kind::Search(_) => "No answer has all of these words. Try fewer, or only the beginning of a word.",
        Kind::Similar(_) => "No answer that waits is like this one.",
        Kind::Recheck(_) => "Nothing is to be looked at again.",
        Kind::Rare | Kind::Random => "Every answer to this question is coded.",
    }
}

/// The queue: one answer of each text, with its repeats that wait as well.
fn drawn(kind: &Kind, answers: &Answers, listed: Option<&BTreeSet<Uuid>>, frame: &Codeframe, seed: u64) -> Vec<Item> {
    let waits = |own: &&Own| match listed {
        Some(listed) => listed.contains(&own.response_id),
        None => !answers.codings.get(&own.response_id).is_some_and(is_coded),
    };
    let waiting: Vec<&Own> = answers.own.iter().filter(waits).collect();
    let groups = coding::repeats(waiting.iter().copied());
    let firsts: Vec<&Own> = groups.iter().map(|(first, _)| *first).collect();
    let repeats: BTreeMap<Uuid, Vec<Uuid>> =
        groups.iter().map(|(first, others)| (first.response_id, others.iter().map(|own| own.response_id).collect())).collect();
    let learning = match kind {
        Kind::Rare | Kind::Check => coding::learn(&answers.own, &answers.codings, frame, seed),
        _ => None,
    };
    let chosen = coding::draw(kind, (&answers.own, &firsts), learning.as_ref(), seed);
    let item = |own: &Own| {
        let answer = own.response_id;
        Item { answer, repeats: repeats.get(&answer).cloned().unwrap_or_default() }
    };
    chosen.into_iter().map(item).collect()
}
