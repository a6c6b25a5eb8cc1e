//! Back-quoted shell lines: controls, probes of the socket table, connections that are dropped.
//! Nothing is run; what is not understood is refused by name.

use super::act::Stop;
use super::act::app::App;
use super::controls;
use super::habits::Family;
use super::machine::{Machine, socket_of};
use super::wire::Use;
use sim_core::socket;
use sim_core::tcp::{Owner, Phase, Timer};
use sim_core::wire::{Side, State};
use sim_core::world::Action;

/// What a shell line comes to.
pub(super) enum Shelled {
    /// Done, or known to change nothing here.
    Done,
    /// A pipeline's last command found nothing.
    Failed(String),
}

/// Carries out a shell line.
pub(super) fn run(machine: &mut Machine, app: &App, text: &str) -> Result<Shelled, Stop> {
    let text = arithmetic(&text.replace("\\\n", " "));
    for command in text.split(['\n', ';']).flat_map(|it| it.split("&&")) {
        let command = command.split(" #").next().unwrap_or("").trim();
        if command.is_empty() || command.starts_with('#') {
            continue;
        }
        if let Shelled::Failed(why) = one(machine, app, command)? {
            return Ok(Shelled::Failed(why));
        }
    }
    Ok(Shelled::Done)
}

/// `$((15*1024*1024))` is worked out as the shell does; what is none of it stays.
fn arithmetic(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, from)) = rest.split_once("$((") {
        let known = from
            .split_once("))")
            .and_then(|(inner, after)| Some((super::info::sum(inner)?, after)));
        let Some((value, after)) = known else { break };
        plain.push_str(before);
        plain.push_str(&value.to_string());
        rest = after;
    }
    plain + rest
}

fn one(machine: &mut Machine, app: &App, command: &str) -> Result<Shelled, Stop> {
    let command = command.strip_suffix("|| true").unwrap_or(command).trim();
    let plain = without_redirections(command);
    let command = plain.as_str();
    let mut stages = command.split('|').map(str::trim);
    let first = stages.next().unwrap_or("");
    let owned = super::read::words(first);
    let words: Vec<&str> = owned.iter().map(String::as_str).collect();
    let words = match words.as_slice() {
        ["sudo" | "exec", rest @ ..] => rest,
        all => all,
    };
    let name = words.first().copied().unwrap_or("");
    let base = name.rsplit('/').next().unwrap_or(name);
    let refused = || Stop::Unsupported(format!("shell line `{command}`"));
    match base {
        "sockstat" | "netstat" | "ss" if words.iter().any(|it| *it == "-K" || *it == "--kill") => {
            drop_all(machine, &words[1..])?;
            Ok(Shelled::Done)
        }
        "sockstat" | "netstat" | "ss" => {
            let lines = table(machine, app, base, &words[1..]);
            probe(lines, stages, command)
        }
        "tcpdrop" => {
            drop_all(machine, &words[1..])?;
            Ok(Shelled::Done)
        }
        "sysctl" => {
            for setting in words[1..].iter().filter(|it| !it.starts_with('-')) {
                // Without a value it is read, for somebody who looks on.
                if setting.contains('=') || stages.clone().next().is_some() {
                    set(machine, setting)?;
                }
            }
            Ok(Shelled::Done)
        }
        "set_sysctls.py" | "set_sysctls.sh" => {
            words[1..].iter().try_for_each(|setting| set(machine, setting))?;
            Ok(Shelled::Done)
        }
        "echo" => {
            let said = first.split_once("echo").map_or("", |(_, said)| said);
            let Some((value, path)) = said.split_once('>') else { return Ok(Shelled::Done) };
            let value = value.trim().trim_matches(['"', '\'']).trim_start_matches("-n ").trim();
            set(machine, &format!("{}={value}", path.trim_start_matches('>').trim()))?;
            Ok(Shelled::Done)
        }
        it if it.starts_with("defaults") => {
            controls::defaults(machine);
            Ok(Shelled::Done)
        }
        // Segments are seen one by one anyhow; without offloads they are marked as they are cut.
        "ethtool" if matches!(words.get(1), Some(&"-K" | &"--features" | &"--offload")) => {
            machine.marks_bursts = Use::of(words.contains(&"off"));
            Ok(Shelled::Done)
        }
        "sleep" => {
            let seconds = words.get(1).and_then(|it| it.parse::<f64>().ok()).ok_or_else(refused)?;
            let micros = (seconds.clamp(0.0, 86_400.0) * 1e6) as u64;
            let until = machine.now() + micros;
            while machine.step(until)?.is() {}
            machine.arrive_at(until);
            Ok(Shelled::Done)
        }
        _ if is_idle(base, words, command) => Ok(Shelled::Done),
        _ => Err(refused()),
    }
}

/// Whether a command does something to a machine that has no counterpart here: modules, caches,
/// queues, notes.
fn is_idle(base: &str, words: &[&str], command: &str) -> bool {
    let second = words.get(1).copied();
    match base {
        "true" | ":" | "kldload" | "modprobe" => true,
        it if it.starts_with("sysctl_restore") => true,
        "ip" => second == Some("tcp_metrics"),
        "tc" => second == Some("qdisc") && plain_queue(words),
        // Without a pipe nobody looks at what it prints.
        "nstat" => !command.contains('|'),
        _ => false,
    }
}

/// A queue in front of the wire that drops nothing.
fn plain_queue(words: &[&str]) -> bool {
    words.iter().any(|it| *it == "fq" || *it == "pfifo") && !words.contains(&"limit")
}

/// A command without what it does with its output.
fn without_redirections(command: &str) -> String {
    let mut plain = command.to_owned();
    for to in ["2>&1", "2> /dev/null", "2>/dev/null", "&> /dev/null", "&>/dev/null"] {
        plain = plain.replace(to, "");
    }
    for to in ["1> /dev/null", "1>/dev/null", "> /dev/null", ">/dev/null"] {
        plain = plain.replace(to, "");
    }
    plain.trim().to_owned()
}

fn set(machine: &mut Machine, setting: &str) -> Result<(), Stop> {
    let (name, value) = setting
        .split_once('=')
        .ok_or_else(|| Stop::Unsupported(format!("shell line: a control without =: {setting}")))?;
    let value = value.trim_matches(['"', '\'']);
    controls::set(machine, name.trim(), value.trim())
}

/// The socket table as a tool of the system prints it: one line a socket.
fn table(machine: &Machine, app: &App, tool: &str, options: &[&str]) -> Vec<String> {
    let table = machine.table();
    let mut lines = Vec::new();
    for sock in table {
        let state = match &sock.phase {
            // What is left of it stands for it.
            Phase::Closed(_)
                if socket_of(table, sock.conn).is_some_and(|other| {
                    !matches!(other.phase, Phase::Closed(_))
                        && other.conn == sock.conn
                        && other.conn != sim_core::wire::ConnId::NONE
                }) =>
            {
                continue;
            }
            Phase::Closed(_)
            | Phase::Listen(_)
            | Phase::Opening(_)
            | Phase::Open(_)
            | Phase::Waiting(_) => state_name(sock.state(), tool, machine.habits.family),
        };
        let held = app.open_fds().any(|(_, fd)| {
            socket::find(table, fd)
                .is_some_and(|at| table[at].conn == sock.conn && sock.owner != Owner::Queued)
        });
        let user = if held { "root packetdrill packetdril" } else { "? ? ?" };
        lines.push(format!("{user} tcp4 tcp6 192.168.0.1:8080 192.0.2.1:8080 {state}"));
    }
    // `ss state time-wait` chooses by itself.
    if let Some(at) = options.iter().position(|it| *it == "state")
        && let Some(wanted) = options.get(at + 1)
    {
        let plain = |text: &str| text.to_lowercase().replace(['-', '_'], "");
        lines.retain(|line| plain(line).contains(&plain(wanted)));
    }
    lines
}

/// A state as a tool writes it.
fn state_name(state: State, tool: &str, family: Family) -> &'static str {
    let (bsd, linux, ss) = match state {
        State::Closed => ("CLOSED", "CLOSE", "UNCONN"),
        State::Listen => ("LISTEN", "LISTEN", "LISTEN"),
        State::SynSent => ("SYN_SENT", "SYN_SENT", "SYN-SENT"),
        State::SynReceived => ("SYN_RCVD", "SYN_RECV", "SYN-RECV"),
        State::Established => ("ESTABLISHED", "ESTABLISHED", "ESTAB"),
        State::FinWait1 => ("FIN_WAIT_1", "FIN_WAIT1", "FIN-WAIT-1"),
        State::FinWait2 => ("FIN_WAIT_2", "FIN_WAIT2", "FIN-WAIT-2"),
        State::CloseWait => ("CLOSE_WAIT", "CLOSE_WAIT", "CLOSE-WAIT"),
        State::Closing => ("CLOSING", "CLOSING", "CLOSING"),
        State::LastAck => ("LAST_ACK", "LAST_ACK", "LAST-ACK"),
        State::TimeWait => ("TIME_WAIT", "TIME_WAIT", "TIME-WAIT"),
    };
    match (tool, family) {
        ("ss", _) => ss,
        (_, Family::Linux) => linux,
        (_, Family::Bsd | Family::Standard) => bsd,
    }
}

/// The rest of a pipeline, on these lines.
fn probe<'a>(
    mut lines: Vec<String>,
    stages: impl Iterator<Item = &'a str>,
    command: &str,
) -> Result<Shelled, Stop> {
    for stage in stages {
        lines = filter(lines, stage)
            .ok_or_else(|| Stop::Unsupported(format!("shell line `{command}`")))?;
    }
    if lines.is_empty() {
        return Ok(Shelled::Failed(format!("`{command}` finds nothing")));
    }
    Ok(Shelled::Done)
}

/// One `grep`, `wc -l` and the like.
fn filter(lines: Vec<String>, stage: &str) -> Option<Vec<String>> {
    let words: Vec<&str> = stage.split_whitespace().collect();
    let (name, rest) = words.split_first()?;
    match *name {
        "wc" => Some(vec![lines.len().to_string()]),
        "tr" | "sort" | "cat" | "head" | "tail" | "awk" | "sed" if rest.is_empty() => Some(lines),
        "awk" => {
            let column = column(&rest.concat())?;
            let nth = |line: &String| line.split_whitespace().nth(column - 1).map(str::to_owned);
            Some(lines.iter().filter_map(nth).collect())
        }
        "grep" | "egrep" | "fgrep" => {
            let options: String =
                rest.iter().filter_map(|it| it.strip_prefix('-')).filter(|it| *it != "e").collect();
            let mut pattern = rest.iter().filter(|it| !it.starts_with('-')).copied();
            let pattern = pattern.next()?.trim_matches(['"', '\'']);
            let folded = options.contains('i');
            let fold = |text: &str| if folded { text.to_lowercase() } else { text.to_owned() };
            let pattern = fold(pattern);
            let alternatives: Vec<&str> = pattern.split("\\|").collect();
            let hit = |line: &String| {
                let line = fold(line);
                alternatives.iter().any(|it| matches(&line, it, options.contains('w')))
                    != options.contains('v')
            };
            let found: Vec<String> = lines.into_iter().filter(hit).collect();
            let known = |c: char| "ciqvwEF".contains(c);
            if !options.chars().all(known) {
                return None;
            }
            Some(if options.contains('c') { vec![found.len().to_string()] } else { found })
        }
        _ => None,
    }
}

/// `'{print $8}'`: the number, from 1.
fn column(program: &str) -> Option<usize> {
    let inner = program.trim_matches(['"', '\'']).strip_prefix('{')?.strip_suffix('}')?;
    let number = inner.trim().strip_prefix("print")?.trim().strip_prefix('$')?;
    number.parse().ok().filter(|column| *column > 0)
}

/// Whether a line has a pattern: text with `^` and `$` at its ends.
fn matches(line: &str, pattern: &str, whole_words: bool) -> bool {
    let (from_start, pattern) =
        pattern.strip_prefix('^').map_or((false, pattern), |rest| (true, rest));
    let (to_end, pattern) = pattern.strip_suffix('$').map_or((false, pattern), |rest| (true, rest));
    match (from_start, to_end) {
        (true, true) => line == pattern,
        (true, false) => line.starts_with(pattern),
        (false, true) => line.ends_with(pattern),
        (false, false) if whole_words => line.split_whitespace().any(|word| word == pattern),
        (false, false) => line.contains(pattern),
    }
}

/// The administrator drops connections; where a state is named, those in it.
fn drop_all(machine: &mut Machine, options: &[&str]) -> Result<(), Stop> {
    let wanted = options
        .iter()
        .position(|it| *it == "-s" || *it == "state")
        .and_then(|at| options.get(at + 1))
        .map(|name| name.to_uppercase().replace('-', "_"));
    let family = machine.habits.family;
    let doomed: Vec<_> = machine
        .table()
        .iter()
        .filter(|sock| !matches!(sock.phase, Phase::Listen(_) | Phase::Closed(_)))
        .filter(|sock| {
            wanted.as_ref().is_none_or(|name| {
                let names = [
                    state_name(sock.state(), "", Family::Bsd),
                    state_name(sock.state(), "", family),
                ];
                names.contains(&name.as_str())
            })
        })
        .map(|sock| (sock.conn, sock.timers))
        .collect();
    for (conn, timers) in doomed {
        // What only waits is over at once; the rest stays for its last segments.
        for timer in [Timer::TimeWait, Timer::FinWait2] {
            if timers.contains(timer) {
                machine.act(Action::Fire(Side::A, conn, timer))?;
            }
        }
    }
    Ok(())
}
