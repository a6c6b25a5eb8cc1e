//! Did you mean: the nearest of the names there are.

/// The name that is near enough to be what was meant.
#[must_use]
pub fn nearest<'n>(name: &str, all: &[&'n str]) -> Option<&'n str> {
    let scored = all.iter().map(|known| (strsim::jaro_winkler(name, known), *known));
    let near = scored.filter(|(score, _)| *score > 0.75);
    near.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, known)| known)
}

/// The nearest name and all of them, in a sentence.
#[must_use]
pub fn advice(name: &str, all: &[&str]) -> String {
    let tip = nearest(name, all).map(|near| format!("did you mean {near}? ")).unwrap_or_default();
    match all {
        [] => "there is nothing that could stand here".to_owned(),
        all => format!("{tip}there are: {}", all.join(", ")),
    }
}
