//! Files of text: the documents made of their lines hold what the lines do, and are read again.

use gpt2ro_corpus::bpe::SplitTexts;
use gpt2ro_corpus::{Form, TextFile};

/// The first byte says what is asked for, the others are a file of text.
pub fn text_file(bytes: &[u8]) -> bool {
    let (_, read) = SplitTexts::read(bytes);
    assert!(read <= bytes.len());
    let Some((&asked, bytes)) = bytes.split_first() else {
        return false;
    };
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let whole = documents([text].into_iter(), asked);
    // How many lines come at once changes nothing.
    assert_eq!(documents(text.split('\n'), asked), whole);
    // Nothing is lost but blanks.
    assert!(inked(&whole.concat()).eq(inked(text)));
    assert!(whole.iter().all(|text| !text.is_empty()));
    true
}

/// The texts of the documents of a file, whose lines come some at a time.
fn documents<'a>(runs: impl Iterator<Item = &'a str>, asked: u8) -> Vec<String> {
    let form = Form {
        blank_line: asked & 1 == 1,
        trims: asked & 2 == 2,
        max_characters: (asked & 4 == 4).then_some(usize::from(asked >> 3) + 1),
        head: br#"{"id":"s/p/"#.to_vec(),
        tail: br#","source":"s","meta":{"split":"train"}}"#.iter().chain(b"\n").copied().collect(),
    };
    let mut file = TextFile::new(form, 0);
    let mut json = Vec::new();
    runs.for_each(|run| file.add(run, &mut json));
    file.end(&mut json);
    let (found, read) = SplitTexts::read(&json);
    assert_eq!(read, json.len());
    assert_eq!(found.ends.len(), file.documents);
    assert_eq!(found.texts.len(), file.bytes);
    let begins = [0].into_iter().chain(found.ends.iter().copied());
    begins
        .zip(&found.ends)
        .map(|(begin, &end)| found.texts[begin..end].to_owned())
        .collect()
}

fn inked(text: &str) -> impl Iterator<Item = char> {
    let is_blank = |character: char| character.is_whitespace() || character.is_control();
    text.chars().filter(move |&character| !is_blank(character))
}
