//! Files of every sort: what they say comes out, and what is not what it says it is, is told so.

use std::io::{Cursor, Write as _};

use proptest::prelude::*;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{SIZE_LIMIT, read};

fn file(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/fixtures/evidence/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn an_email_gives_its_subject_its_words_and_its_day_and_not_who_wrote_it() {
    let email = read("letter.eml", &file("letter.eml")).unwrap();
    assert_eq!(
        email.text,
        "Subject: The café and the plan\n\nThe café in the clinic is where we meet. Please keep it – it matters.\nA bus every hour would help."
    );
    assert_eq!(email.sent_at, "2022-12-02T23:30:00Z".parse().ok());
    assert!(email.note.unwrap().contains("One file is attached"));
    assert!(!email.text.contains("somebody"));
}

#[test]
fn an_email_of_html_alone_becomes_plain_words() {
    let html = b"Date: Fri, 2 Dec 2022 10:00:00 +0000\r\nContent-Type: text/html\r\n\r\n<p>Keep&nbsp;the <b>lift</b>.</p><script>x()</script>";
    let email = read("x.eml", html).unwrap();
    assert!(email.text.contains("the lift") && !email.text.contains('<'), "{}", email.text);
}

#[test]
fn plain_text_is_read_in_whatever_it_was_written() {
    assert_eq!(
        read("note.txt", &file("note.txt")).unwrap().text,
        "She said: “the lift at the café is too small”.\n\nShe will come by bus."
    );
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain("Siân £5".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(read("NOTE.TXT", &utf16).unwrap().text, "Siân £5");
    assert_eq!(read("a.txt", "\u{feff}Plain\u{7}\n\n\n\n words".as_bytes()).unwrap().text, "Plain\n\n words");
}

#[test]
fn a_word_document_gives_its_paragraphs_without_what_was_deleted() {
    let word = read("letter.docx", &file("letter.docx")).unwrap();
    assert_eq!(word.text, "Dear council,\nThe tea & coffee matters!\nBuses\tone an hour");
    assert_eq!(word.note, None);
}

#[test]
fn a_pdf_gives_its_text_and_a_scanned_one_asks_to_be_typed_in() {
    let pdf = read("letter.pdf", &file("letter.pdf")).unwrap();
    assert!(pdf.text.contains("Dear council,") && pdf.text.contains("The café is “fine”."), "{}", pdf.text);
    assert_eq!(pdf.note, None);
    let scanned = read("scanned.pdf", &file("scanned.pdf")).unwrap();
    assert_eq!(scanned.text, "");
    assert!(scanned.note.unwrap().contains("Type it in; the original is kept."));
}

#[test]
fn what_cannot_be_read_says_why_and_what_to_do() {
    let bomb = zipped(&[("word/document.xml", &vec![b' '; 41 * 1024 * 1024])]);
    assert!(bomb.len() < 100_000, "it is small until it is opened");
    let many: Vec<String> = (0..5_001).map(|part| format!("word/{part}.xml")).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &b""[..])).collect();
    let word = file("letter.docx");
    let cases: &[(&str, &[u8], &str)] = &[
        ("locked.pdf", &file("locked.pdf"), "locked with a password"),
        ("letter.pdf", &word, "called .pdf but"),
        ("letter.pdf", b"%PDF-1.7 and then nothing", "called .pdf but"),
        ("letter.docx", &word[..word.len() - 40], "called .docx but"),
        ("letter.docx", &file("letter.pdf"), "called .docx but"),
        ("letter.docx", &zipped(&[("xl/workbook.xml", b"<x/>")]), "called .docx but"),
        ("letter.docx", &zipped(&[("word/document.xml", b"<w:p><w:t>no end")]), "called .docx but"),
        ("letter.docx", b"\xD0\xCF\x11\xE0 locked", "locked with a password"),
        ("bomb.docx", &bomb, "expands to far more"),
        ("many.docx", &zipped(&many), "expands to far more"),
        ("letter.eml", b"Just some words.", "not an e-mail"),
        ("letter.eml", &word, "not an e-mail"),
        ("letter.txt", &word, "not plain text"),
        ("letter.txt", b"a\0b", "not plain text"),
        ("letter.msg", b"x", "save the message as .eml"),
        ("letter.rtf", b"{\\rtf1}", "Save it as .docx"),
        ("letter", b"x", "Choose an .eml"),
        ("letter.txt", b"", "empty"),
        ("letter.txt", &vec![b'a'; SIZE_LIMIT + 1], "larger than 10 MB"),
        ("letter.txt", &vec![b'a'; 500_001], "Log it in parts"),
    ];
    for (name, bytes, why) in cases {
        let said = read(name, bytes).unwrap_err();
        assert!(said.contains(why), "{name}: {said}");
    }
}

#[test]
fn entities_of_its_own_are_not_expanded() {
    let bomb = r#"<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><w:d><w:p><w:t>x&b;y</w:t></w:p></w:d>"#;
    assert_eq!(read("x.docx", &zipped(&[("word/document.xml", bomb.as_bytes())])).unwrap().text, "xy");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    /// A file damaged anywhere is read or refused, and brings nothing down.
    #[test]
    fn damaged_files_are_read_or_refused(at in 0_usize..20_000, byte: u8, cut in 0_usize..20_000) {
        for name in ["letter.eml", "letter.docx", "letter.pdf", "scanned.pdf", "locked.pdf"] {
            let mut bytes = file(name);
            let (at, cut) = (at % bytes.len(), cut % bytes.len() + 1);
            bytes[at] = byte;
            let _either = read(name, &bytes);
            let _either = read(name, &bytes[..cut]);
        }
    }
}
