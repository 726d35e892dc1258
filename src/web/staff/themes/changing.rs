//! Changing a codeframe: bringing in, rewording, moving, merging, splitting, retiring, and undoing any of it.

use actix_web::web::{Data, Form, Path};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{Here, frames as pages, words};
use crate::app::App;
use crate::domain::access::CHANGES_CODEFRAME;
use crate::domain::codeframe::{Change, Codeframe, Entry, Level, Scope, Wording, nearly_the_same};
use crate::error::{Error, Result};
use crate::store::themes::frames;
use crate::web::staff::evidence::clean;
use crate::web::staff::page::{Page, Seat, Sheet, Wrong, page, see_other};

/// The most characters a name may have.
const NAME_LIMIT: usize = 120;

/// The most characters each of the other texts may have.
const TEXT_LIMIT: usize = 2000;

/// A theme or a net as the page sends it, and what to do with it.
#[derive(Debug, Default, Clone, Deserialize, Serialize)]
pub struct Typed {
    #[serde(default)]
    level: String,
    #[serde(default)]
    net: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    definition: String,
    #[serde(default)]
    include: String,
    #[serde(default)]
    exclude: String,
    #[serde(default)]
    examples: String,
    #[serde(default)]
    why: String,
    #[serde(default)]
    into: String,
    #[serde(default)]
    parts: String,
    #[serde(default)]
    sure: String,
    #[serde(default)]
    seen: u32,
    #[serde(default)]
    version: u32,
}

impl Typed {
    fn cleaned(self) -> Self {
        let text = |text: String| clean(&text);
        Self {
            name: text(self.name),
            definition: text(self.definition),
            include: text(self.include),
            exclude: text(self.exclude),
            examples: text(self.examples),
            why: text(self.why),
            ..self
        }
    }

    fn of(entry: &Entry) -> Self {
        let Wording { name, definition, include, exclude, examples } = entry.wording.clone();
        let net = entry.net.map(|net| net.to_string()).unwrap_or_default();
        Self { net, name, definition, include, exclude, examples: examples.join("\n"), ..Self::default() }
    }

    fn wording(&self) -> Wording {
        let examples = self.examples.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
        let [name, definition, include, exclude] =
            [&self.name, &self.definition, &self.include, &self.exclude].map(String::clone);
        Wording { name, definition, include, exclude, examples }
    }

    fn net(&self) -> Option<Uuid> {
        self.net.parse().ok()
    }

    /// What is wrong with what was typed; a name that is nearly another's only asks whether the person is sure.
    fn wrong(&self, frame: &Codeframe, own: Option<Uuid>) -> Vec<Wrong> {
        let mut errors = Vec::new();
        if !(1..=NAME_LIMIT).contains(&self.name.chars().count()) {
            errors.push(Wrong::new("name", format!("Give it a name, in up to {NAME_LIMIT} characters.")));
        }
        let texts = [
            ("definition", &self.definition),
            ("include", &self.include),
            ("exclude", &self.exclude),
            ("examples", &self.examples),
            ("why", &self.why),
        ];
        for (field, text) in texts {
            if text.chars().count() > TEXT_LIMIT {
                errors.push(Wrong::new(field, format!("Say it in up to {TEXT_LIMIT} characters.")));
            }
        }
        if self.sure.is_empty()
            && let Some(near) = nearly_the_same(frame, &self.name, own).first()
        {
            let near = &near.wording.name;
            errors.push(Wrong::new("sure", format!("“{}” is nearly “{near}”, which is in use. Coders may mix them up. If it is another, say so below and save again.", self.name)));
        }
        errors
    }
}

/// A frame that somebody may change.
struct Changing {
    here: Here,
    scope: Scope,
    frame: Codeframe,
}

impl Changing {
    async fn open(app: &App, seat: Seat, code: String, scope: &str) -> Result<Self> {
        let here = Here::new(app, seat, code, CHANGES_CODEFRAME)?;
        let scope = here.scope(scope)?;
        let frame = frames::read(&app.db().read, &here.code).await?.frame(&scope)?;
        Ok(Self { here, scope, frame })
    }

    fn entry(&self, id: Uuid) -> Result<&Entry> {
        self.frame.entry(id).ok_or(Error::NotFound("theme"))
    }

    /// Make the changes and go back to the frame, or say why not with all that was typed.
    async fn make(self, app: &App, changes: Vec<Change>, typed: Typed, of: Option<Uuid>) -> Page {
        let (here, target) = (&self.here, (&self.scope, typed.seen));
        match frames::change(app.db(), &here.code, target, (changes, &typed.why), here.by(), here.now).await? {
            Ok(_) => Ok(see_other(&format!("/staff/{}/codeframe/{}?done=changed", here.code, self.scope.code()))),
            Err(cannot) => {
                let errors = [Wrong::new("maincontent", words::cannot(&self.frame, &cannot))];
                self.form(&typed, of, &errors)
            }
        }
    }

    fn form(&self, typed: &Typed, of: Option<Uuid>, errors: &[Wrong]) -> Page {
        let entry = of.and_then(|id| self.frame.entry(id));
        let title = entry.map_or_else(|| "New theme or net".to_owned(), |entry| entry.wording.name.clone());
        let others = |level: Level| {
            let all = self
                .frame
                .entries
                .iter()
                .filter(move |one| one.level == level && one.fate == crate::domain::codeframe::Fate::InUse);
            all.filter(|one| Some(one.id) != of)
                .map(|one| json!({ "value": one.id, "text": one.wording.name }))
                .collect::<Vec<Json>>()
        };
        let none = json!({ "value": "", "text": "None" });
        let nets: Vec<Json> = [none].into_iter().chain(others(Level::Net)).collect();
        let choose = json!({ "value": "", "text": "Choose a theme" });
        let themes: Vec<Json> = [choose].into_iter().chain(others(Level::Theme)).collect();
        let context = json!({
            "code": self.here.code, "scope": self.scope.code(), "typed": typed, "id": of, "seen": self.frame.version,
            "is_net": entry.is_some_and(|entry| entry.level == Level::Net), "standing": entry.is_some_and(|entry| entry.standing.is_some()),
            "nets": nets, "themes": themes, "unsure": errors.iter().any(|wrong| wrong.href == "#sure"), "frame": self.here.name(&self.scope),
        });
        let back = format!("/staff/{}/codeframe/{}", self.here.code, self.scope.code());
        let sheet = Sheet {
            title: &title,
            template: "staff/codeframe-entry.jinja",
            back: Some(&back),
            consultation: Some(&self.here.published),
            errors,
            ..Sheet::default()
        };
        page(&self.here.seat, sheet, context)
    }
}

pub(super) async fn new(app: Data<App>, seat: Seat, path: Path<(String, String)>) -> Page {
    let (code, scope) = path.into_inner();
    let changing = Changing::open(&app, seat, code, &scope).await?;
    changing.form(&Typed { level: "theme".to_owned(), ..Typed::default() }, None, &[])
}

pub(super) async fn create(app: Data<App>, seat: Seat, path: Path<(String, String)>, form: Form<Typed>) -> Page {
    let (code, scope) = path.into_inner();
    let changing = Changing::open(&app, seat, code, &scope).await?;
    let typed = form.into_inner().cleaned();
    let errors = typed.wrong(&changing.frame, None);
    if !errors.is_empty() {
        return changing.form(&typed, None, &errors);
    }
    let level = if typed.level == "net" { Level::Net } else { Level::Theme };
    let net = typed.net().filter(|_| level == Level::Theme);
    let change = Change::Create { id: Uuid::now_v7(), level, net, wording: typed.wording(), standing: None };
    changing.make(&app, vec![change], typed, None).await
}

pub(super) async fn entry(app: Data<App>, seat: Seat, path: Path<(String, String, Uuid)>) -> Page {
    let (code, scope, id) = path.into_inner();
    let changing = Changing::open(&app, seat, code, &scope).await?;
    let typed = Typed::of(changing.entry(id)?);
    changing.form(&typed, Some(id), &[])
}

pub(super) async fn reword(app: Data<App>, seat: Seat, path: Path<(String, String, Uuid)>, form: Form<Typed>) -> Page {
    let (code, scope, id) = path.into_inner();
    let changing = Changing::open(&app, seat, code, &scope).await?;
    let typed = form.into_inner().cleaned();
    let entry = changing.entry(id)?;
    let errors = typed.wrong(&changing.frame, Some(id));
    if !errors.is_empty() {
        return changing.form(&typed, Some(id), &errors);
    }
    let mut changes = Vec::new();
    if typed.wording() != entry.wording {
        changes.push(Change::Reword { id, wording: typed.wording() });
    }
    if entry.level == Level::Theme && entry.standing.is_none() && typed.net() != entry.net {
        changes.push(Change::Move { id, net: typed.net() });
    }
    changing.make(&app, changes, typed, Some(id)).await
}

pub(super) async fn merge(app: Data<App>, seat: Seat, path: Path<(String, String, Uuid)>, form: Form<Typed>) -> Page {
    let (code, scope, id) = path.into_inner();
    let changing = Changing::open(&app, seat, code, &scope).await?;
    let form = form.into_inner();
    let typed = Typed { why: clean(&form.why), seen: form.seen, ..Typed::of(changing.entry(id)?) };
    let Ok(into) = form.into.parse() else {
        return changing.form(&typed, Some(id), &[Wrong::new("into", "Choose the theme that stays.")]);
    };
    changing.make(&app, vec![Change::Merge { from: vec![id], into }], typed, Some(id)).await
}

pub(super) async fn split(app: Data<App>, seat: Seat, path: Path<(String, String, Uuid)>, form: Form<Typed>) -> Page {
    let (code, scope, id) = path.into_inner();
    let changing = Changing::open(&app, seat, code, &scope).await?;
    let (form, entry) = (form.into_inner(), changing.entry(id)?);
    let typed = Typed { why: clean(&form.why), seen: form.seen, parts: form.parts.clone(), ..Typed::of(entry) };
    let names: Vec<&str> = form.parts.lines().map(str::trim).filter(|name| !name.is_empty()).collect();
    if names.len() < 2 || names.iter().any(|name| name.chars().count() > NAME_LIMIT) {
        let told = format!("Name at least two themes, one a line, each in up to {NAME_LIMIT} characters.");
        return changing.form(&typed, Some(id), &[Wrong::new("parts", told)]);
    }
    let (net, mut changes, mut into) = (entry.net, Vec::new(), Vec::new());
    for name in names {
        let known = changing.frame.themes().find(|theme| theme.wording.name.to_lowercase() == name.to_lowercase());
        into.push(known.map_or_else(Uuid::now_v7, |theme| theme.id));
        if known.is_none() {
            let wording = Wording { name: name.to_owned(), ..Wording::default() };
            let id = into.last().copied().unwrap_or_default();
            changes.push(Change::Create { id, level: Level::Theme, net, wording, standing: None });
        }
    }
    changes.push(Change::Split { id, into });
    changing.make(&app, changes, typed, Some(id)).await
}

pub(super) async fn retire(app: Data<App>, seat: Seat, path: Path<(String, String, Uuid)>, form: Form<Typed>) -> Page {
    let (code, scope, id) = path.into_inner();
    let changing = Changing::open(&app, seat, code, &scope).await?;
    let typed = Typed { why: clean(&form.why), seen: form.seen, ..Typed::of(changing.entry(id)?) };
    changing.make(&app, vec![Change::Retire { id }], typed, Some(id)).await
}

pub(super) async fn undo(app: Data<App>, seat: Seat, path: Path<(String, String)>, form: Form<Typed>) -> Page {
    let (code, scope) = path.into_inner();
    let Changing { here, scope, frame } = Changing::open(&app, seat, code, &scope).await?;
    let change = vec![Change::Undo { version: form.version }];
    match frames::change(app.db(), &here.code, (&scope, form.seen), (change, ""), here.by(), here.now).await? {
        Ok(_) => Ok(see_other(&format!("/staff/{}/codeframe/{}?done=undone", here.code, scope.code()))),
        Err(cannot) => {
            let errors = [Wrong::new("maincontent", words::cannot(&frame, &cannot))];
            pages::shown(&app, &here, &scope, &errors, None).await
        }
    }
}
