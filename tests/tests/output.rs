//! What commands print for programs is what the published schema says, all of it: the stored schema
//! is closed before it is held against documents, so that nothing unpublished is printed.

use jsonschema::Validator;
use serde_json::Value;
use sim_scenarios::cli::{Exit, command};
use sim_scenarios::{catalogue, client, server};
use sim_tests::golden;
use sim_tests::typed::{Folder, run, token};
use std::collections::BTreeSet;

const FILE: &str = "schema/output.json";

/// The schema as it is stored.
fn stored() -> Value {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    serde_json::from_str(&std::fs::read_to_string(path).expect("a file")).expect("json")
}

#[test]
fn the_schema_is_current() {
    let (exit, out, _) = run("closerace schema output");
    assert_eq!(exit, Exit::Done);
    golden::check(FILE, &out);
}

/// Makes an object that names its parts refuse all others.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(parts) => {
            if parts.contains_key("properties") && !parts.contains_key("additionalProperties") {
                parts.insert("additionalProperties".to_owned(), false.into());
            }
            parts.values_mut().for_each(close);
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The schema of each kind, closed.
fn validators() -> Vec<(String, Validator)> {
    let mut schema = stored();
    close(&mut schema);
    let each = schema["oneOf"].as_array().expect("a list").clone();
    let validator = |mut one: Value| {
        one["$defs"] = schema["$defs"].clone();
        let kind = one["title"].as_str().expect("a kind").to_owned();
        (kind, jsonschema::draft202012::new(&one).expect("a schema"))
    };
    each.into_iter().map(validator).collect()
}

/// Every document of an output: one, or one a line.
fn documents(out: &str) -> Vec<Value> {
    match serde_json::from_str(out) {
        Ok(whole) => vec![whole],
        Err(_) => out.lines().map(|line| serde_json::from_str(line).expect("json")).collect(),
    }
}

/// Lines that need no file.
const LINES: [&str; 28] = [
    "--story upload --trials 3",
    "matrix --trials 2",
    "matrix --server puma --server tomcat --client all --story upload --trials 2",
    "matrix --server close --client curl --trials 2 --max-states 20",
    "advise --trials 3 --gap 5ms --accept 1ms",
    "advise --server lingering-close --server drain --gap 5ms --trials 3 --loss 1%",
    "advise --server nginx --server gunicorn --client curl --trials 3 --gap 5ms --rtt 40ms",
    "race --story rtt-race",
    "race --server close --client duplex/abort --gap 10ms --accept 1ms",
    "race --server close --client late-reader --client-stack rfc9293 --plane late,rtt",
    "race --story rtt-race --max-orders 3",
    "run --server close --client duplex/abort --lost",
    "run --server so-linger:seconds=2s --client curl --request 1MB",
    "explore --server close --client duplex/abort --loss 1 --reorder 1 --story small-request",
    "explore --server close --client duplex/abort --max-states 50",
    "explore --server lingering-close --client write-all/abort --pace free --max-states 20000",
    "race --story rtt-race --request 4KiB --rtt 40ms --jitter 0ms..20ms",
    "race --rtt 10ms --jitter 0ms..20ms --max-orders 50",
    "loss --trials 40 --server close --server drain --client duplex/abort",
    "loss --precision 5% --rtt exponential:30ms --wake log-normal:1ms,p99=5ms",
    "loss --server close --server drain --client duplex/abort",
    "loss --story rtt-race --gap 5ms --rtt gamma:8,200ms --method rare --trials 100",
    "measured --trials 3",
    "list",
    "explain",
    "explain EPIPE",
    "explain text.late_reset",
    "explain listen.capacity",
];

/// Lines that print something for programs, with what they may end with.
fn lines(folder: &Folder) -> Vec<String> {
    let row = include_str!("../cli/rows.jsonl");
    let rows = [
        row.to_owned(),
        row.replacen("\"bytes_sent\":0", "\"bytes_sent\":7", 1),
        row.replace("\"stable\":true", "\"stable\":false"),
    ];
    let rows = folder.keep("rows.jsonl", rows.concat()).display().to_string();
    let rtts = folder.keep("rtts.csv", include_str!("../cli/rtts.csv")).display().to_string();
    let lossy = run("closerace show upload").1.replace("[path]", "[path]\nlink-to-server.loss = 1");
    let lossy = folder.keep("lossy.toml", lossy).display().to_string();
    let drawn = token("--server close --client duplex/abort --lost");
    let mut lines: Vec<String> = LINES.map(str::to_owned).into();
    lines.push(format!("loss --trials 9 --rtt-samples {rtts}"));
    lines.push(format!("run --scenario {lossy}"));
    lines.push(format!("explore --scenario {lossy} --max-states 5000"));
    lines.push(format!("replay {drawn}"));
    lines.push(format!("export {drawn}"));
    lines.push(format!("conform {rows}"));
    let scripts =
        ["linger_abort", "fails_at_flags", "fails_at_time", "icmp", "options"].map(|name| {
            let file = format!("{}/drill/{name}.pkt", env!("CARGO_MANIFEST_DIR"));
            assert!(std::path::Path::new(&file).exists(), "{file}");
            file
        });
    for stack in ["linux", "rfc9293"] {
        lines.push(format!("drill {} --stack {stack}", scripts.join(" ")));
    }
    lines.extend(catalogue::names().into_iter().map(|name| format!("show {name}")));
    lines.extend(["linux", "freebsd", "rfc9293"].map(|name| format!("show {name}")));
    lines.push("show stacks".to_owned());
    lines.push("show stacks --diff linux,macos".to_owned());
    for preset in server::all().iter().chain(&client::all()) {
        lines.push(format!("show {}", preset.name));
    }
    lines.extend(catalogue::names().into_iter().map(|name| format!("run --story {name}")));
    for story in ["upload", "clean-eof", "drained"] {
        lines.push(format!("explore --story {story}"));
    }
    lines
}

#[test]
fn everything_that_is_printed_for_programs_fits_the_schema() {
    let folder = Folder::new("output");
    let validators = validators();
    let mut met = BTreeSet::new();
    let mut wrong = Vec::new();
    for line in lines(&folder) {
        let (exit, out, err) = run(&format!("closerace {line} --format json"));
        assert!(!out.is_empty() && err.is_empty(), "{line}: {exit:?} {err}");
        for document in documents(&out) {
            let kind = document["kind"].as_str().unwrap_or_default();
            assert_eq!(document["schema_version"], 1, "{line}");
            // Two commands print a summary; it is one of them.
            let of_kind = validators.iter().filter(|(known, _)| known == kind);
            let of_kind: Vec<&Validator> = of_kind.map(|(_, validator)| validator).collect();
            let Some(last) = of_kind.last() else {
                panic!("{line}: no schema of kind {kind:?}");
            };
            met.insert(kind.to_owned());
            if of_kind.iter().any(|validator| validator.is_valid(&document)) {
                continue;
            }
            let errors = last.iter_errors(&document).take(3);
            wrong.extend(errors.map(|why| format!("{line}: {}: {why}", why.instance_path())));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let kinds: BTreeSet<String> = validators.into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(met, kinds, "every kind is printed by some line");
}

/// A tampered document is refused: the schema says something.
#[test]
fn the_schema_refuses_what_is_not_printed() {
    let validators = validators();
    let run_kind = &validators.iter().find(|(kind, _)| kind == "run").expect("run").1;
    let document = documents(&run("closerace run --format json").1).remove(0);
    assert!(run_kind.is_valid(&document));
    let tampered = |pointer: &str, value: Value| {
        let mut document = document.clone();
        *document.pointer_mut(pointer).expect("a place") = value;
        !run_kind.is_valid(&document)
    };
    assert!(tampered("/schema_version", 2.into()));
    assert!(tampered("/kind", "matrix".into()));
    assert!(tampered("/outcome/word", "seen".into()));
    assert!(tampered("/outcome/read", (-1).into()));
    assert!(tampered("/steps/1/action", serde_json::json!({"Turn": ["C", 0]})));
    assert!(tampered("/ledger/0", serde_json::json!({"place": "nowhere"})));
    let mut more = document.clone();
    more["more"] = 1.into();
    assert!(!run_kind.is_valid(&more));
}

/// Every command with a form for programs is among the lines above.
#[test]
fn no_command_is_left_out() {
    let all = command();
    let folder = Folder::new("output-all");
    let lines = lines(&folder);
    for verb in all.get_subcommands() {
        let has_json = verb.get_arguments().any(|arg| {
            let is_json = |value: &clap::builder::PossibleValue| value.get_name() == "json";
            arg.get_long() == Some("format") && arg.get_possible_values().iter().any(is_json)
        });
        let typed = lines.iter().any(|line| line.split(' ').next() == Some(verb.get_name()));
        assert_eq!(typed, has_json, "{}", verb.get_name());
        // What is left is text for other programs by itself.
        let other = ["schema", "completions", "man"];
        assert_eq!(has_json, !other.contains(&verb.get_name()), "{}", verb.get_name());
    }
}
