//! What must be looked at again: answers coded before a theme came in, was redefined or was split, and answers that changed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use actix_web::web::{Data, Path};
use serde_json::json;
use uuid::Uuid;

use super::Here;
use super::words;
use crate::analysis::coding::{self, Own, is_coded};
use crate::analysis::dataset::Dataset;
use crate::analysis::dataset_as_of;
use crate::app::App;
use crate::domain::access::{CODES, SEES_THEMES};
use crate::domain::codeframe::{Because, Codeframe, Scope, recheck_joined};
use crate::error::Result;
use crate::store::themes::{codings, frames};
use crate::web::staff::page::{Page, Seat, Sheet, page};

/// The answers to look at again, each with the reasons.
pub(super) struct Again {
    pub(super) frame: Codeframe,
    /// By what happened to the codeframe.
    pub(super) because: BTreeMap<Uuid, BTreeSet<Because>>,
    /// Those whose words changed after they were coded.
    pub(super) changed: BTreeSet<Uuid>,
}

impl Again {
    pub(super) async fn read(app: &App, here: &Here, dataset: &Dataset, question: &str) -> Result<Self> {
        let db = &app.db().read;
        let logs = frames::read(db, &here.code).await?;
        let scopes = [Scope::Question(question.to_owned()), Scope::Crosscutting];
        let (own, across) = (logs.frame(&scopes[0])?, logs.frame(&scopes[1])?);
        let frame = logs.of_question(question)?;
        let in_force: HashMap<Uuid, Uuid> =
            coding::answers(dataset, question).into_iter().map(|own: Own| (own.response_id, own.revision_id)).collect();
        let (mut coded, mut changed) = (Vec::new(), BTreeSet::new());
        for (response, log) in codings::logs(db, &here.code, question).await? {
            let coding = log.coding();
            let Some(revision) = in_force.get(&response).filter(|_| is_coded(&coding)) else { continue };
            if log.revision_id != Some(*revision) {
                changed.insert(response);
            }
            coded.push((response, coding.looked_under, coding.applied.keys().map(|mark| mark.theme).collect::<BTreeSet<_>>()));
        }
        let read = coded.iter().map(|(response, version, themes)| (response, *version, themes));
        let because = recheck_joined(&[(&own, logs.events(&scopes[0])), (&across, logs.events(&scopes[1]))], read);
        Ok(Self { frame, because, changed })
    }

    /// Every answer on the list.
    pub(super) fn all(&self) -> BTreeSet<Uuid> {
        self.because.keys().chain(&self.changed).copied().collect()
    }

    /// What the late and redefined themes say of themselves: the answers most like it come first.
    pub(super) fn sought(&self) -> String {
        let reasons: BTreeSet<&Because> = self.because.values().flatten().collect();
        let entry = |because: &&Because| match because {
            Because::Late(id) | Because::Redefined(id) => self.frame.entry(*id),
            Because::Split(_) => None,
        };
        let said = |entry: &crate::domain::codeframe::Entry| {
            let wording = &entry.wording;
            format!("{} {} {} {}", wording.name, wording.definition, wording.include, wording.examples.join(" "))
        };
        reasons.iter().filter_map(entry).map(said).collect::<Vec<_>>().join(" ")
    }

    fn reasons(&self) -> Vec<(String, usize)> {
        let mut counts: BTreeMap<Because, usize> = BTreeMap::new();
        for because in self.because.values().flatten() {
            *counts.entry(*because).or_default() += 1;
        }
        let name = |id: Uuid| words::name(&self.frame, id);
        let said = |because: Because| match because {
            Because::Late(id) => format!("“{}” came in after they were coded", name(id)),
            Because::Redefined(id) => format!("What belongs to “{}” changed after they were coded", name(id)),
            Because::Split(id) => format!("“{}”, which they have, was split", name(id)),
        };
        let mut reasons: Vec<(String, usize)> = counts.into_iter().map(|(because, count)| (said(because), count)).collect();
        if !self.changed.is_empty() {
            reasons.push(("The person changed the answer after it was coded".to_owned(), self.changed.len()));
        }
        reasons
    }
}

pub(super) async fn show(app: Data<App>, seat: Seat, path: Path<(String, String)>) -> Page {
    let (code, question) = path.into_inner();
    let here = Here::new(&app, seat, code, SEES_THEMES)?;
    let (version, field) = here.question(&question)?;
    let name = words::question(version, field);
    let dataset = dataset_as_of(app.db(), &here.published, here.now).await?;
    let again = Again::read(&app, &here, &dataset, &question).await?;
    let context = json!({ "code": here.code, "question": question, "name": name, "all": again.all().len(), "reasons": again.reasons(),
        "codes": here.may(CODES) });
    let back = format!("/staff/{}/coding/{question}", here.code);
    let sheet = Sheet {
        title: "To look at again",
        template: "staff/coding-recheck.jinja",
        back: Some(&back),
        consultation: Some(&here.published),
        ..Sheet::default()
    };
    page(&here.seat, sheet, context)
}
