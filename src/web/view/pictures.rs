//! Pictures: the drawings of easy read. Words are always beside them, so a screen reader is spared the picture (rule R27).

use std::collections::HashSet;
use std::sync::LazyLock;

use rust_embed::RustEmbed;

use super::prose::escaped;

/// The drawings that `forms/pictures/pictures.toml` names, brought together under their names.
#[derive(RustEmbed)]
#[folder = "assets/vendor/pictures/"]
#[include = "*.svg"]
struct Pictures;

static KNOWN: LazyLock<HashSet<String>> =
    LazyLock::new(|| Pictures::iter().filter_map(|file| file.strip_suffix(".svg").map(str::to_owned)).collect());

/// Whether there is a picture with this name.
#[must_use]
pub fn known(name: &str) -> bool {
    KNOWN.contains(name)
}

/// Every picture with its bytes.
pub fn all() -> impl Iterator<Item = (String, Vec<u8>)> {
    KNOWN.iter().filter_map(|name| {
        let file = format!("{name}.svg");
        Pictures::get(&file).map(|found| (file, found.data.into_owned()))
    })
}

/// The picture as an image without words; nothing when there is no such picture.
#[must_use]
pub fn image(static_root: &str, name: &str, class: &str) -> String {
    if !known(name) {
        return String::new();
    }
    format!("<img class=\"{}\" src=\"{static_root}/pictures/{}.svg\" alt=\"\">", escaped(class), escaped(name))
}
