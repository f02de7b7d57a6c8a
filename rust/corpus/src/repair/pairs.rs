//! Two characters that stand for one.

/// Returns a text with one character for each two that stand for one, from the left.
///
/// `one` is given what stands before the two, repaired already, the two, and what stands behind them,
/// and says which it is, if they stand for one there.
pub(super) fn with_one_for_two(
    text: &str,
    mut one: impl FnMut(&str, char, char, &str) -> Option<char>,
) -> String {
    let mut repaired = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(first) = rest.next() {
        let mut behind = rest.clone();
        if let Some(second) = behind.next()
            && let Some(meant) = one(&repaired, first, second, behind.as_str())
        {
            repaired.push(meant);
            rest = behind;
        } else {
            repaired.push(first);
        }
    }
    repaired
}
