//! Values of a scenario file that are one word of text: sizes, laws, names, pairs of stacks.

use crate::preset::text;
use crate::units::{self, Unreadable};
use sim_core::profile::Profile;
use sim_core::wire::Law;
use std::fmt;
use std::str::FromStr;

/// A number of bytes, at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size(pub u32);

/// A time, a range of times, or another law for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LawText(pub Law);

/// A scenario's name: a word that can stand in a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(pub String);

/// A stack.
#[derive(Clone, Copy, Debug)]
pub struct Stack(pub &'static Profile);

/// Stacks that a claim is about: `linux` at both ends, or `linux-freebsd`, the client's first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair(pub [Stack; 2]);

/// A share of runs, in millionths: `5%`, or `20%..40%`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// At least.
    pub least: u32,
    /// At most.
    pub most: u32,
}

fn unreadable(text: &str, what: &'static str, form: impl Into<String>) -> Unreadable {
    Unreadable { text: text.to_owned(), what, form: form.into() }
}

/// One segment of a name.
fn is_plain(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with('-')
        && text.chars().all(inner)
}

/// The longest name.
pub const LONGEST_NAME: usize = 48;

impl FromStr for Size {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Size, Unreadable> {
        match units::size(text)? {
            0 => Err(unreadable(text, "size that is possible here", "at least one byte")),
            bytes => Ok(Size(bytes)),
        }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&units::show_size(self.0))
    }
}

impl FromStr for LawText {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<LawText, Unreadable> {
        units::law(text).map(LawText)
    }
}

impl fmt::Display for LawText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&units::show_law(self.0))
    }
}

impl FromStr for Name {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Name, Unreadable> {
        let sized = ["-small", "-medium", "-full"].into_iter().any(|end| text.ends_with(end));
        if is_plain(text) && text.len() <= LONGEST_NAME && !sized {
            return Ok(Name(text.to_owned()));
        }
        let form = format!(
            "small letters, digits and -, a letter first, at most {LONGEST_NAME}; \
             -small, -medium and -full are sizes"
        );
        Err(unreadable(text, "name", form))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl PartialEq for Stack {
    fn eq(&self, other: &Stack) -> bool {
        self.0.name == other.0.name
    }
}

impl Eq for Stack {}

/// Every stack's name.
fn stacks() -> String {
    sim_core::profile::ALL.map(|profile| profile.name).join(", ")
}

impl FromStr for Stack {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Stack, Unreadable> {
        let names = sim_core::profile::ALL.map(|profile| profile.name);
        let form = || crate::near::advice(text, &names);
        Profile::named(text).map(Stack).ok_or_else(|| unreadable(text, "stack", form()))
    }
}

impl fmt::Display for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0.name)
    }
}

impl FromStr for Pair {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Pair, Unreadable> {
        if let Some(both) = Profile::named(text) {
            return Ok(Pair([Stack(both); 2]));
        }
        let named = |name: &str| Profile::named(name).map(Stack);
        // A stack's name may have a hyphen of its own.
        let halves = text.match_indices('-').map(|(at, _)| (&text[..at], &text[at + 1..]));
        let mut pairs = halves.filter_map(|(a, b)| Some(Pair([named(a)?, named(b)?])));
        pairs.next().ok_or_else(|| {
            let form = format!(
                "a stack at both ends (linux), or the client's and the server's \
                 (linux-freebsd); there are {}",
                stacks()
            );
            unreadable(text, "pair of stacks", form)
        })
    }
}

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            [a, b] if a == b => a.fmt(f),
            [a, b] => f.pad(&format!("{a}-{b}")),
        }
    }
}

/// A percentage with at most four decimals, in millionths.
fn percent(text: &str) -> Option<u32> {
    let digits = text.trim().strip_suffix('%')?.trim_end();
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !plain(whole) || !plain(part) || part.len() > 4 {
        return None;
    }
    let whole = whole.parse::<u32>().ok()?.checked_mul(10_000)?;
    let part = format!("{part:0<4}").parse::<u32>().ok()?;
    whole.checked_add(part).filter(|share| *share <= 1_000_000)
}

fn show_percent(millionths: u32) -> String {
    let text = format!("{}.{:04}", millionths / 10_000, millionths % 10_000);
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
}

impl FromStr for Share {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Share, Unreadable> {
        let share = match text.split_once("..") {
            Some((least, most)) => percent(least).zip(percent(most)),
            None => percent(text).map(|most| (0, most)),
        };
        let form = "at most 5% (of the runs), or between two such: 20%..40%";
        match share {
            Some((least, most)) if least <= most => Ok(Share { least, most }),
            Some(_) | None => Err(unreadable(text, "share", form)),
        }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.least {
            0 => f.pad(&show_percent(self.most)),
            least => f.pad(&format!("{}..{}", show_percent(least), show_percent(self.most))),
        }
    }
}

text! {
    Size: "bytes, at least one: 512B, 64KiB, 10MB", r"^\d+(\.\d+)? ?([kKmMgG]i?)?[bB]?$";
    LawText: "a time (5ms), or a law for one (0ms..20ms)", r"^\S.*$";
    Name: "small letters, digits and -", r"^[a-z][a-z0-9-]*$";
    Stack: "a TCP stack, as in closerace list", r"^[a-z0-9-]+$";
    Pair: "a stack at both ends, or CLIENT-SERVER", r"^[a-z0-9-]+$";
    Share: "at most 5%, or 20%..40%", r"^[0-9.]+ ?%( ?\.\. ?[0-9.]+ ?%)?$";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for text in ["5%", "20%..40%", "0.01%", "100%"] {
            assert_eq!(text.parse::<Share>().map(|share| share.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "5", "-1%", "101%", "40%..20%", "1e2%", "%", "0.00001%"] {
            assert!(text.parse::<Share>().is_err(), "{text}");
        }
        for text in ["linux", "linux-freebsd"] {
            assert_eq!(text.parse::<Pair>().map(|pair| pair.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "linux-", "-", "windows-beos", "linux-linux-linux"] {
            assert!(text.parse::<Pair>().is_err(), "{text}");
        }
        for text in ["", "Upload", "a.b", "up load", "-a", "a-", "a-small", "9a"] {
            assert!(text.parse::<Name>().is_err(), "{text}");
        }
    }
}
