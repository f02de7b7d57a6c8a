//! A histogram as a picture.

use std::fmt::Write as _;

use super::histogram::{Bucket, Histogram};

const WIDTH: usize = 760;
const LEFT: usize = 150;
const RIGHT: usize = 90;
const TOP: usize = 40;
const ROW: usize = 24;
const BAR: usize = 16;

/// Draw the buckets as bars, with their numbers. The colours follow the reader's light or dark mode.
#[must_use]
pub fn picture(histogram: &Histogram, unit: &str) -> String {
    let buckets = histogram.buckets();
    let most = buckets.iter().map(|bucket| bucket.texts).max().unwrap_or(1);
    let height = TOP + ROW * buckets.len() + ROW;
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="Lengths of texts in {unit}">
<style>
svg {{ background: #fff; font: 13px sans-serif; }}
text {{ fill: #222; }}
rect {{ fill: #2a6f97; }}
@media (prefers-color-scheme: dark) {{ svg {{ background: #16181c; }} text {{ fill: #ddd; }} rect {{ fill: #7fb8d6; }} }}
</style>
<text x="16" y="24">{}</text>
"#,
        histogram.summary(unit)
    );
    for (row, Bucket { low, high, texts }) in buckets.into_iter().enumerate() {
        let y = TOP + ROW * row;
        let width = texts as f64 / most as f64 * (WIDTH - LEFT - RIGHT) as f64;
        let (base, after) = (y + BAR - 3, LEFT as f64 + width + 8.0);
        let _ = writeln!(
            svg,
            r#"<text x="{}" y="{base}" text-anchor="end">{low} – {high}</text><rect x="{LEFT}" y="{y}" width="{width:.1}" height="{BAR}"/><text x="{after:.1}" y="{base}">{texts}</text>"#,
            LEFT - 10,
        );
    }
    svg + "</svg>\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_bar_for_every_bucket_and_the_fullest_is_the_longest() {
        let mut histogram = Histogram::default();
        [3, 3, 9]
            .into_iter()
            .for_each(|length| histogram.add(length));
        let svg = picture(&histogram, "words");
        assert_eq!(svg.matches("<rect ").count(), 3);
        assert!(svg.contains(r#"width="520.0""#) && svg.contains(r#"width="260.0""#));
        assert!(svg.contains("3 texts, 15 words"));
    }
}
