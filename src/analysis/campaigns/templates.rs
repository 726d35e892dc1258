//! The second pass: what the members of a group have in common, groups with one template made one, and texts attached to it.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::leaders::{Making, alike, ratio, size};
use super::shingles::{Prints, in_parts, mix, shared, u32_of, usize_of};
use super::{Group, How, Kind, Member, Settings};

/// How many members a template is made from.
const SAMPLE: usize = 200;

/// The share of them that must have a shingle.
const IN_COMMON: f64 = 0.3;

/// Templates this alike are one: by Jaccard index, or by the share of the shorter that the longer holds.
const ONE_TEMPLATE: (f64, f64) = (0.35, 0.55);

/// A text with this share of a template's shingles says nothing of how common they are elsewhere.
const TAKEN: f64 = 0.25;

/// What a group has in common, in rising order.
pub(super) struct Template {
    group: usize,
    shingles: Vec<u32>,
}

/// The templates of the groups that are large enough, largest group first. Of groups with one template the larger takes in
/// the smaller, which is left empty.
pub(super) fn merge(prints: &Prints, groups: &mut [Making], settings: &Settings) -> Vec<Template> {
    let mut large: Vec<(usize, usize)> = groups.iter().map(|group| size(prints, group)).enumerate().collect();
    large.retain(|(_, size)| *size >= settings.fewest);
    large.sort_by_key(|(group, size)| (usize::MAX - size, *group));
    let mut kept: Vec<Template> = Vec::new();
    let mut index = Index::default();
    for (group, _) in large {
        let shingles = in_common(prints, &groups[group].near);
        if let Some(taken) = index.nearest(&kept, &shingles) {
            let moved = std::mem::take(&mut groups[group].near);
            let near = &mut groups[kept[taken].group].near;
            near.extend(moved);
            near.sort_unstable();
        } else {
            index.add(kept.len(), &shingles);
            kept.push(Template { group, shingles });
        }
    }
    for template in &mut kept {
        template.shingles = in_common(prints, &groups[template.group].near);
    }
    kept
}

/// The shingles that enough members have, each member counted as often as it was sent.
fn in_common(prints: &Prints, members: &[u32]) -> Vec<u32> {
    let most_sent = members.iter().copied().max_by_key(|text| (prints.copies(usize_of(*text)).len(), u32::MAX - text));
    let step = members.len().div_ceil(SAMPLE).max(1);
    let mut sample: Vec<u32> = members.iter().copied().step_by(step).chain(most_sent).collect();
    sample.sort_unstable();
    sample.dedup();
    let (mut counts, mut all): (HashMap<u32, usize, Fixed>, usize) = (HashMap::default(), 0);
    for text in sample {
        let copies = prints.copies(usize_of(text)).len();
        all += copies;
        prints.set(usize_of(text)).iter().for_each(|shingle| *counts.entry(*shingle).or_default() += copies);
    }
    let mut common: Vec<u32> = counts.into_iter().filter(|(_, count)| ratio(*count, all) >= IN_COMMON).map(|(s, _)| s).collect();
    common.sort_unstable();
    common
}

/// Attach the texts that are in no large group to the template of which they hold most.
pub(super) fn attach(prints: &Prints, groups: &mut [Making], templates: &[Template], settings: &Settings) {
    let mut index = Index::default();
    templates.iter().enumerate().for_each(|(number, template)| index.add(number, &template.shingles));
    let is_template: Vec<usize> = templates.iter().map(|template| template.group).collect();
    let mut loose: Vec<u32> = Vec::new();
    for (number, group) in groups.iter().enumerate() {
        if !is_template.contains(&number) {
            loose.extend(&group.near);
        }
    }
    loose.sort_unstable();
    let weights = index.weights(prints, &loose, templates.len());
    let found: Vec<(u32, u32)> = in_parts(&loose, |part| {
        let mut tally = Tally::over(templates.len());
        let held = |text: &u32| index.most_held(prints.set(usize_of(*text)), &weights, &mut tally, settings);
        part.iter().zip(part.iter().map(held)).filter_map(|(text, template)| Some((*text, template?))).collect()
    });
    let mut gone = vec![false; prints.long];
    for (text, template) in found {
        gone[usize_of(text)] = true;
        groups[templates[usize_of(template)].group].attached.push(text);
    }
    for (number, group) in groups.iter_mut().enumerate() {
        if !is_template.contains(&number) {
            group.near.retain(|text| !gone[usize_of(*text)]);
        }
    }
}

/// Which templates have a shingle.
#[derive(Default)]
struct Index {
    entries: HashMap<u32, Vec<u32>, Fixed>,
}

impl Index {
    fn add(&mut self, template: usize, shingles: &[u32]) {
        for shingle in shingles {
            self.entries.entry(*shingle).or_default().push(u32_of(template));
        }
    }

    /// The first of the templates that is the same as this one.
    fn nearest(&self, templates: &[Template], shingles: &[u32]) -> Option<usize> {
        let mut near: Vec<u32> = shingles.iter().filter_map(|shingle| self.entries.get(shingle)).flatten().copied().collect();
        near.sort_unstable();
        near.dedup();
        let (jaccard, held) = ONE_TEMPLATE;
        near.into_iter().map(usize_of).find(|number| alike(&templates[*number].shingles, shingles, jaccard, held))
    }

    /// How unusual each shingle is among texts that are not plainly of a campaign: 1 where nobody else has it, 0 where all do.
    fn weights(&self, prints: &Prints, loose: &[u32], templates: usize) -> HashMap<u32, f64, Fixed> {
        let parts = in_parts(loose, |part| {
            let (mut counts, mut tally) = (HashMap::<u32, usize, Fixed>::default(), Tally::over(templates));
            for text in part {
                let set = prints.set(usize_of(*text));
                set.iter()
                    .filter_map(|shingle| self.entries.get(shingle))
                    .flatten()
                    .for_each(|template| tally.add(*template, 1.0));
                if tally.take_most().is_none_or(|(_, held)| held < TAKEN * ratio(set.len(), 1)) {
                    let known = set.iter().filter(|shingle| self.entries.contains_key(shingle));
                    known.for_each(|shingle| *counts.entry(*shingle).or_default() += prints.copies(usize_of(*text)).len());
                }
            }
            vec![counts]
        });
        let all = ratio(loose.len() + 2, 1).ln();
        let count = |shingle: &u32| parts.iter().filter_map(|counts| counts.get(shingle)).sum::<usize>();
        let weight = |shingle: &u32| (1.0 - ratio(count(shingle) + 1, 1).ln() / all).max(0.0);
        self.entries.keys().map(|shingle| (*shingle, weight(shingle))).collect()
    }

    /// The template of which a text holds most, if it holds enough.
    fn most_held(&self, set: &[u32], weights: &HashMap<u32, f64, Fixed>, tally: &mut Tally, settings: &Settings) -> Option<u32> {
        for shingle in set {
            if let Some(templates) = self.entries.get(shingle) {
                let weight = weights.get(shingle).copied().unwrap_or_default();
                for template in templates {
                    tally.add(*template, weight);
                }
            }
        }
        let (best, weight) = tally.take_most()?;
        (weight >= settings.weight && weight >= settings.share * ratio(set.len(), 1)).then_some(best)
    }
}

/// What a text holds of each template; clearing it costs as little as what was put in.
struct Tally {
    held: Vec<f64>,
    touched: Vec<u32>,
}

impl Tally {
    fn over(templates: usize) -> Self {
        Self { held: vec![0.0; templates], touched: Vec::new() }
    }

    fn add(&mut self, template: u32, weight: f64) {
        let held = &mut self.held[usize_of(template)];
        if *held == 0.0 && weight > 0.0 {
            self.touched.push(template);
        }
        *held += weight;
    }

    /// The template with most, the largest group's where two are level; and all is cleared.
    fn take_most(&mut self) -> Option<(u32, f64)> {
        let mut most: Option<(u32, f64)> = None;
        for template in self.touched.drain(..) {
            let held = std::mem::take(&mut self.held[usize_of(template)]);
            if most.is_none_or(|(best, most)| held > most || (held >= most && template < best)) {
                most = Some((template, held));
            }
        }
        most
    }
}

/// A finished group, when it has two texts or more.
pub(super) fn describe(prints: &Prints, group: &Making, settings: &Settings) -> Option<Group> {
    let texts = size(prints, group);
    if texts < 2 {
        return None;
    }
    let common = in_common(prints, &group.near);
    let nearest = |text: &&u32| {
        let set = prints.set(usize_of(**text));
        let both = shared(set, &common);
        let jaccard = ratio(both, set.len() + common.len() - both);
        (ordered(jaccard), prints.copies(usize_of(**text)).len(), u32::MAX - **text)
    };
    let template = *group.near.iter().max_by_key(nearest)?;
    let words = prints.set(usize_of(template));
    let member = |text: u32, how: How| {
        let holds = ratio(shared(prints.set(usize_of(text)), words), words.len());
        let how = if text == template { How::Same } else { how };
        prints.copies(usize_of(text)).iter().map(move |place| Member { text: usize_of(*place), how, holds })
    };
    let near = group.near.iter().flat_map(|text| member(*text, How::Near));
    let mut members: Vec<Member> = near.chain(group.attached.iter().flat_map(|text| member(*text, How::Attached))).collect();
    members.sort_by_key(|member| member.text);
    let kind = if texts >= settings.fewest { Kind::Campaign } else { Kind::Alike };
    let template = usize_of(prints.copies(usize_of(template))[0]);
    Some(Group { kind, template, members, distinct: group.near.len() + group.attached.len() })
}

/// A share in millionths, since floating-point numbers have no order of their own.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share is between 0 and 1")]
fn ordered(share: f64) -> u32 {
    (share * 1e6).round() as u32
}

/// A hasher that never differs between runs, for numbers that are hashes already.
type Fixed = BuildHasherDefault<Mixed>;

#[derive(Default)]
struct Mixed(u64);

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        mix(self.0)
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u32(u32::from(*byte));
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.0 = (self.0 << 32) ^ u64::from(number);
    }
}
