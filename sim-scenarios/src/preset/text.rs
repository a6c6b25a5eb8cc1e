//! Values that are one word of text in a file: amounts, delays, places to go.

use crate::units::{self, Unreadable};
use sim_core::wire::{Law, Micros};
use std::fmt;
use std::str::FromStr;

/// How many bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Amount {
    /// So many.
    Bytes(u32),
    /// As many as the client declares.
    Request,
    /// As many as the answer has.
    Reply,
    /// As many as the client hands over in one call.
    Write,
    /// The head of the request: what goes out before the body where they are sent apart.
    Head,
    /// The request without its head.
    Body,
    /// No limit.
    Unlimited,
    /// What this number of the preset says.
    Knob(String),
}

/// How long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delay {
    /// Under this law.
    Law(Law),
    /// Between two writes of the client.
    Gap,
    /// From data being there to the client's reading it.
    Wake,
    /// The same for a client that is late.
    Late,
    /// From a connection being there to accept().
    Accept,
    /// No limit.
    Unlimited,
    /// What this number of the preset says.
    Knob(String),
}

/// A time without chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time(pub Micros);

/// How far to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Until {
    /// One call.
    Once,
    /// The end of the stream.
    Eof,
    /// So many bytes, or the end of the stream.
    Count(Amount),
}

/// SO_LINGER.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lingering {
    /// `{0, 0}`: close() returns at once.
    Off,
    /// `{1, 0}`: close() resets.
    Abort,
    /// `{1, n}`: close() waits, at most so many seconds.
    Seconds(u16),
    /// The same, as this number of the preset says.
    Knob(String),
}

/// Where to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The next step.
    Next,
    /// Nowhere: the lane ends.
    End,
    /// The step with this label.
    Label(String),
}

/// Whether a step is there at all, by what is declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// What is compared.
    pub what: Declared,
    /// How.
    pub is: Compared,
    /// With this.
    pub than: Amount,
}

/// A declared size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Declared {
    /// The request's.
    Request,
    /// The answer's.
    Reply,
}

/// How two sizes are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compared {
    /// Smaller.
    Below,
    /// As large or larger.
    AtLeast,
}

fn knob(text: &str) -> Option<String> {
    let name = text.strip_prefix('$')?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (!name.is_empty() && name.chars().all(plain)).then(|| name.to_owned())
}

fn unreadable(text: &str, what: &'static str, form: String) -> Unreadable {
    Unreadable { text: text.to_owned(), what, form }
}

impl FromStr for Amount {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Amount, Unreadable> {
        let words = [
            ("request", Amount::Request),
            ("reply", Amount::Reply),
            ("write", Amount::Write),
            ("head", Amount::Head),
            ("body", Amount::Body),
            ("none", Amount::Unlimited),
        ];
        if let Some((_, amount)) = words.into_iter().find(|(word, _)| *word == text) {
            return Ok(amount);
        }
        if let Some(name) = knob(text) {
            return Ok(Amount::Knob(name));
        }
        units::size(text).map(Amount::Bytes).map_err(|_| {
            let form = format!(
                "{}; or request, reply, write, head, body, none, $NUMBER",
                units::SIZE_FORM
            );
            unreadable(text, "number of bytes", form)
        })
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Amount::Bytes(n) => f.pad(&units::show_size(*n)),
            Amount::Request => f.pad("request"),
            Amount::Reply => f.pad("reply"),
            Amount::Write => f.pad("write"),
            Amount::Head => f.pad("head"),
            Amount::Body => f.pad("body"),
            Amount::Unlimited => f.pad("none"),
            Amount::Knob(name) => f.pad(&format!("${name}")),
        }
    }
}

impl FromStr for Delay {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Delay, Unreadable> {
        let words = [
            ("gap", Delay::Gap),
            ("wake", Delay::Wake),
            ("late", Delay::Late),
            ("accept", Delay::Accept),
            ("none", Delay::Unlimited),
        ];
        if let Some((_, delay)) = words.into_iter().find(|(word, _)| *word == text) {
            return Ok(delay);
        }
        if let Some(name) = knob(text) {
            return Ok(Delay::Knob(name));
        }
        units::law(text).map(Delay::Law).map_err(|_| {
            let form = format!("{}; or gap, wake, late, accept, none, $NUMBER", units::LAW_FORM);
            unreadable(text, "delay", form)
        })
    }
}

impl fmt::Display for Delay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Delay::Law(law) => f.pad(&units::show_law(*law)),
            Delay::Gap => f.pad("gap"),
            Delay::Wake => f.pad("wake"),
            Delay::Late => f.pad("late"),
            Delay::Accept => f.pad("accept"),
            Delay::Unlimited => f.pad("none"),
            Delay::Knob(name) => f.pad(&format!("${name}")),
        }
    }
}

impl FromStr for Time {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Time, Unreadable> {
        units::time(text).map(Time)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&units::show_time(self.0))
    }
}

impl FromStr for Until {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Until, Unreadable> {
        match text {
            "once" => Ok(Until::Once),
            "eof" => Ok(Until::Eof),
            _ => text.parse().map(Until::Count).map_err(|_| {
                let form = "write once, eof, request, reply, $NUMBER or a size (64KiB)".to_owned();
                unreadable(text, "place to stop reading", form)
            }),
        }
    }
}

impl fmt::Display for Until {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Until::Once => f.pad("once"),
            Until::Eof => f.pad("eof"),
            Until::Count(amount) => amount.fmt(f),
        }
    }
}

impl FromStr for Lingering {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Lingering, Unreadable> {
        let seconds = || text.strip_suffix('s')?.parse().ok().filter(|n| *n > 0);
        match text {
            "off" => Ok(Lingering::Off),
            "abort" => Ok(Lingering::Abort),
            _ => knob(text)
                .map(Lingering::Knob)
                .or_else(|| seconds().map(Lingering::Seconds))
                .ok_or_else(|| {
                    let form = "write off, abort, whole seconds (5s) or $NUMBER".to_owned();
                    unreadable(text, "SO_LINGER", form)
                }),
        }
    }
}

impl fmt::Display for Lingering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Lingering::Off => f.pad("off"),
            Lingering::Abort => f.pad("abort"),
            Lingering::Seconds(n) => f.pad(&format!("{n}s")),
            Lingering::Knob(name) => f.pad(&format!("${name}")),
        }
    }
}

impl FromStr for Target {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Target, Unreadable> {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        match text {
            "next" => Ok(Target::Next),
            "end" => Ok(Target::End),
            label if !label.is_empty() && label.chars().all(plain) => {
                Ok(Target::Label(label.to_owned()))
            }
            _ => {
                let form = "write next, end or the label of a step of this lane".to_owned();
                Err(unreadable(text, "place to go", form))
            }
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::Next => f.pad("next"),
            Target::End => f.pad("end"),
            Target::Label(label) => f.pad(label),
        }
    }
}

impl FromStr for Condition {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Condition, Unreadable> {
        let refused = || {
            let form = "write request < 256KiB, reply >= 64KiB or request < $NUMBER".to_owned();
            unreadable(text, "condition", form)
        };
        let words: Vec<&str> = text.split_whitespace().collect();
        let [what, is, than] = words[..] else { return Err(refused()) };
        let what = match what {
            "request" => Declared::Request,
            "reply" => Declared::Reply,
            _ => return Err(refused()),
        };
        let is = match is {
            "<" => Compared::Below,
            ">=" => Compared::AtLeast,
            _ => return Err(refused()),
        };
        Ok(Condition { what, is, than: than.parse().map_err(|_| refused())? })
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.what {
            Declared::Request => "request",
            Declared::Reply => "reply",
        };
        let is = match self.is {
            Compared::Below => "<",
            Compared::AtLeast => ">=",
        };
        f.pad(&format!("{what} {is} {}", self.than))
    }
}

/// Text in a file: written as it is shown, read as it is parsed, with a pattern in the schema.
macro_rules! text {
    ($($name:ident: $about:literal, $pattern:literal;)*) => {$(
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string", "description": $about, "pattern": $pattern,
                })
            }
        }
    )*};
}

pub(crate) use text;

text! {
    Amount: "bytes: 512B, 64KiB, 10MB; request, reply, write, head, body, none; $NUMBER",
        r"^(\d+(\.\d+)? ?([kKmMgG]i?)?[bB]?|request|reply|write|head|body|none|\$[a-z0-9-]+)$";
    Delay: "a time (5ms), a law (0ms..20ms), gap, wake, late, accept, none; $NUMBER of the preset",
        r"^([0-9.]+ ?[a-z]*(\.\.[0-9.]+ ?[a-z]+)?|[a-z-]+:.+|gap|wake|late|accept|none|\$.+)$";
    Time: "a time: 250us, 5ms, 1.5s, 2min", r"^[0-9.]+ ?(us|ms|s|min|h)$";
    Until: "once, eof, request, reply, or a number of bytes: 64KiB",
        r"^(once|eof|[0-9.]+ ?([kKmMgG]i?)?[bB]?|request|reply|write|head|body|none|\$[a-z0-9-]+)$";
    Lingering: "off, abort, whole seconds (5s), or $NUMBER of the preset",
        r"^(off|abort|[0-9]+s|\$[a-z0-9-]+)$";
    Target: "next, end, or the label of a step of the same lane", r"^[A-Za-z0-9_-]+$";
    Condition: "request or reply, < or >=, a size", r"^(request|reply) +(<|>=) +\S+$";
}
