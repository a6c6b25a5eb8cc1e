//! `closerace explain`: everything has an entry, log lines find theirs, and what is printed as a
//! command runs and shows what the entry is about.

use serde_json::Value;
use sim_core::report::outcome::Word;
use sim_core::socket;
use sim_core::tcp::{Errno, Gone};
use sim_scenarios::cli::{Exit, main_with};
use sim_scenarios::explain::{self, Found, Kind, Topic, find};
use std::collections::{BTreeMap, BTreeSet};

fn run(args: &[&str]) -> (Exit, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = main_with(args, &mut out, &mut err);
    (exit, String::from_utf8(out).expect("text"), String::from_utf8(err).expect("text"))
}

fn explained(what: &str) -> String {
    let (exit, out, err) = run(&["closerace", "explain", what]);
    assert_eq!(exit, Exit::Done, "{what}: {err}");
    out
}

/// Without line breaks.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn first(what: &str) -> &'static str {
    find(what).first().map_or("nothing", Found::name)
}

// --- everything has an entry --------------------------------------------------------------------

/// How many variants serde knows: it names them all when it refuses a wrong one.
fn variants<T>(refused: serde_json::Result<T>) -> usize {
    let text = refused.err().expect("refused").to_string();
    let (_, list) = text.split_once("expected one of ").expect("a list of variants");
    list.matches('`').count() / 2
}

#[test]
fn the_lists_of_errors_causes_and_words_are_whole() {
    fn whole<T: Ord + Copy>(all: &[T], refused: serde_json::Result<T>) {
        let set: BTreeSet<T> = all.iter().copied().collect();
        let there = variants(refused);
        assert_eq!((set.len(), all.len()), (there, there));
    }
    let wrong = "\"no such variant\"";
    whole(&Errno::ALL, serde_json::from_str(wrong));
    whole(&Gone::ALL, serde_json::from_str(wrong));
    whole(&Word::ALL, serde_json::from_str(wrong));
}

#[test]
fn every_error_cause_and_word_is_found_by_its_name() {
    for errno in Errno::ALL {
        assert_eq!(explain::of_errno(errno).name, errno.name());
        assert_eq!(first(errno.name()), errno.name());
        assert_eq!(first(&errno.name().to_lowercase()), errno.name());
    }
    for gone in Gone::ALL {
        assert_eq!(explain::of_cause(gone).name, gone.words());
        assert_eq!(first(gone.words()), gone.words());
        let short = sim_scenarios::render::words::cause(gone);
        assert_eq!(first(short), gone.words(), "{short}");
    }
    for word in Word::ALL.map(Word::name).into_iter().chain(["RACE"]) {
        assert_eq!(first(word), word);
        assert_eq!(first(&word.to_lowercase()), word);
    }
}

#[test]
fn every_rule_is_found_by_its_name_with_its_citation_and_its_sentence() {
    for rule in socket::rules() {
        let text = explained(rule.id);
        assert!(text.starts_with(&format!("{}\n", rule.id)), "{}:\n{text}", rule.id);
        let cite = sim_scenarios::render::words::cite(rule.cite);
        assert!(flat(&text).contains(&cite) && flat(&text).contains(rule.says), "{text}");
    }
    let text = flat(&explained("close.unread_reset"));
    for says in ["linux Reset (net/ipv4/tcp.c __tcp_close", "freebsd Fin (", "rfc9293 Reset ("] {
        assert!(text.contains(says), "{says} in {text}");
    }
}

#[test]
fn every_question_is_found_by_its_name_or_is_a_rules() {
    for question in explain::questions() {
        assert_eq!(first(question), question);
        assert!(explained(question).contains("linux"), "{question}");
    }
}

#[test]
fn no_two_entries_have_a_name_or_a_key_in_common() {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for Topic { name, keys, names, .. } in explain::topics() {
        let own: BTreeSet<String> =
            [name].into_iter().chain(*keys).chain(*names).map(|key| key.to_lowercase()).collect();
        for key in own {
            assert!(!key.trim().is_empty(), "{name}");
            let other = seen.insert(key.clone(), name);
            assert_eq!(other, None, "{key:?} of {name}");
        }
    }
}

// --- log lines find their entry -----------------------------------------------------------------

/// A line as somebody pastes it, and the entry that comes first.
const LINES: [(&str, &str); 44] = [
    ("Broken pipe (os error 32)", "Broken pipe (os error 32)"),
    ("Error: Os { code: 32, kind: BrokenPipe, message: \"Broken pipe\" }", "EPIPE"),
    ("Connection reset by peer (os error 104)", "Connection reset by peer (os error 104)"),
    ("connection reset by peer (OS ERROR 54)", "Connection reset by peer (os error 104)"),
    ("connection reset by peer", "ECONNRESET"),
    ("Error: read ECONNRESET at TCP.onStreamRead {", "read ECONNRESET"),
    ("{ errno: -104, code: 'ECONNRESET', syscall: 'read' }", "ECONNRESET"),
    ("Uncaught Error: write EPIPE", "write EPIPE"),
    ("Error: socket hang up", "socket hang up"),
    ("[cause]: SocketError: other side closed", "other side closed"),
    (
        "curl: (56) Recv failure: Connection reset by peer",
        "curl: (56) Recv failure: Connection reset by peer",
    ),
    ("curl: (56)", "curl: (56) Recv failure: Connection reset by peer"),
    ("curl: (55) Send failure: Broken pipe", "curl: (55) Send failure: Broken pipe"),
    (
        "error: RPC failed; curl 55 Send failure: Broken pipe",
        "curl: (55) Send failure: Broken pipe",
    ),
    ("curl: (52) Empty reply from server", "curl: (52) Empty reply from server"),
    ("cURL error 52: Empty reply", "curl: (52) Empty reply from server"),
    ("net::ERR_CONNECTION_RESET", "ERR_CONNECTION_RESET"),
    (
        "2026/01/02 [error] 7#7: *1 writev() failed (32: Broken pipe) while sending request \
         to upstream, client: 192.0.2.1",
        "writev() failed (32: Broken pipe) while sending request to upstream",
    ),
    (
        "writev() failed (32: Broken pipe)",
        "writev() failed (32: Broken pipe) while sending request to upstream",
    ),
    (
        "upstream prematurely closed connection while reading response header from upstream",
        "upstream prematurely closed connection",
    ),
    (
        "recv() failed (104: Connection reset by peer) while reading response header from upstream",
        "recv() failed (104: Connection reset by peer) while reading response header",
    ),
    ("recv() failed (104: Connection reset by peer) while waiting for request", "ECONNRESET"),
    (
        "upstream timed out (110: Connection timed out) while sending request to upstream",
        "ETIMEDOUT",
    ),
    (
        "HTTP 502: The target closed the connection",
        "502 Bad Gateway: the target closed the connection",
    ),
    ("502 ... target closed", "502 Bad Gateway: the target closed the connection"),
    (
        "upstream connect error or disconnect/reset before headers. reset reason: remote",
        "upstream connect error or disconnect/reset before headers",
    ),
    (
        "http.client.IncompleteRead: IncompleteRead(14600 bytes read, 50936 more expected)",
        "IncompleteRead(0 bytes read, 512 more expected)",
    ),
    (
        "RemoteDisconnected('Remote end closed connection without response'))",
        "RemoteDisconnected('Remote end closed connection without response')",
    ),
    (
        "requests.exceptions.ConnectionError: ('Connection aborted.', OSError(0, 'Error'))",
        "('Connection aborted.', ...)",
    ),
    ("BrokenPipeError: [Errno 32] Broken pipe", "BrokenPipeError: [Errno 32] Broken pipe"),
    ("java.net.SocketException: Broken pipe", "java.net.SocketException: Broken pipe"),
    (
        "Caused by: java.net.SocketException: Connection reset",
        "java.net.SocketException: Connection reset",
    ),
    (
        "org.apache.catalina.connector.ClientAbortException: java.io.IOException: Broken pipe",
        "ClientAbortException",
    ),
    (
        "hyper::Error(IncompleteMessage): connection closed before message completed",
        "connection closed before message completed",
    ),
    ("http: server closed idle connection", "http: server closed idle connection"),
    ("Post \"http://192.0.2.1:8080/upload\": EOF", "Post \"http://...\": EOF"),
    ("write tcp 192.0.2.1:5->192.0.2.2:80: write: broken pipe", "write: broken pipe"),
    (
        "read tcp 192.0.2.1:5->192.0.2.2:80: read: connection reset by peer",
        "read: connection reset by peer",
    ),
    ("hang up", "socket hang up"),
    ("rule text.late_reset (RFC 9293 3.6.1): new data", "text.late_reset"),
    ("the stack's answer to close.unread: known", "close.unread"),
    ("Why: receive-queue flush: the RST made", "receive-queue flush"),
    ("LOST: the client's application has read nothing", "LOST"),
    ("Reset, Exact!", "reset.exact"),
];

#[test]
fn pasted_lines_find_their_entry() {
    let wrong: Vec<String> = LINES
        .iter()
        .filter(|(line, entry)| first(line) != *entry)
        .map(|(line, entry)| format!("{line}: {} instead of {entry}", first(line)))
        .collect();
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn ordinary_words_are_not_taken_for_ours() {
    for line in ["the file was lost on the way", "a race condition", "read error on disk", ""] {
        assert_eq!(first(line), "nothing", "{line}");
    }
}

// --- commands run -------------------------------------------------------------------------------

/// Entries whose name no command prints: no story leads there. What is nearest is shown instead,
/// where there is something near.
const NO_STORY: [&str; 15] = [
    "EAGAIN",
    "EADDRINUSE",
    "EALREADY",
    "EBADF",
    "ECONNABORTED",
    "ECONNREFUSED",
    "EINPROGRESS",
    "EINVAL",
    "EISCONN",
    "EOPNOTSUPP",
    "ETIMEDOUT",
    "send queue discarded by the peer's reset",
    "reached a dead socket",
    "discarded after SHUT_RD",
    "given up before it was sent",
];

#[test]
fn every_command_of_an_entry_runs_and_shows_what_it_is_about() {
    let mut printed: BTreeMap<&str, String> = BTreeMap::new();
    for topic in explain::topics() {
        for it in topic.tale.shown {
            let out = printed.entry(it.command).or_insert_with(|| {
                let words: Vec<&str> = it.command.split_whitespace().collect();
                let (exit, out, err) = run(&words);
                assert_eq!(exit, Exit::Done, "{}: {err}", it.command);
                flat(&out)
            });
            assert!(out.contains(it.says), "{} does not say {:?}", it.command, it.says);
        }
        let named = topic.tale.shown.iter().any(|it| printed[it.command].contains(topic.name));
        let excused = NO_STORY.contains(&topic.name);
        match topic.kind {
            Kind::Message => {}
            Kind::Errno | Kind::Cause | Kind::Word => {
                assert_ne!(named, excused, "{}: shown by a command, or excused", topic.name);
            }
        }
    }
    assert!(printed.len() > 10, "{}", printed.len());
}

// --- what is printed ----------------------------------------------------------------------------

#[test]
fn explanations_are_at_most_a_hundred_columns_wide() {
    let rules = socket::rules().into_iter().map(|rule| rule.id);
    for name in explain::topics().into_iter().map(|topic| topic.name).chain(rules) {
        for line in explained(name).lines().filter(|line| !line.starts_with("  closerace ")) {
            assert!(line.chars().count() <= 100, "{name}: {line}");
        }
    }
    for line in run(&["closerace", "explain"]).1.lines() {
        assert!(line.chars().count() <= 100, "{line}");
    }
}

#[test]
fn what_is_not_known_gets_what_is_near_and_the_topics() {
    for (what, near) in [
        (&["reset"][..], "ECONNRESET"),
        (&["ECONRESET"], "ECONNRESET"),
        (&["text.late_rest"], "text.late_reset"),
        (&["sokcet", "hang", "up"], "socket hang up"),
        (&["curl"], "curl: (56)"),
    ] {
        let (exit, out, err) = run(&[&["closerace", "explain"], what].concat());
        assert_eq!((exit, out.as_str()), (Exit::Usage, ""), "{what:?}");
        let (_, rest) = err.split_once("did you mean").unwrap_or_else(|| panic!("{what:?}: {err}"));
        let (names, topics) = rest.split_once("topics:").expect("the topics");
        assert!(names.contains(near), "{what:?}: {names}");
        assert!(topics.contains("EPIPE") && topics.contains("socket hang up"), "{topics}");
        assert!(err.lines().all(|line| line.chars().count() <= 100), "{err}");
    }
    let (exit, _, err) = run(&["closerace", "explain", &"x ".repeat(30_000)]);
    assert_eq!(exit, Exit::Usage);
    assert!(err.contains("x x ...\""), "{err}");
    let (exit, _, err) = run(&["closerace", "explain", &"x".repeat(70_000)]);
    assert_eq!(exit, Exit::Usage);
    assert!(err.contains("70000 bytes are no message"), "{err}");
}

#[test]
fn words_need_no_quotes_and_the_list_names_every_topic() {
    assert_eq!(run(&["closerace", "explain", "broken", "pipe"]).1, explained("broken pipe"));
    let list = flat(&run(&["closerace", "explain"]).1);
    for topic in explain::topics() {
        assert!(list.contains(topic.name), "{}", topic.name);
    }
}

#[test]
fn for_programs_an_entry_has_its_parts() {
    let (exit, out, _) = run(&["closerace", "explain", "EPIPE", "--format", "json"]);
    assert_eq!(exit, Exit::Done);
    let value: Value = serde_json::from_str(&out).expect("json");
    let entry = &value["entry"];
    assert_eq!((&entry["name"], &entry["about"]), (&"EPIPE".into(), &"errors".into()));
    for part in ["by", "means", "wire", "server", "client"] {
        assert!(entry[part].as_str().is_some_and(|text| !text.is_empty()), "{part}");
    }
    assert!(entry["commands"][0].as_str().is_some_and(|it| it.starts_with("closerace run")));
    let stacks: Vec<&Value> =
        entry["answers"].as_array().expect("a list").iter().map(|row| &row["stack"]).collect();
    assert_eq!(stacks[..3], ["linux", "freebsd", "rfc9293"]);
}
