//! A house and its street: a number or a named house, the words of the street, and the town and postcode that follow.

use std::sync::LazyLock;

use regex::Regex;

use super::numbers::pattern;
use super::{Found, Kind, Tier};

const STREET: &str = "street|st|road|rd|avenue|ave|av|lane|ln|close|drive|dr|way|crescent|cres|gardens|gdns|grove|court|ct|place|pl|\
                      terrace|walk|hill|mews|square|sq|parade|rise|row|green|view|park|chase|broadway|esplanade|mead|mount|path|\
                      boulevard|villas|fields|vale|end|approach|circus|croft|quay|wharf|heights|promenade|embankment|common|\
                      gate|bank|wynd|yard|meadow|meadows|dene|dell|orchard|ridge|parkway|cottages|buildings|highway|valley|mills?|\
                      springs?|wells?|walks|ways|lakes?|plains?|forest|port|forges?|gateway|locks?|island|isle|harbour|ferry|fords?|\
                      brooks?|bridge|corners?|manors?|glen|groves|hills|junction|knolls?|landing|lodge|passage|pines|plaza|point|\
                      river|route|shore|shores|station|stream|track|trail|tunnel|union|viaduct|village|vista|causeway|crossing|estate|\
                      drives|roads|streets|ports|lakes|islands|courts|squares|greens|parks|underpass|overpass|inlet";

/// Endings of streets that are such only with a capital.
const SELDOM: &str = "Alley|Bayou|Beach|Bend|Bluffs?|Bottom|Branch|Burgs?|Bypass|Camp|Canyon|Cape|Cent(?:er|re)s?|Cliffs?|Club|Course|Coves?|\
                      Creek|Crest|Crossroads?|Curve|Dale|Dam|Divide|Estates|Expressway|Extensions?|Falls?|Flats?|Forests|Forks?|Fort|\
                      Freeway|Garden|Greens|Harbou?rs?|Haven|Hollow|Inlet|Keys?|Land|Lights?|Loaf|Loop|Mall|Mission|Motorway|\
                      Mountains?|Neck|Parkways|Pike|Pine|Prairie|Radial|Ramp|Ranch|Rapids?|Rest|Ridges|Run|Shoals?|Skyway|Spurs?|\
                      Stravenue|Stream|Summit|Throughway|Trace|Trafficway|Turnpike|Unions|Valleys|Via|Ville";

pattern!(
    HOUSE,
    &format!(
        r"(?x)
        (?:\b(?i:flat|apartment|apt|unit|room|plot)\ ?\#?\d{{1,4}}[a-zA-Z]?\s*[,/]?\s*(?:[A-Z][\w'’]+\ (?i:house|court|lodge|heights|tower|mansions|point)\s*,?\s*)?)?
        \b\d{{1,4}}[a-zA-Z]?(?:\s?[-–/]\s?\d{{1,4}}[a-zA-Z]?)?,?\s+
        (?:(?i:the|st\.?|old|upper|lower|little|great)\s+)?
        (?:[A-Z][\w'’.-]*\s+){{1,3}}?
        (?:(?i:{STREET})|{SELDOM})\b\.?"
    )
);
pattern!(
    HOUSE_LOWER,
    &format!(r"(?i)\b(?:flat\s\d{{1,4}}[a-z]?,?\s+)?\d{{1,4}}[a-z]?,?\s+(?:[a-z][a-z'’-]+\s+){{1,2}}?(?:{STREET})\b")
);
pattern!(
    NAMED,
    &format!(
        r"\b(?:(?:The|Old|New)\s+)?(?:[A-Z][\w'’]+\s+){{1,2}}(?:Cottage|House|Lodge|Farm|Barn|Bungalow|Villa|Mill),\s+(?:[A-Z][\w'’]+\s+){{1,3}}(?i:{STREET})\b"
    )
);
pattern!(FLAT, r"(?i)\bflat\s\d{1,4}[a-z]?,?\s+[A-Z][\w'’]+\s+(?:house|court|lodge|heights|tower|mansions|point)\b");
pattern!(
    LIVES,
    r"(?i)\b(?:live|lives|lived|living|home|house|address|reside|resides|moved|stay|staying|door|neighbour)\b[^.!?\n]{0,20}$"
);
pattern!(ON_STREET, &format!(r"^\s*(?:on|in|off|down|along|at)\s+((?:[A-Z][\w'’]+\s+){{1,3}}(?i:{STREET}))\b"));
pattern!(
    LIVE,
    r"(?i)\b(?:i|we|he|she|they|who|mum|dad|mother|father|parents|family)\s+(?:both\s+|all\s+|still\s+)?(?:live|lives|lived|am living|are living|is living)\b"
);
pattern!(TOWN, r"^,\s*(?:[A-Z][a-z'’]+(?:[ -](?:on|upon|in|by|the|under|[Ss]ea|[A-Z][a-z'’]+)){0,3})");
pattern!(AFTER, r"(?i)^[,\s]{1,3}(?:[a-z]{1,2}\d[a-z\d]?\s{0,2}\d[abd-hjlnp-uw-z]{2})\b");

/// A house number and words with capitals, where a flat comes before, a postcode after, or somebody is said to live there.
const HOUSE_ANY: &str =
    r"(?:\b(?i:flat|apartment|apt|unit)\s\d{1,4}[a-zA-Z]?,?\s+)?\b\d{1,4}[a-zA-Z]?,?\s+[A-Z][\w'’.-]+(?:\s+[A-Z][\w'’.-]+){0,2}";
pattern!(ANY, HOUSE_ANY);

/// Words that follow a number without making it a house.
const NO_HOUSE: &[&str] = &[
    "minute",
    "minutes",
    "min",
    "mins",
    "mile",
    "miles",
    "hour",
    "hours",
    "day",
    "days",
    "week",
    "weeks",
    "month",
    "months",
    "year",
    "years",
    "people",
    "children",
    "patients",
    "staff",
    "beds",
    "lane",
    "way",
    "point",
    "star",
    "stars",
    "percent",
    "per",
    "of",
    "and",
    "or",
    "to",
    "in",
    "at",
    "from",
    "different",
    "other",
    "more",
    "times",
    "pm",
    "am",
    "bus",
    "buses",
    "cars",
    "metres",
    "new",
];

/// Every house and street.
pub(super) fn find(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    for it in HOUSE.find_iter(text).filter(|it| is_house(it.as_str())) {
        put(&mut found, text, it.start(), it.end(), Tier::Likely, "a house number and a street");
    }
    for it in NAMED.find_iter(text).chain(FLAT.find_iter(text)) {
        put(&mut found, text, it.start(), it.end(), Tier::Likely, "a named house and a street");
    }
    for it in HOUSE_LOWER.find_iter(text).filter(|it| is_house(it.as_str())) {
        let lives = LIVES.is_match(&text[..it.start()]);
        let followed = AFTER.is_match(&text[it.end()..]);
        if lives || followed {
            put(&mut found, text, it.start(), it.end(), Tier::Likely, "where somebody is said to live");
        }
    }
    for it in ANY.find_iter(text).filter(|it| is_house(it.as_str())) {
        let flat = it.as_str().to_ascii_lowercase().starts_with(['f', 'a', 'u']);
        if flat || LIVES.is_match(&text[..it.start()]) || AFTER.is_match(&text[it.end()..]) {
            put(&mut found, text, it.start(), it.end(), Tier::Likely, "a house number where somebody is said to live");
        }
    }
    for it in LIVE.find_iter(text) {
        if let Some(street) = ON_STREET.captures(&text[it.end()..]).and_then(|street| street.get(1)) {
            let (start, end) = (it.end() + street.start(), it.end() + street.end());
            put(&mut found, text, start, end, Tier::Possible, "a street where somebody is said to live");
        }
    }
    found
}

fn is_house(written: &str) -> bool {
    let mut words = written.split_whitespace().map(str::to_lowercase);
    let first = words.by_ref().find(|word| word.chars().all(char::is_alphabetic) && word.len() > 1);
    let first = first.unwrap_or_default();
    let words: Vec<String> = words.collect();
    // "flat" opens an address of its own; a bare "2 way street" or "50 bus lane" is none.
    !NO_HOUSE.contains(&first.as_str())
        && !words.iter().any(|word| matches!(word.as_str(), "minutes" | "the" | "was" | "is" | "and" | "to"))
}

/// Add it with the town and postcode that follow, unless it lies within another.
fn put(found: &mut Vec<Found>, text: &str, start: usize, end: usize, tier: Tier, reason: &'static str) {
    let mut end = end;
    for _ in 0..2 {
        if let Some(town) = TOWN.find(&text[end..]).filter(|town| is_town(town.as_str())) {
            end += town.end();
        }
    }
    if let Some(postcode) = AFTER.find(&text[end..]) {
        end += postcode.end();
    }
    if found.iter().all(|other| end <= other.start || other.end <= start) {
        found.push(Found { start, end, kind: Kind::Address, tier, reason });
    }
}

/// Whether what follows a street names a town and does not begin a sentence.
fn is_town(written: &str) -> bool {
    let first = written.trim_start_matches([',', ' ', '\n']).split([' ', '-']).next().unwrap_or_default().to_lowercase();
    super::lists::PLACES.contains(&first) || !super::lists::is_english(&first)
}
