//! Candidate themes beside the codes that people gave.

use std::collections::BTreeMap;

use soundings::analysis::suggest::themes::{self, Candidate, Said};

use super::data::{Labelled, Set};
use super::report::{self, Goal};
use super::scores;
use super::timing::{Taken, timed};

/// Groups, as numbers by answer, and what their nearest answers and exemplars say.
struct Grouped {
    groups: Vec<usize>,
    nearest: f64,
    shown: f64,
    taken: Taken,
}

/// Measure one set: as many groups as codes, and the sixty that are shown.
pub fn measure(name: &str, set: &Set, seeds: u64) {
    let answers = set.single();
    let gold: Vec<usize> = answers.iter().map(|answer| answer.codes[0]).collect();
    let codes = gold.iter().collect::<std::collections::BTreeSet<_>>().len();
    let patients = codes < 50;
    let as_many: Vec<Grouped> = (0..seeds).map(|seed| group(&answers, &gold, codes, seed)).collect();
    let of = |all: &[Grouped], by: &dyn Fn(&Grouped) -> f64| all.iter().map(by).collect::<Vec<f64>>();
    let nmi = if patients {
        Goal::most(0.22, 0.29).beside(0.220, "NMF (0.217 LSA, k-means)")
    } else {
        Goal::most(0.55, 0.75).beside(0.550, "LSA, k-means")
    };
    report::say(&format!("{name}: {} answers, {codes} codes", answers.len()));
    report::line("  shared information (NMI), as many as codes", &of(&as_many, &|one| scores::nmi(&one.groups, &gold)), nmi);
    let alike =
        if patients { Goal::most(0.70, 0.85).beside(0.82, "NMF (0.81 LSA)") } else { Goal::default().beside(0.71, "LSA") };
    report::line("  one code among the 5 nearest (P@5)", &of(&as_many, &|one| one.nearest), alike);
    report::line("  one code among the 5 shown", &of(&as_many, &|one| one.shown), Goal::default());
    let sixty: Vec<Grouped> = (0..seeds).map(|seed| group(&answers, &gold, themes::COUNT, seed)).collect();
    let purity = if patients { Goal::most(0.51, 0.58).beside(0.522, "LSA") } else { Goal::default() };
    report::line("  purity of sixty", &of(&sixty, &|one| scores::purity(&one.groups, &gold)), purity);
    report::line("  one code among the 5 shown of sixty", &of(&sixty, &|one| one.shown), Goal::default());
    report::speed("  seconds for sixty", &sixty.iter().map(|one| one.taken).collect::<Vec<Taken>>(), Goal::default());
}

fn group(answers: &[&Labelled], gold: &[usize], count: usize, seed: u64) -> Grouped {
    let said: Vec<Said> = answers.iter().map(|answer| Said { answer: answer.answer(), by: None }).collect();
    let (candidates, taken) = timed(|| themes::candidates(&said, count, seed));
    let place: BTreeMap<&str, usize> = answers.iter().enumerate().map(|(at, answer)| (answer.id.as_str(), at)).collect();
    // Answers in no group are a group of their own.
    let mut groups = vec![candidates.len(); answers.len()];
    for (number, candidate) in candidates.iter().enumerate() {
        candidate.answers.iter().for_each(|id| groups[place[id]] = number);
    }
    let mean = |codes: &dyn Fn(&Candidate) -> Vec<usize>| {
        candidates.iter().map(|candidate| scores::agreement(&codes(candidate))).sum::<f64>() / candidates.len() as f64
    };
    let nearest = mean(&|candidate| candidate.answers.iter().take(5).map(|id| gold[place[id]]).collect());
    let shown = mean(&|candidate| candidate.exemplars.iter().map(|answer| gold[place[answer.id]]).collect());
    Grouped { groups, nearest, shown, taken }
}
