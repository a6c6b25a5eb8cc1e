//! Ten megabytes as a picture: a transfer is condensed, and what is left out is said.

use roxmltree::{Document, Node};
use sim_core::drive::run::HORIZON;
use sim_core::report::trace::timed;
use sim_scenarios::cli::{Exit, main_with};
use sim_scenarios::render::run::Run;
use sim_scenarios::render::{csv, happens_before, mermaid, svg, tla};
use sim_scenarios::{Race, case::Size};
use sim_tests::golden;
use sim_tests::typed::run;

/// What export comes to.
fn exported(options: &str, format: &str) -> (Exit, String, String) {
    run(&format!("closerace export {options} --format {format}"))
}

/// A picture of ten megabytes to a server of this strategy; 20 ms one way.
fn upload(options: &str) -> String {
    let options = format!("--client write-all/abort --request 10000000 --rtt 40ms {options}");
    let args = format!("closerace export {options} --format svg");
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = main_with(args.split_whitespace(), &mut out, &mut err);
    assert_eq!(exit, Exit::Done, "{}", String::from_utf8_lossy(&err));
    String::from_utf8(out).expect("text")
}

#[test]
fn ten_megabytes_are_some_bands_and_a_break() {
    for (options, file, breaks) in [
        ("--server drain --rate 12500000", "bulk-drain.svg", 1),
        ("--server close --rate 12500000", "bulk-close.svg", 0),
        ("--server drain", "bulk-endless-rate.svg", 1),
    ] {
        let text = upload(options);
        golden::check(&format!("exports/{file}"), &text);
        let document = Document::parse(&text).expect("xml");
        let count = |class: &str| with_class(&document, class).count();
        assert!(text.len() < 150_000, "{file}: {} bytes", text.len());
        assert!(count("burst") >= 4 && count("stroke") < 80, "{file}: {}", count("stroke"));
        assert_eq!(count("break"), breaks, "{file}");
    }
}

fn with_class<'a, 'i>(
    document: &'a Document<'i>,
    class: &str,
) -> impl Iterator<Item = Node<'a, 'i>> {
    document.descendants().filter(move |node| node.attribute("class") == Some(class))
}

/// Bytes to the server in the picture: in titles of bands and arrows, and in the break's.
#[test]
fn nothing_of_a_transfer_is_forgotten() {
    let text = upload("--server drain");
    let document = Document::parse(&text).expect("xml");
    let title = |node: Node<'_, '_>| {
        node.first_element_child().and_then(|it| it.text()).unwrap_or_default().to_owned()
    };
    let cut = with_class(&document, "break").next().map(title).expect("a break");
    let digits = |text: &str| text.replace(',', "").parse::<u32>().ok();
    let words: Vec<&str> = cut.split_whitespace().collect();
    let at = words.iter().position(|word| *word == "bytes").expect("bytes");
    let left_out = digits(words[at - 1]).expect("a number");
    // "data 1-1460, client to server ..." and "... data 1-1460, ... to data 13141-14600, ..."
    let span = |title: &str| -> Option<u32> {
        let mut ranges = title.split("data ").skip(1).filter_map(|rest| {
            let (from, to) = rest.split_once([',', '+'])?.0.split_once('-')?;
            Some((digits(from)?, digits(to)?))
        });
        let first = ranges.next()?;
        Some(ranges.last().unwrap_or(first).1 + 1 - first.0)
    };
    // Labels are groups as well; an arrow's group has its line.
    let arrows = with_class(&document, "data")
        .filter(|group| group.children().any(|child| child.attribute("class") == Some("stroke")));
    let up = arrows.map(title).filter(|title| title.contains("client to server"));
    let shown: u32 = up.filter_map(|title| span(&title)).sum();
    assert_eq!(shown + left_out, 10_000_000);
}

/// As a graph: rows of steps are nodes, what crosses between them an edge with its bytes.
#[test]
fn ten_megabytes_are_a_graph_that_can_be_read() {
    for server in ["drain", "close", "lingering-close"] {
        let options = format!("--server {server} --client write-all/abort --request 10000000");
        let text = exported(&format!("{options} --rtt 40ms --rate 12500000"), "dot").1;
        let lines = text.lines().count();
        assert!(lines < 250, "{server}: {lines} lines");
        let bytes = |line: &str| -> Option<u64> {
            let label = line.split("label=\"").nth(1)?;
            let words: Vec<&str> = label.split([' ', '"']).collect();
            let at = words.iter().position(|word| word.starts_with("byte"))?;
            words[at - 1].replace(',', "").parse().ok()
        };
        let moved: u64 = text
            .lines()
            .filter(|line| line.starts_with("  client") && line.contains("-> server"))
            .filter_map(bytes)
            .sum();
        // A client that is told of a reset has not sent much by then.
        let most = if server == "close" { 0 } else { 9_900_000 };
        assert!(moved >= most && moved <= 10_000_000, "{server}: {moved}");
    }
}

/// A trace for TLC is exact or not there.
#[test]
fn ten_megabytes_are_no_module() {
    let options = "--server drain --client write-all/abort --request 10000000 --rtt 40ms";
    let (exit, out, err) = exported(options, "tla");
    assert_eq!((exit, out.as_str()), (Exit::Usage, ""));
    assert!(err.contains("are more than the 5,000 that TLC reads"), "{err}");
    assert_eq!(exported("--server drain --client write-all/abort", "tla").0, Exit::Done);
}

#[test]
fn words_of_others_are_escaped_in_every_format() {
    let scenario = Race::founding().scenario(Size::Small).expect("a scenario");
    let timed = timed(&scenario.setup, HORIZON, 1, 0).expect("a run");
    let nasty = "<b>&\"quoted\" 'it' ; # \\ %% ]]> \u{7} \u{2028} r\u{e9}";
    let run = Run {
        setup: &scenario.setup,
        story: &timed.story,
        reply: scenario.reply,
        title: nasty.to_owned(),
        subject: nasty.to_owned(),
        verdict: nasty.to_owned(),
        again: nasty.to_owned(),
    };
    let svg = svg::svg(&run);
    let document = Document::parse(&svg).expect("xml");
    let title = document.descendants().find(|it| it.has_tag_name("title")).expect("a title");
    assert_eq!(title.text(), Some(nasty.replace('\u{7}', "\u{fffd}").as_str()));
    let mermaid = mermaid::mermaid(&run);
    assert!(mermaid.contains("accTitle: #60;b#62;#38;#34;quoted#34; 'it' #59; #35; #92;"));
    let dot = happens_before::dot(&run);
    assert!(dot.contains("label=\"<b>&\\\"quoted\\\" 'it' ; # \\\\ %%"), "{dot}");
    assert!(tla::module(&run, tla::MODULE).is_ascii());
    assert!(csv::csv(&run).lines().count() > 20);
}
