//! What must hold of campaigns whatever people write.

use proptest::prelude::*;

use super::*;

const LETTER: &str = "I am writing about the proposal to move the fertility service. I do not support it, because families in the \
                      south of the county would have to travel for more than an hour by bus, and many of them have no car. Please \
                      keep the clinic at the hospital open and publish how the decision is made.";

fn found(texts: &[&str]) -> Vec<Group> {
    groups(texts, &Settings::default())
}

fn filler(number: usize) -> String {
    let word = |place: usize| format!("{}{}", ["ra", "ke", "mi", "lo", "tu"][(number + place) % 5], number * 31 + place);
    (0..30).map(word).collect::<Vec<_>>().join(" ")
}

#[test]
fn letters_that_differ_in_the_greeting_are_one_campaign_and_the_plain_one_stands_for_it() {
    let mut texts: Vec<String> =
        (0..6).map(|n| format!("Dear member {n}, {LETTER} Yours, {}", ["Ann", "Bo", "Cy"][n % 3])).collect();
    texts.push(LETTER.to_uppercase());
    texts.push(
        "Something else entirely that nobody sent twice, about buses, parking, opening hours, noise and the price of tea."
            .to_owned(),
    );
    let groups = groups(&texts, &Settings::default());
    assert_eq!(groups.len(), 1);
    assert_eq!((groups[0].kind, groups[0].members.len(), groups[0].distinct), (Kind::Campaign, 7, 7));
    assert_eq!(groups[0].template, 6, "what nobody added to");
}

#[test]
fn a_letter_that_keeps_half_and_turns_it_round_is_attached_and_said_to_need_reading() {
    let mut texts: Vec<String> = (0..8).map(|n| format!("{LETTER} {}", ["Ann", "Bo", "Cy"][n % 3])).collect();
    let half: String =
        LETTER.replace("do not support it", "support it gladly").split(". ").take(2).collect::<Vec<_>>().join(". ");
    texts.push(format!("{half} {}", filler(1)));
    (2..40).for_each(|number| texts.push(filler(number)));
    let groups = groups(&texts, &Settings::default());
    let member = groups[0].members.iter().find(|member| member.text == 8).expect("attached");
    assert_eq!(member.how, How::Attached);
    assert!(member.holds > 0.3 && member.holds < 0.9, "{}", member.holds);
    assert!(may_reverse(&difference(LETTER, &texts[8])));
}

#[test]
fn the_same_few_words_are_no_campaign() {
    let groups = found(&["None.", "none", "NONE!", "No comment", "no  comment", "Something"]);
    assert!(groups.iter().all(|group| group.kind == Kind::IdenticalShort));
    assert_eq!(groups.iter().map(|group| group.members.len()).collect::<Vec<_>>(), [3, 2]);
}

#[test]
fn four_letters_alike_are_no_campaign_yet() {
    let texts: Vec<String> = (0..4).map(|n| format!("{LETTER} {n}")).collect();
    assert_eq!(groups(&texts, &Settings::default())[0].kind, Kind::Alike);
}

#[test]
fn nothing_and_blanks_have_no_group_of_letters() {
    assert!(found(&[]).is_empty());
    assert_eq!(found(&["", " ", "…"]).iter().map(|group| group.kind).collect::<Vec<_>>(), [Kind::IdenticalShort]);
}

#[test]
fn the_difference_shows_what_was_added_and_what_was_left_out() {
    let pieces = difference("I support the plan because it is fair.", "I SUPPORT the plan, though my mother could not travel.");
    let of = |part: Part| {
        pieces.iter().filter(|piece| piece.part == part).map(|piece| piece.text.trim()).collect::<Vec<_>>().join("|")
    };
    assert_eq!(of(Part::Kept), "I SUPPORT the plan,");
    assert_eq!(of(Part::Added), "though my mother could not travel.");
    assert_eq!(of(Part::LeftOut), "because it is fair.");
    assert!(may_reverse(&pieces));
    assert!(!may_reverse(&difference("I support it. Ann", "I support it. Bo")));
}

fn a_text() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "the", "bus", "clinic", "is", "too", "far", "É", "don’t", "keep", "open", "1.5", "–", "\n", "  ",
    ]);
    prop::collection::vec(word, 0..60).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn a_text_is_in_one_group_at_most_and_its_group_holds_its_template(texts in prop::collection::vec(a_text(), 0..60)) {
        let groups = groups(&texts, &Settings::default());
        let mut seen = vec![false; texts.len()];
        for group in &groups {
            prop_assert!(group.members.len() > 1 && group.distinct <= group.members.len());
            prop_assert!(group.members.iter().any(|member| member.text == group.template));
            for member in &group.members {
                prop_assert!(!std::mem::replace(&mut seen[member.text], true), "twice");
                prop_assert!((0.0..=1.0).contains(&member.holds));
            }
        }
        prop_assert_eq!(&groups, &super::groups(&texts, &Settings::default()), "the same again");
    }

    #[test]
    fn texts_with_the_same_words_are_always_together(texts in prop::collection::vec(a_text(), 1..20), copies in 2_usize..6) {
        let all: Vec<String> = texts.iter().cycle().take(texts.len() * copies).map(|text| text.to_uppercase()).collect();
        let groups = groups(&all, &Settings::default());
        let group_of = |text: usize| groups.iter().position(|group| group.members.iter().any(|member| member.text == text));
        for text in 0..texts.len() {
            prop_assert!(group_of(text).is_some());
            prop_assert_eq!(group_of(text), group_of(text + texts.len()));
        }
    }

    #[test]
    fn kept_and_added_are_the_text_and_kept_and_left_out_have_the_length_of_the_template(one in "\\PC{0,80}", other in "\\PC{0,80}") {
        let pieces = difference(&one, &other);
        let text: String = pieces.iter().filter(|piece| piece.part != Part::LeftOut).map(|piece| piece.text.as_str()).collect();
        prop_assert_eq!(text, other);
    }
}
