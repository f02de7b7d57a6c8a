use simdutf8::compat::from_utf8;

use super::{Record, json};

/// Calls `enter` with the id and the text of the documents of a block, one in each line, up to the
/// first line in another form than the stages give it; returns the bytes of the lines before that.
pub fn texts(block: &[u8], mut enter: impl FnMut(&str, &str)) -> usize {
    let lines = match from_utf8(block) {
        Ok(lines) => lines,
        Err(error) => from_utf8(&block[..error.valid_up_to()]).expect("checked"),
    };
    let mut text = String::new();
    let mut done = 0;
    for line in lines.split_inclusive('\n') {
        let record = line.strip_suffix('\n').unwrap_or(line);
        let Some(id) = Record::read(record, &mut text).and_then(|_| id(record)) else {
            break;
        };
        enter(id, &text);
        done += line.len();
    }
    done
}

/// Returns the id of a line that was read; none if it has escapes.
fn id(line: &str) -> Option<&str> {
    let start = r#"{"id":"#.len();
    let length = json::string(&line[start..])?;
    let id = &line[start + 1..start + length - 1];
    (!id.contains('\\')).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"id":"s/0","text":"ăb\n","source":"s","meta":{}}"#;

    fn found(block: &[u8]) -> (Vec<(String, String)>, usize) {
        let mut found = Vec::new();
        let done = texts(block, |id, text| {
            found.push((id.to_owned(), text.to_owned()))
        });
        (found, done)
    }

    #[test]
    fn documents_are_read_up_to_a_line_in_another_form() {
        let usual = ("s/0".to_owned(), "ăb\n".to_owned());
        for other in [
            "",
            "{}",
            &LINE.replace(':', ": "),
            &LINE.replace("s/0", r"s\/0"),
            &LINE.replace("s/0", r"s\\0"),
        ] {
            let block = format!("{LINE}\n{LINE}\n{other}\n{LINE}\n");
            let expected = (vec![usual.clone(); 2], 2 * (LINE.len() + 1));
            assert_eq!(found(block.as_bytes()), expected, "{other}");
        }
        let block = [LINE.as_bytes(), b"\n{\"id\":\"\xff"].concat();
        assert_eq!(found(&block), (vec![usual.clone()], LINE.len() + 1));
        assert_eq!(found(LINE.as_bytes()), (vec![usual], LINE.len()));
        assert_eq!(found(b""), (Vec::new(), 0));
    }
}
