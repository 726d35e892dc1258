//! Merged regions, swept from top to bottom beside the rows.

use super::cells::Region;

/// Regions that have begun and not ended, as the rows go by.
#[derive(Debug, Default)]
pub struct Regions {
    /// Those still to come, the topmost last.
    waiting: Vec<Region>,
    open: Vec<Region>,
}

impl Regions {
    /// The regions of a sheet.
    #[must_use]
    pub fn new(mut regions: Vec<Region>) -> Self {
        regions.sort_by_key(|region| std::cmp::Reverse((region.top, region.left)));
        Self { waiting: regions, open: Vec::new() }
    }

    /// One more region, which begins at the line that is read now.
    pub fn add(&mut self, region: Region) {
        self.waiting.push(region);
    }

    /// The regions that touch this line; lines must not go back.
    pub fn at(&mut self, line: u32) -> Vec<(usize, String)> {
        while let Some(region) = self.waiting.pop_if(|region| region.top <= line) {
            self.open.push(region);
        }
        self.open.retain(|region| region.bottom >= line);
        self.open.iter().map(|region| (region.left, region.name())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_touches_each_of_its_lines_and_no_other() {
        let region = |left, top, bottom| Region { left, right: left, top, bottom };
        let mut regions = Regions::new(vec![region(1, 3, 5), region(0, 2, 2)]);
        let names: Vec<Vec<String>> = (1..=6).map(|line| regions.at(line).into_iter().map(|(_, name)| name).collect()).collect();
        let long = || vec!["B3:B5".to_owned()];
        assert_eq!(names, [vec![], vec!["A2:A2".to_owned()], long(), long(), long(), vec![]]);
    }
}
