//! Differences between two keyings: a third person, who keyed neither, says what stands on the sheet.

use actix_web::web::{Data, Form, Path};
use serde_json::json;

use super::super::page::{Page, Seat, Sheet as Around, Wrong, page, see_other};
use super::paper_view::Paper;
use super::{Here, why};
use crate::app::App;
use crate::domain::access::Role;
use crate::intake::keyed::entry::{Entry, Wrong as Fault};
use crate::intake::keyed::{self, Place, Settled, Side};
use crate::store::batches;
use crate::web::noting::note;

/// Every sheet that waits for this person.
pub(super) async fn waiting(app: Data<App>, seat: Seat, code: Path<String>) -> Page {
    let here = Here::new(&app, seat, code.into_inner(), &[Role::Verifier])?;
    let pairs = batches::pairs(&app.db().read, &here.code).await?;
    let open = pairs.iter().filter(|stored| !stored.pair.verdicts.open().is_empty());
    let (own, waiting): (Vec<_>, Vec<_>) =
        open.partition(|stored| [&stored.pair.first_by, &stored.pair.second_by].into_iter().any(|by| by == here.me()));
    let sheets: Vec<_> = waiting
        .iter()
        .map(|stored| {
            let places = stored.pair.verdicts.open().len();
            json!({
                "href": here.address(&format!("batches/{}/sheets/{}/settle", stored.batch, stored.sheet)),
                "text": format!("Batch {}, sheet {}", stored.batch, stored.sheet),
                "places": if places == 1 { "1 place".to_owned() } else { format!("{places} places") },
            })
        })
        .collect();
    let around = Around {
        title: "Differences to settle",
        template: "staff/differences.jinja",
        back: Some("/staff"),
        consultation: Some(&here.published),
        ..Around::default()
    };
    page(&here.seat, around, json!({ "sheets": sheets, "own": own.len() }))
}

pub(super) async fn show(app: Data<App>, seat: Seat, path: Path<(String, u32, u32)>) -> Page {
    let (code, batch, sheet) = path.into_inner();
    let here = Here::new(&app, seat, code, &[Role::Verifier])?;
    let place = Place { consultation: &here.code, batch, sheet };
    let shown = settle_page(&app, &here, place, &Entry::default(), &[], &[]).await?;
    let subject = format!("batch {batch} sheet {sheet}");
    note(&app, here.seat.actor(), "sheet.differences_viewed", Some(&here.code), subject, "").await?;
    Ok(shown)
}

async fn settle_page(app: &App, here: &Here, place: Place<'_>, entry: &Entry, picks: &[(String, Side)], wrong: &[Fault]) -> Page {
    let sides = keyed::sides(&app.intake, place, here.me()).await?;
    let paper = Paper { form: &sides.desk.form, edition: sides.desk.batch.about.edition, entry, wrong };
    let picked = |key: &str| picks.iter().find(|(picked, _)| picked == key).map(|(_, side)| code_of(*side));
    let differences: Vec<_> = sides
        .differences
        .iter()
        .map(|(key, left, right)| {
            json!({
                "key": key, "name": paper.name(key), "left": paper.said(key, left), "right": paper.said(key, right),
                "picked": picked(key), "place": paper.place(key),
            })
        })
        .collect();
    let errors: Vec<Wrong> = wrong
        .iter()
        .map(|one| Wrong::new(&format!("pick-{}", one.key), format!("{}: {}", paper.name(&one.key), one.text)))
        .collect();
    let title = format!("Settle sheet {} of batch {}", place.sheet, place.batch);
    let back = here.address("differences");
    let around = Around {
        title: &title,
        template: "staff/settle.jinja",
        back: Some(&back),
        consultation: Some(&here.published),
        errors: &errors,
        done: None,
    };
    let context = json!({
        "batch": place.batch, "sheet": place.sheet, "differences": differences,
        "notes": [sides.notes.0, sides.notes.1],
    });
    page(&here.seat, around, context)
}

const fn code_of(side: Side) -> &'static str {
    match side {
        Side::Left => "left",
        Side::Right => "right",
        Side::Neither => "neither",
    }
}

pub(super) async fn settle(
    app: Data<App>,
    seat: Seat,
    path: Path<(String, u32, u32)>,
    form: Form<Vec<(String, String)>>,
) -> Page {
    let (code, batch, sheet) = path.into_inner();
    let here = Here::new(&app, seat, code, &[Role::Verifier])?;
    let place = Place { consultation: &here.code, batch, sheet };
    let picks: Vec<(String, Side)> = form.iter().filter_map(|(name, value)| picked(name, value)).collect();
    let fields: Vec<_> = form.iter().filter(|(name, _)| !name.starts_with("pick.")).cloned().collect();
    let entry = Entry::posted(&fields);
    match keyed::settle(&app.intake, place, here.me(), &picks, &entry).await? {
        Settled::Done => Ok(see_other(&here.address("differences"))),
        Settled::Wrong(wrong) => settle_page(&app, &here, place, &entry, &picks, &wrong).await,
        Settled::Refused(refused) => Err(crate::error::Error::unreadable("settled", why(&refused)).into()),
    }
}

fn picked(name: &str, value: &str) -> Option<(String, Side)> {
    let key = name.strip_prefix("pick.")?;
    let side = [Side::Left, Side::Right, Side::Neither].into_iter().find(|side| code_of(*side) == value)?;
    Some((key.to_owned(), side))
}
