//! Ids of uploaded lines, made from what they say: the same file under another name or in another format stores nothing
//! twice, an overlapping newer file stores only what is new, and two people with equal answers stay two.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::domain::submission::Submission;

/// The ids a line gets, and the line before it that says the same, if any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ids {
    /// The response's id.
    pub response_id: Uuid,
    /// The revision's id.
    pub revision_id: Uuid,
    /// The first line of the file that is the same.
    pub same_as: Option<u32>,
}

/// Gives out ids, in the order of the file.
#[derive(Debug, Clone)]
pub struct Identity {
    consultation: Uuid,
    /// By the hash of what a line says: the first such line, and how many there were.
    seen: HashMap<[u8; 16], (u32, u32)>,
    named: HashMap<String, u32>,
}

/// The same id stands in two lines; the first of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Twice(pub u32);

impl Identity {
    /// Ids within a consultation.
    #[must_use]
    pub fn new(consultation: &str) -> Self {
        let name = format!("soundings/uploads/{consultation}");
        Self { consultation: Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes()), seen: HashMap::new(), named: HashMap::new() }
    }

    /// The id of a whole upload: the same file for the same channel read in the same way is the same upload, so that one
    /// that was cut off is finished by running it again.
    #[must_use]
    pub fn upload(&self, sha256: &str, channel: &str, mapping: &str) -> Uuid {
        Uuid::new_v5(&self.consultation, format!("upload/{sha256}/{channel}/{mapping}").as_bytes())
    }

    /// Ids by what a line says: `digest` covers its answers, the rest comes from the submission. Equal lines are told apart
    /// by their number among themselves.
    pub fn by_content(&mut self, digest: &str, submission: &Submission, line: u32) -> Ids {
        let hash = content(digest, submission);
        let (first, times) = self.seen.entry(hash).or_insert((line, 0));
        *times += 1;
        let (same_as, number) = ((*times > 1).then_some(*first), *times);
        let mut name = hash.to_vec();
        name.extend_from_slice(&number.to_be_bytes());
        self.ids("content/", &name, same_as)
    }

    /// Ids by the id that the source gave the line.
    pub fn by_name(&mut self, source: &str, id: &str, line: u32) -> Result<Ids, Twice> {
        if let Some(first) = self.named.insert(id.to_owned(), line) {
            return Err(Twice(first));
        }
        Ok(self.ids("named/", format!("{}/{source}/{id}", source.len()).as_bytes(), None))
    }

    fn ids(&self, kind: &str, name: &[u8], same_as: Option<u32>) -> Ids {
        let id = |part: &str| Uuid::new_v5(&self.consultation, &[part.as_bytes(), kind.as_bytes(), name].concat());
        Ids { response_id: id("response/"), revision_id: id("revision/"), same_as }
    }
}

/// What a line says, in 128 bits: enough that two different ones never meet by chance.
fn content(digest: &str, submission: &Submission) -> [u8; 16] {
    let mut hasher = Sha256::new();
    let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let origin = &submission.origin;
    let parts = [
        digest.to_owned(),
        submission.channel.code().to_owned(),
        day(submission.completed_on),
        day(submission.posted_on),
        day(submission.received_on),
        origin.paper_reference.clone().unwrap_or_default(),
        origin.event.clone().unwrap_or_default(),
    ];
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    let mut hash = [0; 16];
    hash.copy_from_slice(&hasher.finalize()[..16]);
    hash
}
