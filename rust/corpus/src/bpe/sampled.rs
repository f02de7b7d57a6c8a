use simdutf8::compat::from_utf8;

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::PieceCounts;
use crate::documents::Record;

/// Split from which a vocabulary is learned.
const TRAIN: &str = "train";
/// Splits that there are.
pub(super) const SPLITS: [&str; 3] = [TRAIN, "valid", "test"];

/// The train documents of a part from which a vocabulary is learned: their pieces, counted, and
/// samples of their texts.
#[derive(Clone, Debug)]
pub struct TrainDocuments {
    draw: Draw,
    /// Characters of the texts that `beginning` may still get.
    characters_left: usize,
    every: usize,
    /// Bytes of texts from which on one is a sample.
    next_sample: usize,
    /// Their pieces.
    pub counts: PieceCounts,
    /// How many they are.
    pub documents: usize,
    /// Bytes of their texts.
    pub bytes: usize,
    /// The first texts.
    pub beginning: Vec<String>,
    /// Beginnings of texts from everywhere.
    pub everywhere: Vec<String>,
}

/// Which documents are drawn: those with a hash of their id below a limit, or all.
#[derive(Clone, Copy, Debug)]
pub struct Draw {
    /// Seed of the hash.
    pub seed: u64,
    /// None for all.
    pub limit: Option<u64>,
}

impl Draw {
    fn has(&self, id: &str) -> bool {
        let hash = || xxh3_64_with_seed(id.as_bytes(), self.seed);
        self.limit.is_none_or(|limit| hash() < limit)
    }
}

impl TrainDocuments {
    /// Bytes of a text of `everywhere`, at most.
    pub const SAMPLE: usize = 2000;

    /// Makes an empty set.
    ///
    /// `beginning` will get so many characters, and `everywhere` a text `every` so many bytes.
    pub fn new(draw: Draw, characters: usize, every: usize) -> Self {
        Self {
            draw,
            characters_left: characters,
            every: every.max(Self::SAMPLE),
            next_sample: 0,
            counts: PieceCounts::default(),
            documents: 0,
            bytes: 0,
            beginning: Vec::new(),
            everywhere: Vec::new(),
        }
    }

    /// Adds the drawn train documents of a block, one document in each line, up to the first line in
    /// another form than the stages give it or without a split; returns the bytes of the lines
    /// before that.
    pub fn add_block(&mut self, block: &[u8]) -> usize {
        let lines = from_utf8(block)
            .unwrap_or_else(|error| from_utf8(&block[..error.valid_up_to()]).expect("checked"));
        let mut text = String::new();
        let mut done = 0;
        for line in lines.split_inclusive('\n') {
            let record = line.strip_suffix('\n').unwrap_or(line);
            let found = Record::read(record, &mut text)
                .and_then(|record| Some((record.id()?, record.text_of("split")?)))
                .filter(|(_, split)| SPLITS.contains(split));
            let Some((id, split)) = found else { break };
            if split == TRAIN && self.draw.has(id) {
                self.add(&text);
            }
            done += line.len();
        }
        done
    }

    /// Adds the text of a drawn train document.
    pub fn add(&mut self, text: &str) {
        self.counts.add(text);
        self.documents += 1;
        if self.characters_left > 0 {
            let end = text.char_indices().nth(self.characters_left);
            let taken = &text[..end.map_or(text.len(), |(index, _)| index)];
            self.characters_left -= taken.chars().count();
            self.beginning.push(taken.to_owned());
        }
        if self.bytes >= self.next_sample {
            let mut ends = (0..=Self::SAMPLE.min(text.len())).rev();
            let end = ends.find(|end| text.is_char_boundary(*end));
            let taken = &text[..end.expect("0 is one")];
            self.everywhere.push(taken.to_owned());
            self.next_sample = self.bytes + self.every;
        }
        self.bytes += text.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Draw = Draw {
        seed: 1,
        limit: None,
    };

    fn line(id: &str, text: &str, split: &str) -> String {
        format!(
            r#"{{"id":"{id}","text":"{text}","source":"s","meta":{{"n":1,"split":"{split}","t":2}}}}"#
        )
    }

    fn read(block: &[u8], draw: Draw) -> (usize, usize, usize) {
        let mut found = TrainDocuments::new(draw, 0, 0);
        let done = found.add_block(block);
        (found.documents, found.bytes, done)
    }

    #[test]
    fn train_documents_are_read_up_to_a_line_in_another_form() {
        let usual = [line("s/0", "ăb", "train"), line("s/1", "c", "test")].join("\n") + "\n";
        for other in [
            "{}",
            &line("s/2", "c", "other"),
            &line(r"s\/2", "c", "train"),
            &line("s/2", "c", "train").replace(r#","split":"train""#, ""),
            &line("s/2", "c", "train").replace(r#""train""#, "1"),
        ] {
            let block = format!("{usual}{other}\n{usual}");
            assert_eq!(read(block.as_bytes(), ALL), (1, 3, usual.len()), "{other}");
        }
        let whole = usual.trim_end().as_bytes();
        assert_eq!(read(whole, ALL), (1, 3, whole.len()));
        assert_eq!(read(b"", ALL), (0, 0, 0));
        let broken = [usual.as_bytes(), b"\xff"].concat();
        assert_eq!(read(&broken, ALL), (1, 3, usual.len()));
    }

    #[test]
    fn documents_are_drawn_by_the_hash_of_their_id() {
        let ids: Vec<String> = (0..200).map(|number| format!("s/{number}")).collect();
        let lines: Vec<String> = ids.iter().map(|id| line(id, "a", "train")).collect();
        let limit = u64::MAX / 4;
        let draw = Draw {
            seed: 7,
            limit: Some(limit),
        };
        let hash = |id: &&String| xxh3_64_with_seed(id.as_bytes(), 7) < limit;
        let expected = ids.iter().filter(hash).count();
        assert!((20..80).contains(&expected));
        assert_eq!(read(lines.join("\n").as_bytes(), draw).0, expected);
    }

    #[test]
    fn the_beginning_has_so_many_characters() {
        let mut found = TrainDocuments::new(ALL, 7, 0);
        for _ in 0..3 {
            found.add("țară");
        }
        assert_eq!(found.beginning, ["țară", "țar"]);
    }

    #[test]
    fn samples_from_everywhere_are_beginnings_of_texts_so_far_apart() {
        let mut found = TrainDocuments::new(ALL, 0, 10_000);
        for number in 0..10 {
            found.add(&format!("{number}{}", "ț".repeat(2000)));
        }
        let first: Vec<&str> = found.everywhere.iter().map(|text| &text[..1]).collect();
        assert_eq!(first, ["0", "3", "6", "9"]);
        assert!(found.everywhere.iter().all(|text| text.len() == 1999));
    }
}
