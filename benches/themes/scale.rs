//! How long it takes, with as many answers as a national consultation has.

use anyhow::Result;
use soundings::analysis::suggest::Answer;
use soundings::analysis::suggest::classifier::{Classifier, Coded};
use soundings::analysis::suggest::features::Weights;
use soundings::analysis::suggest::queue;
use soundings::analysis::suggest::themes::{self, Said};

use super::made;
use super::report::{self, Goal};
use super::timing::timed;

const ANSWERS: usize = 500_000;
const CODED: usize = 2_536;
const CODES: usize = 35;

pub fn measure() -> Result<()> {
    let made: Vec<(String, usize)> = (0..ANSWERS as u64).map(|number| made::answer(number, CODES)).collect();
    let texts: Vec<&str> = made.iter().map(|(text, _)| text.as_str()).collect();
    let ids: Vec<String> = (0..ANSWERS).map(|number| format!("{number:07}")).collect();
    codes(&made, &texts, &ids)?;
    let said: Vec<Said> =
        ids.iter().zip(&texts).map(|(id, text)| Said { answer: Answer { id, text }, by: Some("resident") }).collect();
    for (count, goal) in [(10_000, Goal::least(3.0, None)), (ANSWERS, Goal::least(180.0, None))] {
        let (found, taken) = timed(|| themes::candidates(&said[..count], themes::COUNT, 1));
        report::speed(&format!("seconds for candidate themes of {count}"), &[taken], goal);
        if count == 10_000 {
            let again = themes::candidates(&said[..count], themes::COUNT, 1);
            report::line(
                "  the same again with the same seed (1 yes)",
                &[f64::from(u8::from(again == found))],
                Goal::most(1.0, 1.0),
            );
        }
    }
    Ok(())
}

fn codes(made: &[(String, usize)], texts: &[&str], ids: &[String]) -> Result<()> {
    let (weights, taken) = timed(|| Weights::learn(texts));
    report::speed(&format!("seconds to weigh the features of {ANSWERS}"), &[taken], Goal::default());
    let topics: Vec<[usize; 1]> = made.iter().map(|(_, topic)| [*topic]).collect();
    let coded: Vec<Coded> =
        (0..CODED).map(|at| Coded { answer: Answer { id: &ids[at], text: texts[at] }, codes: &topics[at] }).collect();
    let (classifier, taken) = timed(|| Classifier::learn(&weights, &coded, CODES, 1, None));
    let classifier = classifier?;
    report::speed(&format!("seconds to learn from {CODED} with {CODES} codes"), &[taken], Goal::least(2.5, Some(1.5)));
    let (scores, taken) = timed(|| classifier.score_all(&weights, texts));
    report::speed(&format!("seconds to score {ANSWERS}"), &[taken], Goal::least(20.0, Some(10.0)));
    let mut times: Vec<f64> = (0..1000)
        .map(|at| {
            timed(|| {
                let suggestions = classifier.suggestions(&classifier.scores(weights.row(texts[at])));
                suggestions.iter().take(3).map(|one| classifier.why(&weights, texts[at], one.code, 5)).collect::<Vec<_>>()
            })
        })
        .map(|(_, taken)| taken.clock * 1000.0)
        .collect();
    times.sort_by(f64::total_cmp);
    report::line("milliseconds for one answer's codes and why, p95", &[times[949]], Goal::least(50.0, None));
    let (_, taken) = timed(|| queue::rare(&classifier, &weights, texts, &scores, 20, 1));
    report::speed(&format!("seconds for the next 20 of {ANSWERS}"), &[taken], Goal::default());
    let (_, taken) = timed(|| queue::similar(&weights, &texts[..10_000], texts[5], 20));
    report::speed("seconds for answers like one, of 10,000", &[taken], Goal::default());
    Ok(())
}
