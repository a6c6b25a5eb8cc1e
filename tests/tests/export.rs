//! Exports: files as they are written (in `exports/`, to be looked at), and what holds for all.
//!
//! After a change that is meant: `UPDATE=1 cargo test -p sim-tests --test export --test
//! export_bulk`, and look at every picture.

use roxmltree::{Document, Node};
use sim_scenarios::cli::{Exit, main_with};
use sim_tests::golden;
use std::collections::BTreeSet;

fn run(args: &str) -> (Exit, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = main_with(args.split_whitespace(), &mut out, &mut err);
    (exit, String::from_utf8(out).expect("text"), String::from_utf8(err).expect("text"))
}

fn printed(args: &str) -> String {
    let (exit, out, err) = run(args);
    assert_eq!(exit, Exit::Done, "{args}: {err}");
    out
}

const FOUNDING: &str = "--server close --client write-all/abort --lost";

/// A token of an order without a clock: the last outcome of a search.
fn token(options: &str) -> String {
    let census = printed(&format!("closerace explore {options} --format json"));
    let census: serde_json::Value = serde_json::from_str(&census).expect("json");
    let outcomes = census["outcomes"].as_array().expect("a list");
    outcomes.last().expect("an outcome")["token"].as_str().expect("text").to_owned()
}

fn lossy() -> String {
    token("--server close --client write-all/abort --loss 1 --story small-request")
}

// --- as they are written ------------------------------------------------------------------------

#[test]
fn the_founding_case_in_every_format() {
    for (format, file) in [
        ("svg", "founding.svg"),
        ("mermaid", "founding.mmd"),
        ("dot", "founding.dot"),
        ("tla", "closerace_run.tla"),
        ("csv", "founding.csv"),
    ] {
        let text = printed(&format!("closerace export {FOUNDING} --format {format}"));
        golden::check(&format!("exports/{file}"), &text);
    }
}

#[test]
fn an_order_without_a_clock_in_every_format() {
    let token = lossy();
    for (format, file) in [("svg", "order.svg"), ("mermaid", "order.mmd"), ("dot", "order.dot")] {
        let text = printed(&format!("closerace export {token} --format {format}"));
        golden::check(&format!("exports/{file}"), &text);
    }
    let svg = printed(&format!("closerace export {token} --format svg"));
    assert!(svg.contains("an order but no clock"));
    assert!(!printed(&format!("closerace export {token} --format tla")).contains("ms |->"));
    assert!(printed(&format!("closerace export {token} --format csv")).contains("\r\n,1,client,"));
}

#[test]
fn a_long_wait_is_a_break_that_says_how_long() {
    let options = "--server wait-close:wait=30s --client late-reader --story large-reply";
    let svg = printed(&format!("closerace export {options} --format svg"));
    golden::check("exports/wait.svg", &svg);
    let document = Document::parse(&svg).expect("xml");
    let height: f64 = document.root_element().attribute("height").unwrap().parse().unwrap();
    assert!(height < 2_500.0, "{height}");
    let cut = texts(&document, "cut");
    let says = cut.iter().map(|text| text.text().unwrap_or_default());
    let long = says.filter(|text| text.starts_with("break: ") && text.contains(" ms left out"));
    assert_eq!(long.count(), 1);
}

#[test]
fn json_is_what_run_prints() {
    let export = printed(&format!("closerace export {FOUNDING} --format json"));
    assert_eq!(export, printed(&format!("closerace run {FOUNDING} --format json")));
}

#[test]
fn a_token_and_the_options_give_the_same() {
    let run = printed(&format!("closerace run {FOUNDING}"));
    let token = run.lines().last().and_then(|line| line.rsplit(' ').next()).expect("a token");
    for format in ["svg", "mermaid", "dot", "tla", "csv", "json"] {
        let of = |which: &str| printed(&format!("closerace export {which} --format {format}"));
        assert_eq!(of(token), of(FOUNDING), "{format}");
    }
}

// --- pictures -----------------------------------------------------------------------------------

fn texts<'a, 'i>(document: &'a Document<'i>, class: &str) -> Vec<Node<'a, 'i>> {
    let of =
        |node: &Node<'_, '_>| node.has_tag_name("text") && node.attribute("class") == Some(class);
    document.descendants().filter(of).collect()
}

fn number(node: Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name).unwrap_or_default().parse().expect("a number")
}

/// Every server against every client, on two stacks, a few trials each.
fn some_runs() -> Vec<String> {
    let mut runs = Vec::new();
    for (n, server) in sim_scenarios::server::all().iter().enumerate() {
        for (m, client) in sim_scenarios::client::all().iter().enumerate() {
            let story = ["upload", "small-request", "large-reply"][(n + m) % 3];
            let stack = ["linux", "freebsd", "rfc9293"][(n + 2 * m) % 3];
            for seed in [n * 7 + m, 100 + n + 11 * m] {
                runs.push(format!(
                    "--server {} --client {} --story {story} --client-stack {stack} \
                     --seed {seed} --trial {m}",
                    server.name, client.name
                ));
            }
        }
    }
    runs
}

#[test]
fn every_picture_is_well_formed_and_speaks_to_readers_of_screens() {
    for options in some_runs() {
        let svg = printed(&format!("closerace export {options} --format svg"));
        let document = Document::parse(&svg).unwrap_or_else(|why| panic!("{options}: {why}"));
        let root = document.root_element();
        assert_eq!(root.attribute("role"), Some("img"));
        let named = |name: &str| root.children().any(|child| child.has_tag_name(name));
        assert!(named("title") && named("desc"), "{options}");
        // An arrow that cannot be pointed at says nothing.
        for group in document.descendants().filter(|node| node.has_tag_name("g")) {
            let title = group.first_element_child().expect("a title");
            assert!(title.has_tag_name("title") && title.text().is_some(), "{options}");
        }
        assert!(svg.is_ascii() && svg.contains("prefers-color-scheme:dark"));
        texts_keep_their_distance(&document, &options);
    }
}

/// Lines of a host's column, and labels on the wire at their middles, are not printed over each
/// other.
fn texts_keep_their_distance(document: &Document<'_>, options: &str) {
    let mut lines: Vec<(i64, i64)> = Vec::new();
    for node in ["call", "bad", "kernel"].iter().flat_map(|class| texts(document, class)) {
        let tenths = |name: &str| (number(node, name) * 10.0).round() as i64;
        lines.push((tenths("x"), tenths("y")));
    }
    lines.sort_unstable();
    for pair in lines.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
        assert!(pair[1].1 - pair[0].1 >= 129, "{options}: texts at {pair:?}");
    }
    let places: Vec<(String, Vec<f64>)> = texts(document, "wire")
        .iter()
        .filter_map(|node| {
            let matrix = node.attribute("transform")?.strip_prefix("matrix(")?;
            let numbers: Vec<f64> =
                matrix.trim_end_matches(')').split(' ').filter_map(|n| n.parse().ok()).collect();
            Some((node.text()?.to_owned(), numbers[4..].to_vec()))
        })
        .collect();
    for (n, (text, a)) in places.iter().enumerate() {
        for (other, b) in &places[n + 1..] {
            let far = (a[0] - b[0]).abs().max((a[1] - b[1]).abs());
            assert!(far > 5.0, "{options}: {text:?} and {other:?} at {a:?} and {b:?}");
        }
    }
}

/// Ends of the arrows of a kind, with their titles.
fn arrows<'i>(document: &'i Document<'_>, class: &str) -> Vec<(&'i str, [f64; 2])> {
    let groups = document.descendants().filter(|node| node.attribute("class") == Some(class));
    let arrow = |group: Node<'i, '_>| {
        let mut lines = group.children().filter(|child| child.has_tag_name("line"));
        let line = lines.find(|line| line.attribute("class") == Some("stroke"))?;
        let title = group.first_element_child()?.text()?;
        Some((title, [number(line, "y1"), number(line, "y2")]))
    };
    groups.filter_map(arrow).filter(|(title, _)| *title != "legend").collect()
}

#[test]
fn arrows_are_drawn_to_the_scale_of_the_axis() {
    let svg = printed(&format!("closerace export {FOUNDING} --format svg"));
    let document = Document::parse(&svg).expect("xml");
    let ticks: Vec<(f64, f64)> = texts(&document, "tick")
        .iter()
        .filter_map(|node| Some((node.text()?.parse().ok()?, number(*node, "y") - 3.5)))
        .collect();
    let (first, last) = (ticks[0], ticks[ticks.len() - 1]);
    let y = |ms: f64| first.1 + (ms - first.0) * (last.1 - first.1) / (last.0 - first.0);
    let mut seen = 0;
    for class in ["syn", "data", "ack", "rst", "rst decides"] {
        for (title, ends) in arrows(&document, class) {
            if title.contains("burst") {
                continue;
            }
            let after = |word: &str| -> f64 {
                let rest = title.split(word).nth(1).expect("an instant");
                rest.split_whitespace().next().and_then(|n| n.parse().ok()).expect("a number")
            };
            let off = [ends[0] - y(after(", sent ")), ends[1] - y(after(", arrived "))];
            // Moved as a whole, downwards, to lie beside another one of the same instant.
            assert!(off.iter().all(|off| (-0.5..=17.0).contains(off)), "{title}: {off:?}");
            assert!((off[0] - off[1]).abs() < 0.5, "{title}: the slope is the delay: {off:?}");
            seen += 1;
        }
    }
    assert!(seen >= 8, "{seen} arrows");
}

#[test]
fn the_segment_that_decided_is_marked_and_only_where_one_did() {
    let marked = |options: &str| -> BTreeSet<String> {
        let svg = printed(&format!("closerace export {options} --format svg"));
        let document = Document::parse(&svg).expect("xml");
        let groups = document.descendants().filter(|node| {
            node.attribute("class").is_some_and(|class| class.ends_with(" decides"))
        });
        let titles = groups.filter_map(|group| group.first_element_child()?.text());
        titles.filter(|title| *title != "legend").map(str::to_owned).collect()
    };
    let founding = marked(FOUNDING);
    assert_eq!(founding.len(), 1, "{founding:?}");
    let title = founding.first().expect("one");
    assert!(title.starts_with("RST, server to client, sent "), "{title}");
    assert!(marked("--server drain --client late-reader").is_empty());
    // The answer itself, lost on the link.
    let lost = marked(&lossy());
    assert!(lost.len() == 1 && lost.first().expect("one").starts_with("data 1-512, server to"));
    // No arrival did it: the closer's own reset did.
    let linger = marked("--server linger0 --client late-reader --story large-reply --lost");
    assert_eq!(linger.len(), 1, "{linger:?}");
}

// --- other formats ------------------------------------------------------------------------------

#[test]
fn tables_have_as_many_fields_as_their_header_and_every_segment_ends() {
    for options in some_runs() {
        let csv = printed(&format!("closerace export {options} --format csv"));
        assert!(csv.ends_with("\r\n"), "{options}");
        let rows: Vec<Vec<&str>> =
            csv.split_terminator("\r\n").map(|row| row.split(',').collect()).collect();
        // No field of these runs needs quotes but SO_LINGER's.
        let plain = rows.iter().filter(|row| !row.iter().any(|field| field.contains('"')));
        assert!(plain.clone().all(|row| row.len() == rows[0].len()), "{options}");
        let count = |kind: &str| rows.iter().filter(|row| row[3] == kind).count();
        assert_eq!(count("sent"), count("arrived"), "{options}: nothing is lost here");
        assert!(count("call") > 0 && count("return") > 0 && count("state") > 0, "{options}");
    }
}

#[test]
fn graphs_name_only_nodes_they_declare() {
    let mut all = some_runs();
    all.push(lossy());
    for options in all {
        let dot = printed(&format!("closerace export {options} --format dot"));
        let declared: BTreeSet<&str> = dot
            .lines()
            .filter(|line| !line.contains(" -> "))
            .filter_map(|line| line.trim().split_once(" [").map(|(name, _)| name))
            .collect();
        for edge in dot.lines().filter(|line| line.contains(" -> ")) {
            let (from, rest) = edge.trim().split_once(" -> ").expect("an edge");
            let to = rest.split([' ', ';']).next().unwrap_or_default();
            assert!(declared.contains(from) && declared.contains(to), "{options}: {edge}");
        }
    }
}

#[test]
fn diagrams_have_only_lines_that_mermaid_knows() {
    let known = [
        "accTitle: ",
        "accDescr: ",
        "participant ",
        "Note over ",
        "Note left of ",
        "Note right of ",
    ];
    let messages = ["C->>S: ", "S->>C: ", "C-xS: ", "S-xC: ", "C-)S: ", "S-)C: "];
    let mut all = some_runs();
    all.push(lossy());
    for options in all {
        let text = printed(&format!("closerace export {options} --format mermaid"));
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("sequenceDiagram"));
        for line in lines {
            let line = line.trim();
            assert!(known.iter().chain(&messages).any(|it| line.starts_with(it)), "{line}");
            let codes = line.split('#').skip(1);
            let code =
                |part: &str| part.split_once(';').is_some_and(|(n, _)| n.parse::<u32>().is_ok());
            assert!(codes.clone().all(code), "{line}");
            assert_eq!(codes.count(), line.matches(';').count(), "{line}");
        }
    }
}

#[test]
fn modules_balance_and_count_their_steps() {
    let mut all = some_runs();
    all.push(lossy());
    for options in all {
        let text = printed(&format!("closerace export {options} --format tla"));
        assert!(text.starts_with("---- MODULE closerace_run ----\n") && text.ends_with("\n====\n"));
        assert!(text.is_ascii());
        let code: Vec<&str> = text.lines().filter(|line| !line.starts_with("\\*")).collect();
        // Outside of strings every bracket closes.
        let code = code.join("\n");
        let outside: String = code.split('"').step_by(2).collect();
        for (open, close) in [("[", "]"), ("{", "}"), ("<<", ">>")] {
            assert_eq!(outside.matches(open).count(), outside.matches(close).count(), "{options}");
        }
        let steps = outside.matches("step |-> ").count();
        assert!(text.contains(&format!("ASSUME Len(Trace) = {steps}\n")), "{options}");
    }
}

// --- files --------------------------------------------------------------------------------------

#[test]
fn a_file_is_kept_unless_force_is_said() {
    let folder = std::env::temp_dir().join(format!("closerace-export-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("Race.tla");
    let export =
        format!("closerace export {FOUNDING} --format tla --output {}", file.to_str().unwrap());
    assert_eq!(run(&export), (Exit::Done, String::new(), String::new()));
    let text = std::fs::read_to_string(&file).expect("the file");
    assert!(text.starts_with("---- MODULE Race ----\n"));
    std::fs::write(&file, "mine").expect("written");
    let (exit, _, err) = run(&export);
    assert_eq!(exit, Exit::Usage);
    assert!(err.contains("is there already") && err.contains("--force"), "{err}");
    assert_eq!(std::fs::read_to_string(&file).expect("the file"), "mine");
    assert_eq!(run(&format!("{export} --force")).0, Exit::Done);
    assert_eq!(std::fs::read_to_string(&file).expect("the file"), text);
    std::fs::remove_dir_all(&folder).expect("removed");
}

#[test]
fn what_cannot_be_written_is_refused_with_what_could() {
    let export = format!("closerace export {FOUNDING}");
    for (args, says) in [
        (format!("{export} --format tla --output my-race.tla"), "letters, digits and _"),
        (format!("{export} --format svg --output no/such/folder/a.svg"), "no/such/folder/a.svg"),
        (
            format!("{export} --format png"),
            "[possible values: json, dot, mermaid, svg, tla, csv, packetdrill, prism]",
        ),
        (export.clone(), "--format <FORMAT>"),
        (format!("{export} --format svg --force"), "--output <FILE>"),
        ("closerace export --format svg".to_owned(), "name the run: either its TOKEN"),
        ("closerace export --server close --format svg".to_owned(), "--client POLICY"),
        ("closerace export cr1.x --lost --format svg".to_owned(), "cannot be used with"),
        ("closerace export hello --format svg".to_owned(), "a token looks like"),
    ] {
        let (exit, out, err) = run(&args);
        assert_eq!((exit, out.as_str()), (Exit::Usage, ""), "{args}");
        assert!(err.contains(says), "{args}: {err}");
    }
}
