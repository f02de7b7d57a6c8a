//! Text as it stands in XML.

use memchr::memchr3;

/// Returns a text with `&`, `<` and `>` as the references that stand for them between tags.
pub fn escaped(text: &str) -> String {
    let mut xml = String::with_capacity(text.len() + text.len() / 16);
    let mut left = text;
    while let Some(place) = memchr3(b'&', b'<', b'>', left.as_bytes()) {
        let (before, sign) = left.split_at(place);
        xml.push_str(before);
        xml.push_str(match sign.as_bytes()[0] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            _ => "&gt;",
        });
        left = &sign[1..];
    }
    xml.push_str(left);
    xml
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_xml_become_references() {
        assert_eq!(
            escaped("a<ref>&ț;</ref>"),
            "a&lt;ref&gt;&amp;ț;&lt;/ref&gt;"
        );
        assert_eq!(escaped(""), "");
    }
}
