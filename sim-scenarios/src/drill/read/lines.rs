//! What is read line by line, before there are tokens: command-line lines and `#ifdef`.

use super::Defines;
use crate::drill::script::{Flaw, Ip, Options, Segments};

/// Options that change nothing here: names, ports and addresses of a real machine, and how
/// timestamps are checked, which nobody does without `--tcp_ts_tick_usecs`.
const PASSED_OVER: [&str; 26] = [
    "bind_port",
    "connect_port",
    "remote_ip",
    "local_ip",
    "gateway_ip",
    "netmask_ip",
    "local_ipv4",
    "remote_ipv4",
    "speed",
    "code_command",
    "code_format",
    "code_sockopt",
    "tcp_ts_ecr_scaled",
    "verbose",
    "debug",
    "persistent_tun_dev",
    "send_omit_free",
    "is_anyip",
    // What differs is fatal here all the same.
    "non_fatal",
    // The peer is never another machine.
    "wire_client",
    "wire_server",
    "wire_client_dev",
    "wire_server_dev",
    "wire_server_ip",
    "wire_server_at",
    "wire_server_port",
];

/// The options at the top, and the text that is left, line for line.
pub(super) fn read(text: &str, defines: &mut Defines) -> Result<(Options, String), Flaw> {
    let mut options = Options::default();
    let mut body = String::with_capacity(text.len());
    let mut conditions: Vec<Condition> = Vec::new();
    let mut inside = Inside::Script;
    let mut begun = Begun::No;
    for (at, line) in text.lines().enumerate() {
        let number = u32::try_from(at + 1).unwrap_or(u32::MAX);
        let trimmed = line.trim();
        let outside = inside == Inside::Script;
        let active = conditions.iter().all(|it| it.branch == Branch::Taken);
        if outside && trimmed.starts_with('#') && !is_remark(trimmed) {
            directive(trimmed, number, &mut conditions, defines)?;
        } else if active && outside && begun == Begun::No && is_option(trimmed) {
            for word in words(trimmed) {
                option(&word, number, &mut options, defines)?;
            }
        } else if active {
            inside = inside.after(line);
            let comment = ["//", "/*", "#"].iter().any(|it| trimmed.starts_with(it));
            if outside && !trimmed.is_empty() && !comment {
                begun = Begun::Yes;
            }
            body.push_str(line);
        }
        body.push('\n');
    }
    if let Some(open) = conditions.last() {
        return Err(Flaw::syntax(open.line, "#ifdef without #endif"));
    }
    Ok((options, body))
}

/// Whether the first event has been seen; options stand before it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Begun {
    No,
    Yes,
}

/// Where a line begins: `#` is no directive inside of the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Inside {
    Script,
    Comment,
    Code,
    Shell,
}

impl Inside {
    fn after(self, line: &str) -> Inside {
        let mut state = self;
        let mut rest = line;
        loop {
            let (marks, next): (&[(&str, Inside)], _) = match state {
                Inside::Script => (
                    &[
                        ("//", Inside::Script),
                        ("#", Inside::Script),
                        ("/*", Inside::Comment),
                        ("%{", Inside::Code),
                        ("`", Inside::Shell),
                    ],
                    None,
                ),
                Inside::Comment => (&[("*/", Inside::Script)], Some(Inside::Script)),
                Inside::Code => (&[("}%", Inside::Script)], Some(Inside::Script)),
                Inside::Shell => (&[("`", Inside::Script)], Some(Inside::Script)),
            };
            let first = marks
                .iter()
                .filter_map(|(mark, to)| rest.find(mark).map(|at| (at, *mark, *to)))
                .min_by_key(|(at, _, _)| *at);
            match (first, next) {
                (Some((_, "//" | "#", _)), None) | (None, _) => return state,
                (Some((at, mark, to)), _) => {
                    rest = &rest[at + mark.len()..];
                    state = to;
                }
            }
        }
    }
}

struct Condition {
    line: u32,
    branch: Branch,
}

/// Which branch of a condition a line is in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Branch {
    /// The one that counts.
    Taken,
    /// One before it.
    NotYet,
    /// One after it.
    Over,
}

fn directive(
    text: &str,
    line: u32,
    conditions: &mut Vec<Condition>,
    defines: &mut Defines,
) -> Result<(), Flaw> {
    let mut words = text[1..].split_whitespace();
    let name = words.next().unwrap_or("");
    let argument = words.next().unwrap_or("");
    let when = |holds: bool| if holds { Branch::Taken } else { Branch::NotYet };
    let active = conditions.iter().all(|it| it.branch == Branch::Taken);
    match name {
        "ifdef" | "ifndef" if argument.is_empty() => {
            return Err(Flaw::syntax(line, format!("#{name} without a name")));
        }
        "ifdef" => {
            conditions.push(Condition { line, branch: when(defines.contains_key(argument)) });
        }
        "ifndef" => {
            conditions.push(Condition { line, branch: when(!defines.contains_key(argument)) });
        }
        "else" => {
            let Some(last) = conditions.last_mut() else {
                return Err(Flaw::syntax(line, "#else without #ifdef"));
            };
            last.branch = match last.branch {
                Branch::NotYet => Branch::Taken,
                Branch::Taken | Branch::Over => Branch::Over,
            };
        }
        "endif" => {
            if conditions.pop().is_none() {
                return Err(Flaw::syntax(line, "#endif without #ifdef"));
            }
        }
        "define" if active && !argument.is_empty() => {
            let value: Vec<&str> = words.collect();
            defines.insert(argument.to_owned(), value.join(" "));
        }
        "undef" if active => {
            defines.remove(argument);
        }
        _ if !active => {}
        // The first line of a script that is made executable.
        _ if line == 1 && text.starts_with("#!") => {}
        other => return Err(Flaw::unsupported(line, format!("directive #{other}"))),
    }
    Ok(())
}

/// `# some words`: a comment. A directive begins with a word that is one.
fn is_remark(text: &str) -> bool {
    const DIRECTIVES: [&str; 12] = [
        "ifdef", "ifndef", "else", "endif", "define", "undef", "if", "elif", "include", "error",
        "line", "pragma",
    ];
    let word = text[1..].split_whitespace().next().unwrap_or("");
    let first = text.starts_with("#!");
    !first && (text[1..].starts_with(char::is_whitespace) || !DIRECTIVES.contains(&word))
}

fn is_option(text: &str) -> bool {
    text.starts_with("--") || text.starts_with("-D") || text == "-v"
}

/// The words of a line, quotes taken off, up to a comment.
pub(in crate::drill) fn words(text: &str) -> Vec<String> {
    let text = text.split(" //").next().unwrap_or(text);
    let mut words: Vec<String> = Vec::new();
    let mut open = None;
    let mut fresh = true;
    for c in text.chars() {
        match (open, c) {
            (None, c) if c.is_whitespace() => fresh = true,
            (None, '"' | '\'') => open = Some(c),
            (Some(quote), c) if c == quote => open = None,
            (_, c) => {
                if fresh {
                    words.push(String::new());
                    fresh = false;
                }
                if let Some(word) = words.last_mut() {
                    word.push(c);
                }
            }
        }
    }
    // `-D NAME` is one option.
    let mut joined: Vec<String> = Vec::new();
    for word in words {
        match joined.last_mut() {
            Some(last) if last == "-D" || last == "--define" => {
                last.push('=');
                last.push_str(&word);
            }
            Some(_) | None => joined.push(word),
        }
    }
    joined
}

fn option(word: &str, line: u32, options: &mut Options, defines: &mut Defines) -> Result<(), Flaw> {
    if let Some(define) = word.strip_prefix("-D").or_else(|| word.strip_prefix("--define=")) {
        let define = define.trim_start_matches('=');
        let (name, value) = define.split_once('=').unwrap_or((define, ""));
        defines.insert(name.to_owned(), value.to_owned());
        return Ok(());
    }
    let bare = word.trim_start_matches('-');
    let (name, value) = bare.split_once('=').unwrap_or((bare, ""));
    let number = || {
        let bad = || Flaw::syntax(line, format!("--{name} wants a number, not {value:?}"));
        value.parse::<u64>().map_err(|_| bad())
    };
    match name {
        "ip_version" => {
            options.ip = match value {
                "ipv4" | "ipv4-mapped-ipv6" => Ip::V4,
                "ipv6" => Ip::V6,
                other => return Err(Flaw::syntax(line, format!("--ip_version={other}"))),
            };
        }
        "tolerance_usecs" => options.tolerance = number()?,
        "tolerance_percent" => options.tolerance_permille = permille(value, line)?,
        "mtu" => options.mtu = Some(u16::try_from(number()?).unwrap_or(u16::MAX)),
        "mss" => options.pieces = u16::try_from(number()?).unwrap_or(u16::MAX),
        "strict_segments" => options.segments = Segments::Strict,
        "init_scripts" => {
            options.init_scripts.extend(value.split(',').map(|it| it.trim().to_owned()));
        }
        "tcp_ts_tick_usecs" if value == "0" => options.passed_over.push(word.to_owned()),
        "v" => {}
        known if PASSED_OVER.contains(&known) => options.passed_over.push(word.to_owned()),
        other => return Err(Flaw::unsupported(line, format!("option --{other}"))),
    }
    Ok(())
}

fn permille(value: &str, line: u32) -> Result<u64, Flaw> {
    let bad = || Flaw::syntax(line, format!("--tolerance_percent wants a number, not {value:?}"));
    let (whole, part) = value.split_once('.').unwrap_or((value, "0"));
    let whole: u64 = whole.parse().map_err(|_| bad())?;
    let tenth: u64 = part.get(..1).unwrap_or("0").parse().map_err(|_| bad())?;
    Ok(whole.min(1_000) * 10 + tenth)
}
