//! How well coders agree, on what each said first: percent agreement, kappa, alpha with intervals, by theme and pooled.

use actix_web::web::{self, Data, Path};
use serde_json::{Value as Json, json};

use super::{Here, twice, words};
use crate::app::App;
use crate::domain::access::SEES_THEMES;
use crate::domain::agreement::{self, Figures, Interval};
use crate::domain::coding::first_readings;
use crate::error::Error;
use crate::web::staff::page::{Page, Seat, Sheet, page};

/// How often the bootstrap draws, and from which seed: the page says the same every time.
const DRAWS: (usize, u64) = (1000, 1);

pub(super) async fn show(app: Data<App>, seat: Seat, path: Path<(String, String)>) -> Page {
    let (code, question) = path.into_inner();
    let here = Here::new(&app, seat, code, SEES_THEMES)?;
    let (version, field) = here.question(&question)?;
    let name = words::question(version, field);
    let (frame, codings) = twice::measured(&app, &here, &question).await?;
    let double = first_readings(&frame, &codings);
    let agreed = web::block(move || agreement::of(&double, DRAWS.0, DRAWS.1)).await;
    let agreed = agreed.map_err(|error| Error::Internal(error.into()))?;
    let rows: Vec<Json> = agreed.themes.iter().map(|(id, figures)| row(&words::name(&frame, *id), figures)).collect();
    let context = json!({
        "code": here.code, "question": question, "name": name, "answers": agreed.answers, "rows": rows,
        "pooled": row("All themes together", &agreed.pooled), "sets": figure(agreed.sets), "sets_interval": between(agreed.sets_interval),
    });
    let back = format!("/staff/{}/coding/{question}", here.code);
    let sheet = Sheet {
        title: "Quality of coding",
        template: "staff/coding-quality.jinja",
        back: Some(&back),
        consultation: Some(&here.published),
        ..Sheet::default()
    };
    page(&here.seat, sheet, context)
}

fn row(name: &str, figures: &Figures) -> Json {
    let percent = figures.percent.map_or_else(|| "[z]".to_owned(), |share| format!("{:.1}%", share * 100.0));
    json!({ "name": name, "decisions": figures.decisions, "applied": figures.applied, "said": figures.said, "percent": percent,
        "kappa": figure(figures.kappa), "alpha": figure(figures.alpha), "interval": between(figures.alpha_interval), "lopsided": figures.lopsided })
}

/// A figure; `[z]` for one that cannot be.
fn figure(value: Option<f64>) -> String {
    value.map_or_else(|| "[z]".to_owned(), |value| format!("{value:.3}"))
}

fn between(interval: Option<Interval>) -> String {
    interval.map_or_else(|| "[z]".to_owned(), |interval| format!("{:.3} to {:.3}", interval.low, interval.high))
}
