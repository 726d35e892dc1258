//! The manifest: what was handed over, made from what, by which rules, with the hash of every file.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::csvw::pretty;
use super::{Definition, Output, OutputFile, preset};
use crate::analysis::dataset::Dataset;
use crate::domain::disclosure::{Audit, Preset};
use crate::domain::response::hex;

/// `manifest.json` for these files. No clock: the moment is the dataset's.
pub(super) fn manifest(definition: &Definition, dataset: &Dataset, output: &Output) -> OutputFile {
    let files: Vec<Value> = output.files.iter().map(file).collect();
    let forms: Vec<Value> = dataset
        .forms
        .iter()
        .map(|version| json!({ "form": version.form.form, "version": version.form.version, "sha256": version.digest }))
        .collect();
    let rules = preset(definition, dataset).ok();
    let audit = output.audit.as_ref().map(counted);
    let manifest = json!({
        "consultation": dataset.consultation.code,
        "title": definition.title,
        "export": definition.name,
        "definition_sha256": definition.digest,
        "as_of": dataset.as_of.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
        "form_versions": forms,
        "disclosure": { "preset": rules.map(Preset::code), "rule": rules.map(Preset::words), "audit": audit },
        "responses": dataset.rows.len(),
        "synthetic_responses": dataset.synthetic(),
        "balance": dataset.balance,
        "warnings": output.warnings,
        "files": files,
        "made_by": format!("Soundings {}", env!("CARGO_PKG_VERSION")),
    });
    OutputFile {
        name: "manifest.json".to_owned(),
        bytes: pretty(&manifest),
        about: "What was handed over, made from what, with the hash of every file.".to_owned(),
        media_type: "application/json",
        rows: None,
    }
}

/// How many numbers are hidden, and for how many of them a second solution was found. Not which: that would lead a reader to
/// those that follow from open totals.
fn counted(audit: &Audit) -> Value {
    json!({
        "hidden": audit.hidden,
        "hidden_only_to_protect_others": audit.added,
        "with_another_solution": audit.proven,
        "following_from_open_totals": audit.implied.len(),
        "withheld_with_every_table": audit.withheld,
    })
}

fn file(file: &OutputFile) -> Value {
    json!({
        "name": file.name,
        "about": file.about,
        "sha256": hex(&Sha256::digest(&file.bytes)),
        "bytes": file.bytes.len(),
        "rows": file.rows,
    })
}
