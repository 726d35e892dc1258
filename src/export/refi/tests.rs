//! Codebooks written and read again, and what other programs write.

use proptest::prelude::*;

use super::*;
use crate::domain::codeframe::{Change, Event as Decided, Level, Scope};

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn frame(changes: Vec<Change>) -> Codeframe {
    let at = "2022-12-20T12:00:00Z".parse().unwrap();
    let decided = |(version, change)| Decided { version, by: id(9), at, change, why: String::new() };
    let events: Vec<Decided> = (1..).zip(changes).map(decided).collect();
    Codeframe::of(Scope::Crosscutting, &events, u32::MAX).unwrap()
}

fn create(number: u128, level: Level, net: Option<u128>, wording: Wording) -> Change {
    Change::Create { id: id(number), level, net: net.map(id), wording, standing: None }
}

fn named(name: &str) -> Wording {
    Wording { name: name.to_owned(), ..Wording::default() }
}

fn full() -> Wording {
    Wording {
        name: "Travel <time> & \"cost\"".to_owned(),
        definition: "How long it takes.\n\nAnd what it costs 🚌.".to_owned(),
        include: "Buses; parking".to_owned(),
        exclude: "Waiting lists".to_owned(),
        examples: vec!["It is two buses.".to_owned(), "£9 a day".to_owned()],
    }
}

fn sample() -> Codeframe {
    frame(vec![
        create(1, Level::Net, None, named("Getting there")),
        create(2, Level::Theme, Some(1), full()),
        create(3, Level::Theme, None, named("Fairness")),
        create(4, Level::Theme, None, named("Gone")),
        Change::Retire { id: id(4) },
    ])
}

#[test]
fn what_was_written_is_read_again_with_ids_levels_meaning_and_sets() {
    let frame = sample();
    let bytes = write(&[("Overall", &frame)]).unwrap();
    assert_eq!(bytes, write(&[("Overall", &frame)]).unwrap(), "the same bytes");
    let book = read(&bytes).unwrap();
    let codes = by_id(&book);
    assert_eq!(codes.len(), 3, "what ended is left out");
    assert_eq!((codes[&id(2)].1, codes[&id(2)].0.codable), (Some(id(1)), true));
    assert!(!codes[&id(1)].0.codable, "nobody codes to a net");
    assert_eq!(codes[&id(2)].0.wording, full());
    assert_eq!(book.sets, [Set { name: "Overall".to_owned(), members: vec![id(1), id(2), id(3)] }]);
}

#[test]
fn the_file_has_the_structure_of_the_schema() {
    let text = String::from_utf8(write(&[("Overall", &sample())]).unwrap()).unwrap();
    assert!(text.starts_with("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<CodeBook xmlns=\"urn:QDA-XML:codebook:1.0\""));
    let place = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part} in {text}"));
    assert!(place("<Codes>") < place("</Codes>") && place("</Codes>") < place("<Sets>"), "in this order");
    let attributes = "guid=\"00000000-0000-0000-0000-000000000002\" name=\"Travel &lt;time&gt; &amp; &quot;cost&quot;\" isCodable=\"true\" color=\"#";
    assert!(text.contains(attributes), "{text}");
    let code = &text[place(attributes)..];
    assert!(code.find("<Description>").unwrap() < code.find("</Code>").unwrap(), "the description comes first");
    let empty = String::from_utf8(write(&[]).unwrap()).unwrap();
    assert!(empty.contains("<Sets>") && empty.contains("</Sets>"), "even without any");
}

#[test]
fn braces_prefixes_and_codes_within_codes_are_read() {
    let book = read(
        b"\xef\xbb\xbf<?xml version='1.0'?><q:CodeBook xmlns:q='urn:QDA-XML:codebook:1.0' origin='Other 9'><q:Codes>
        <q:Code guid='{0000000A-0000-0000-0000-000000000001}' name='A &amp; B' isCodable='1'>
          <q:Description>One&#13;&#10;&lt;two&gt;<![CDATA[ three]]></q:Description>
          <q:Code guid='0000000a-0000-0000-0000-000000000002' name='C' isCodable='true'><q:Code guid='0000000a-0000-0000-0000-000000000003' name='D'/></q:Code>
        </q:Code></q:Codes><q:Sets><q:Set guid='0000000a-0000-0000-0000-000000000009' name='S'><q:MemberCode targetGUID='{0000000A-0000-0000-0000-000000000003}'/></q:Set></q:Sets></q:CodeBook>",
    )
    .unwrap();
    assert_eq!(book.origin.as_deref(), Some("Other 9"));
    assert_eq!((book.codes[0].wording.name.as_str(), book.codes[0].within[0].within[0].wording.name.as_str()), ("A & B", "D"));
    assert!(book.codes[0].wording.definition.ends_with("<two> three"));
    assert_eq!(book.sets[0].members, [book.codes[0].within[0].within[0].id]);
}

#[test]
fn what_is_no_codebook_is_told_apart() {
    let code = |attributes: &str| format!("<CodeBook><Codes><Code {attributes}/></Codes></CodeBook>");
    let id = "00000000-0000-0000-0000-000000000001";
    let twice = format!("<CodeBook><Codes><Code guid='{id}' name='a'/><Code guid='{id}' name='b'/></Codes></CodeBook>");
    let deep = "<Code guid='x' name='a'>".repeat(2);
    assert_eq!(read(b"<Project/>"), Err(Unreadable::Other("Project".to_owned())));
    assert_eq!(read(b""), Err(Unreadable::Other(String::new())));
    assert_eq!(read(code("name='a'").as_bytes()), Err(Unreadable::Attribute("a".to_owned(), "guid")));
    assert_eq!(read(code(&format!("guid='{id}'")).as_bytes()), Err(Unreadable::Attribute(id.to_owned(), "name")));
    assert_eq!(read(twice.as_bytes()), Err(Unreadable::Twice(Uuid::from_u128(1))));
    assert!(matches!(read(format!("<CodeBook>{deep}").as_bytes()), Err(Unreadable::Attribute(..))));
    assert!(matches!(read(b"<CodeBook><Codes></CodeBook>"), Err(Unreadable::Xml(_))));
    let bomb = b"<!DOCTYPE b [<!ENTITY a 'aaaa'>]><CodeBook><Codes/></CodeBook>";
    assert_eq!(read(bomb), Err(Unreadable::DocumentType));
    let many: Vec<String> = (0..40).map(|n| format!("<Code guid='00000000-0000-0000-0000-{n:012}' name='n'>")).collect();
    assert_eq!(read(format!("<CodeBook><Codes>{}", many.concat()).as_bytes()), Err(Unreadable::TooLarge));
}

proptest! {
    #[test]
    fn any_words_come_back(name in "[^\\p{C}\\s][^\\p{C}]{0,20}[^\\p{C}\\s]", definition in "[A-Za-z<&>\"' é🚌]{0,40}", example in "[a-z<&]{1,9}") {
        let definition = definition.trim().to_owned();
        prop_assume!(!["Include:", "Exclude:", "Example:"].iter().any(|mark| definition.starts_with(mark)));
        let wording = Wording { name, definition, examples: vec![example], ..Wording::default() };
        let frame = frame(vec![create(1, Level::Theme, None, wording.clone())]);
        prop_assert_eq!(&read(&write(&[("S", &frame)]).unwrap()).unwrap().codes[0].wording, &wording);
    }
}
