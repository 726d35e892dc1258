//! Suggestions for a question: making them, what became of them, and taking many over at once with a measured precision.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::web::{self, Data, Form, Path, Query};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::overview::Answers;
use super::{Here, words};
use crate::analysis::coding::{Own, is_coded};
use crate::analysis::dataset_as_of;
use crate::analysis::suggest::accept::{self, Preview, Refused};
use crate::analysis::suggest::classifier::{FEW, LEAST};
use crate::analysis::suggesting::{METHOD, Record, make as learn_and_suggest, probability};
use crate::app::App;
use crate::domain::access::CODES;
use crate::domain::codeframe::Codeframe;
use crate::domain::coding::{Act, Answered, Coding};
use crate::error::{Error, Result};
use crate::store::begin_write;
use crate::store::themes::codings::{self, At, Step};
use crate::store::themes::suggestions::{self, New, Run};
use crate::store::themes::{frames, queues, reads};
use crate::web::staff::page::{Page, Seat, Sheet, Wrong, page, see_other};
use crate::web::staff::words::instant;

/// The same codings give the same suggestions.
const SEED: u64 = 1;

/// What was just done.
#[derive(Debug, Default, Deserialize)]
pub struct Done {
    done: Option<Uuid>,
}

/// A question with everything that suggestions are made of.
struct Ground {
    answers: Answers,
    frame: Codeframe,
    /// The answers that are coded twice: nothing is learnt from them, and nothing suggested for them.
    sample: BTreeSet<Uuid>,
}

impl Ground {
    async fn read(app: &App, here: &Here, question: &str) -> Result<Self> {
        let dataset = dataset_as_of(app.db(), &here.published, here.now).await?;
        let answers = Answers::read(app, here, &dataset, question).await?;
        let frame = frames::read(&app.db().read, &here.code).await?.of_question(question)?;
        let sample = queues::sample(&app.db().read, &here.code, question).await?.into_iter().collect();
        Ok(Self { answers, frame, sample })
    }

    fn open(&self) -> Vec<Own> {
        self.answers.own.iter().filter(|own| !self.sample.contains(&own.response_id)).cloned().collect()
    }

    fn coded(&self) -> usize {
        let coded = |own: &&Own| self.answers.codings.get(&own.response_id).is_some_and(is_coded);
        self.open().iter().filter(coded).count()
    }

    /// The answers that were coded blind, with the themes that count, or that were given first where nothing is settled.
    fn blind(&self) -> Vec<(Own, BTreeSet<Uuid>)> {
        let given = |coding: &Coding| {
            let first = coding.blind.values().find(|blind| blind.ended)?;
            let marks: Vec<Uuid> = if coding.before_settling.is_some() {
                coding.applied.keys().map(|mark| mark.theme).collect()
            } else {
                first.marks.iter().map(|mark| mark.theme).collect()
            };
            Some(marks.into_iter().map(|theme| self.frame.reads_as(theme)).collect())
        };
        let sampled = self.answers.own.iter().filter(|own| self.sample.contains(&own.response_id));
        sampled.filter_map(|own| Some((own.clone(), given(self.answers.codings.get(&own.response_id)?)?))).collect()
    }

    /// The open suggestions of a theme, for answers that nobody has coded: answer, suggestion, how sure.
    fn waiting(&self, theme: Uuid) -> Vec<(&Own, Uuid, u16)> {
        let open = self.answers.own.iter().filter(|own| !self.sample.contains(&own.response_id));
        open.filter_map(|own| {
            let coding = self.answers.codings.get(&own.response_id).filter(|coding| !is_coded(coding))?;
            let mut suggested = coding.suggested.iter();
            let (id, one) = suggested.find(|(_, one)| one.answered == Answered::Open && one.mark.theme == theme)?;
            Some((own, *id, one.confidence))
        })
        .collect()
    }
}

pub(super) async fn show(app: Data<App>, seat: Seat, path: Path<(String, String)>, done: Query<Done>) -> Page {
    let (code, question) = path.into_inner();
    let here = Here::new(&app, seat, code, CODES)?;
    shown(&app, &here, &question, done.done, &[]).await
}

async fn shown(app: &App, here: &Here, question: &str, step: Option<Uuid>, errors: &[Wrong]) -> Page {
    let (version, field) = here.question(question)?;
    let name = words::question(version, field);
    let ground = Ground::read(app, here, question).await?;
    let run = suggestions::last_run(&app.db().read, &here.code, question).await?;
    let context = json!({
        "code": here.code, "question": question, "name": name, "coded": ground.coded(), "least": LEAST, "step": step,
        "themes": told(&ground), "run": run.map(|run| json!({ "at": instant(run.made_at), "coded": run.coded,
            "method": run.method.replace('_', " "), "version": run.version })),
    });
    let back = format!("/staff/{}/coding/{question}", here.code);
    let sheet = Sheet {
        title: "Suggestions",
        template: "staff/coding-suggestions.jinja",
        back: Some(&back),
        consultation: Some(&here.published),
        errors,
        ..Sheet::default()
    };
    page(&here.seat, sheet, context)
}

/// What became of the suggestions, by theme.
fn told(ground: &Ground) -> Vec<Json> {
    let mut counts: BTreeMap<Uuid, [usize; 3]> = BTreeMap::new();
    let mut examples: BTreeMap<Uuid, usize> = BTreeMap::new();
    for coding in ground.answers.codings.values() {
        for one in coding.suggested.values() {
            let place = match one.answered {
                Answered::Open => 0,
                Answered::Accepted => 1,
                Answered::Rejected => 2,
            };
            counts.entry(one.mark.theme).or_default()[place] += 1;
        }
        let themes: BTreeSet<Uuid> = coding.applied.keys().map(|mark| ground.frame.reads_as(mark.theme)).collect();
        for theme in themes {
            *examples.entry(theme).or_default() += 1;
        }
    }
    let row = |theme: &crate::domain::codeframe::Entry| {
        let [open, accepted, rejected] = counts.get(&theme.id).copied().unwrap_or_default();
        let examples = examples.get(&theme.id).copied().unwrap_or_default();
        json!({ "id": theme.id, "name": theme.wording.name, "open": open, "accepted": accepted, "rejected": rejected,
            "examples": examples, "few": examples < FEW })
    };
    ground.frame.themes().map(row).collect()
}

pub(super) async fn make(app: Data<App>, seat: Seat, path: Path<(String, String)>) -> Page {
    let (code, question) = path.into_inner();
    let here = Here::new(&app, seat, code, CODES)?;
    here.question(&question)?;
    let ground = Ground::read(&app, &here, &question).await?;
    let made =
        web::block(move || learn_and_suggest(&ground.open(), &ground.blind(), (&ground.answers.codings, &ground.frame), SEED));
    let Some(made) = made.await.map_err(|error| Error::Internal(error.into()))? else {
        let wrong = Wrong::new("maincontent", format!("Nothing is suggested before {LEAST} answers are coded."));
        return shown(&app, &here, &question, None, &[wrong]).await;
    };
    let new: Vec<New> = made
        .suggested
        .into_iter()
        .map(|one| New { response_id: one.response_id, theme: one.theme, confidence: one.confidence, because: one.because })
        .collect();
    let report = serde_json::to_string(&made.records).map_err(anyhow::Error::from).map_err(Error::from)?;
    let run = Run {
        run_id: Uuid::now_v7(),
        method: METHOD.0.to_owned(),
        version: METHOD.1.to_owned(),
        coded: i32::try_from(made.coded).unwrap_or(i32::MAX),
        report,
        made_at: here.now,
    };
    suggestions::replace(app.db(), &here.code, &question, &run, &new, here.by()).await?;
    Ok(see_other(&format!("/staff/{}/coding/{question}/suggestions", here.code)))
}

/// How sure somebody wants to be, and of which run.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    precision: String,
    run: Option<Uuid>,
}

impl Wanted {
    /// In per cent; 90 unless somebody says otherwise.
    fn per_cent(&self) -> Option<u8> {
        let typed = self.precision.trim();
        let number = if typed.is_empty() { Ok(90) } else { typed.parse() };
        number.ok().filter(|number| (50..=100).contains(number))
    }
}

/// A theme whose suggestions somebody wants to take over, with what is known of it.
struct Many {
    here: Here,
    question: String,
    theme: Uuid,
    ground: Ground,
    run: Run,
}

impl Many {
    async fn open(app: &App, seat: Seat, (code, question, theme): (String, String, Uuid)) -> Result<Self> {
        let here = Here::new(app, seat, code, CODES)?;
        here.question(&question)?;
        let ground = Ground::read(app, &here, &question).await?;
        let run = suggestions::last_run(&app.db().read, &here.code, &question).await?.ok_or(Error::NotFound("suggestion"))?;
        if !ground.frame.themes().any(|one| one.id == theme) {
            return Err(Error::NotFound("theme"));
        }
        Ok(Self { here, question, theme, ground, run })
    }

    fn preview(&self, per_cent: u8) -> Result<std::result::Result<Preview, Refused>> {
        let records: BTreeMap<Uuid, Record> = serde_json::from_str(&self.run.report).map_err(anyhow::Error::from)?;
        let record = records.get(&self.theme).cloned().unwrap_or_default();
        let waiting: Vec<f32> = self.ground.waiting(self.theme).iter().map(|(.., sure)| probability(*sure)).collect();
        let (learnt, blind) = (Record::known(&record.learnt), Record::known(&record.blind));
        Ok(accept::preview(&waiting, &learnt, &blind, f64::from(per_cent) / 100.0, SEED))
    }

    async fn page(&self, app: &App, per_cent: u8, errors: &[Wrong]) -> Page {
        let here = &self.here;
        let (version, field) = here.question(&self.question)?;
        let theme = words::name(&self.ground.frame, self.theme);
        let mut context = json!({ "code": here.code, "question": self.question, "name": words::question(version, field),
            "chosen": theme, "precision": per_cent, "run": self.run.run_id });
        match self.preview(per_cent)? {
            Err(refused) => context["refused"] = json!(refused_words(&refused)),
            Ok(preview) => {
                let waiting = self.ground.waiting(self.theme);
                let samples: Vec<&Own> = preview.samples.iter().map(|place| waiting[*place].0).collect();
                let read: Vec<(Uuid, Uuid)> = samples.iter().map(|own| (own.response_id, own.revision_id)).collect();
                reads::note(app.db(), &here.code, &self.question, &read, here.by(), here.now).await?;
                let share = |value: f64| format!("{:.0}", value * 100.0);
                let measured = preview.precision;
                context["would"] = json!(preview.would.len());
                context["proven"] = json!(preview.proven);
                context["right"] = json!(measured.right);
                context["of"] = json!(measured.of);
                context["share"] = json!(share(measured.value()));
                context["low"] = json!(share(measured.low));
                context["high"] = json!(share(measured.high));
                context["samples"] = json!(samples.iter().map(|own| own.text.as_str()).collect::<Vec<_>>());
            }
        }
        let back = format!("/staff/{}/coding/{}/suggestions", here.code, self.question);
        let sheet = Sheet {
            title: "Take many over",
            template: "staff/coding-bulk.jinja",
            back: Some(&back),
            consultation: Some(&here.published),
            errors,
            ..Sheet::default()
        };
        page(&here.seat, sheet, context)
    }
}

fn refused_words(refused: &Refused) -> String {
    match refused {
        Refused::TooFewBlind { have } => format!(
            "{have} answers to this question were coded blind. Nothing is taken over at once before there are {}: nobody could say how many would be right.",
            accept::LEAST_BLIND
        ),
        Refused::NeverSure => {
            "However sure the machine is, this many were never right. Ask for fewer, or code more answers first.".to_owned()
        }
        Refused::NothingLikeIt => {
            "No answer that was coded blind is like those, so nobody can say how many would be right.".to_owned()
        }
    }
}

const PER_CENT: &str = "Say how many of 100 must be right, from 50 to 100.";

pub(super) async fn preview(app: Data<App>, seat: Seat, path: Path<(String, String, Uuid)>, wanted: Query<Wanted>) -> Page {
    let many = Many::open(&app, seat, path.into_inner()).await?;
    match wanted.per_cent() {
        Some(per_cent) => many.page(&app, per_cent, &[]).await,
        None => many.page(&app, 90, &[Wrong::new("precision", PER_CENT)]).await,
    }
}

pub(super) async fn accept(app: Data<App>, seat: Seat, path: Path<(String, String, Uuid)>, wanted: Form<Wanted>) -> Page {
    let many = Many::open(&app, seat, path.into_inner()).await?;
    let Some(per_cent) = wanted.per_cent() else {
        return many.page(&app, 90, &[Wrong::new("precision", PER_CENT)]).await;
    };
    let (here, home) = (&many.here, format!("/staff/{}/coding/{}/suggestions", many.here.code, many.question));
    let Ok(preview) = many.preview(per_cent)? else { return many.page(&app, per_cent, &[]).await };
    if wanted.run != Some(many.run.run_id) || preview.would.is_empty() {
        let errors =
            [Wrong::new("maincontent", "Suggestions were made anew, or answered, meanwhile. Look at what there is now.")];
        return many.page(&app, per_cent, &errors).await;
    }
    let waiting = many.ground.waiting(many.theme);
    let at = |place: &usize| {
        let (own, suggestion, _) = waiting[*place];
        let seen = many.ground.answers.codings.get(&own.response_id).map_or(0, |coding| coding.version);
        let acts = vec![Act::Accept { suggestion, stance: None }];
        At { response_id: own.response_id, revision_id: own.revision_id, length: own.text.chars().count(), seen, acts }
    };
    let together = Uuid::now_v7();
    let answers = preview.would.iter().map(at).collect();
    let step =
        Step { question: &many.question, frame: &many.ground.frame, together, action: "suggestions.accepted_together", answers };
    let tx = begin_write(&app.db().write).await.map_err(Error::from)?;
    if codings::carry_out(&tx, &here.code, step, here.by(), here.now).await?.is_err() {
        drop(tx);
        let errors = [Wrong::new("maincontent", "Somebody answered one of them meanwhile. Nothing was taken over; look again.")];
        return many.page(&app, per_cent, &errors).await;
    }
    tx.commit().await.map_err(Error::from)?;
    Ok(see_other(&format!("{home}?done={together}")))
}
