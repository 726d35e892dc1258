//! CSVW: the metadata file that stands beside a CSV file and says what its columns are (rule R78).

use serde_json::{Map, Value, json};

use super::csv::TableFile;
use super::{Definition, OutputFile};

/// The metadata of a table file.
pub(super) fn beside(table: &TableFile, definition: &Definition, notes: &[String]) -> OutputFile {
    let columns: Vec<Value> = table.columns.iter().map(column).collect();
    let mut metadata = json!({
        "@context": ["http://www.w3.org/ns/csvw", { "@language": "en" }],
        "url": table.name,
        "dc:title": definition.title,
        "dc:description": table.about,
        "dc:rights": definition.rights,
        "dialect": { "encoding": "utf-8", "header": true, "delimiter": ",", "quoteChar": "\"", "doubleQuote": true, "lineTerminators": ["\r\n"] },
        "tableSchema": { "columns": columns, "primaryKey": table.key },
        "notes": notes,
    });
    if let (Some(licence), Some(object)) = (&definition.licence, metadata.as_object_mut()) {
        object.insert("dc:license".to_owned(), json!({ "@id": licence }));
    }
    OutputFile {
        name: format!("{}-metadata.json", table.name),
        bytes: pretty(&metadata),
        about: format!("What the columns of {} are.", table.name),
        media_type: "application/csvm+json",
        rows: None,
    }
}

fn column(column: &super::FileColumn) -> Value {
    let mut object = Map::new();
    object.insert("name".to_owned(), json!(column.name));
    object.insert("titles".to_owned(), json!([column.name, column.title]));
    object.insert("datatype".to_owned(), json!(column.datatype));
    object.insert("required".to_owned(), json!(column.required && column.null.is_empty()));
    if !column.null.is_empty() {
        object.insert("null".to_owned(), json!(column.null));
    }
    if !column.codes.is_empty() {
        let codes: Vec<String> = column.codes.iter().map(|(code, label)| format!("{code}: {label}")).collect();
        object.insert("dc:description".to_owned(), json!(codes.join("; ")));
    }
    Value::Object(object)
}

/// JSON for people: indented, and ending in a new line.
pub(super) fn pretty(value: &Value) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}
