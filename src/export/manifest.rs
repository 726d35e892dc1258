//! The manifest: what was handed over, made from what, by which rules, with the hash of every file.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::csvw::pretty;
use super::{Definition, Output, OutputFile, preset};
use crate::analysis::dataset::Dataset;
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
    let manifest = json!({
        "consultation": dataset.consultation.code,
        "title": definition.title,
        "export": definition.name,
        "definition_sha256": definition.digest,
        "as_of": dataset.as_of.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
        "form_versions": forms,
        "disclosure": { "preset": rules.map(|preset| preset.code()), "rule": rules.map(|preset| preset.words()) },
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

fn file(file: &OutputFile) -> Value {
    json!({
        "name": file.name,
        "about": file.about,
        "sha256": hex(&Sha256::digest(&file.bytes)),
        "bytes": file.bytes.len(),
        "rows": file.rows,
    })
}
