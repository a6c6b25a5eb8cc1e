use super::*;
use crate::units;

fn law(text: &str, column: Option<&str>, unit: Option<Unit>) -> Result<Samples, String> {
    parse("f", text.as_bytes(), column, unit)
}

fn count_and_ends(samples: &Samples) -> (usize, Micros, Micros) {
    (samples.count, samples.law.shortest(), samples.law.longest())
}

#[test]
fn files_are_read_as_people_have_them() {
    let ms = Some(Unit::Ms);
    for (text, column, unit, found) in [
        ("12.5\n40\n", None, ms, (2, 12_500, 40_000)),
        ("rtt_ms\n12.5\n40", None, None, (2, 12_500, 40_000)),
        ("rtt_ms\r\n12.5\r\n\r\n40\r\n", None, None, (2, 12_500, 40_000)),
        ("\u{feff}rtt_ms\n7\n", None, ms, (1, 7_000, 7_000)),
        ("# measured at night\nRTT (us)\n# again\n3\n  9  \n", None, None, (2, 3, 9)),
        ("when,rtt_s,host\n1,0.0123456,a\n2,1.5e-3,b\n", None, None, (2, 1_500, 12_346)),
        ("when;rtt\n1;3\n", None, ms, (1, 3_000, 3_000)),
        ("host\tping ms\n\"a\tb\"\t3\n", Some("PING MS"), None, (1, 3_000, 3_000)),
        ("host,\"rtt_ms\"\n\"a, b\",\"4\"\n", None, None, (1, 4_000, 4_000)),
        ("0\n0.0004\n", None, ms, (2, 0, 0)),
        ("86400\n", None, Some(Unit::S), (1, DAY, DAY)),
    ] {
        let samples = law(text, column, unit).unwrap_or_else(|why| panic!("{text:?}: {why}"));
        assert_eq!(count_and_ends(&samples), found, "{text:?}");
    }
}

#[test]
fn what_is_wrong_is_named_by_file_and_line() {
    let ms = Some(Unit::Ms);
    for (text, column, unit, says) in [
        ("", None, ms, "f: there are no samples in it"),
        ("# nothing\n\n", None, ms, "f: there are no samples in it"),
        ("rtt_ms\n", None, None, "f: there are no samples in it"),
        ("12\n13\n", None, None, "f:1: numbers of which unit? say --unit us, ms or s"),
        ("rtt\n12\n", None, None, "f:1: the column \"rtt\" has no unit: say --unit us, ms or s"),
        ("rtt_us\n12\n", None, ms, "f:1: the column \"rtt_us\" is in us, and --unit says ms"),
        ("a,b\n1,2\n", None, ms, "f:1: which column? say --column with one of \"a\", \"b\""),
        ("rtt_ms,rtt_us\n1,2\n", None, None, "f:1: which column? say --column with one of"),
        ("a,b\n1,2\n", Some("c"), ms, "f:1: there is no column \"c\"; the first line has \"a\""),
        ("1,2\n1,2\n", None, ms, "f:1: several numbers a line and no names"),
        ("#\nrtt_ms\n12\n\nfast\n", None, None, "f:5: \"fast\" is not a number of ms, as in 12.5"),
        ("12\n-3\n", None, ms, "f:2: \"-3\" is negative"),
        ("12\nnan\n", None, ms, "f:2: \"nan\" is not a number of ms"),
        ("12\ninf\n", None, ms, "f:2: \"inf\" is not a number of ms"),
        ("12\n12ms\n", None, ms, "f:2: \"12ms\" is not a number of ms"),
        ("12\n86400001\n", None, ms, "f:2: \"86400001\" ms is longer than a day"),
        ("12\n1,5\n", None, ms, "f:2: 2 fields, where the first line has 1"),
        ("a,rtt_ms\n1\n", None, None, "f:2: 1 fields, where the first line has 2"),
        ("a,rtt_ms\n1,\n", None, None, "f:2: the field is empty"),
    ] {
        let why = law(text, column, unit).expect_err(text);
        assert!(why.starts_with(says), "{text:?}: {why}");
    }
    let why = parse("f", b"12\n13\n\xff\n", None, ms).expect_err("no text");
    assert_eq!(why, "f:3: not text (UTF-8)");
}

#[test]
fn all_wrong_lines_are_named_at_once_up_to_ten() {
    let wrong = |n: usize| law(&"x\n".repeat(n + 1), None, Some(Unit::Ms)).expect_err("words");
    assert_eq!(wrong(3).lines().count(), 3);
    assert!(wrong(3).lines().last().is_some_and(|line| line.trim().starts_with("f:4: ")));
    assert_eq!(wrong(12).lines().count(), NAMED + 1);
    assert!(wrong(12).ends_with("and 2 more lines of f are wrong"));
    let long = law(&format!("1\n{}\n", "z".repeat(5_000)), None, Some(Unit::Ms)).expect_err("long");
    assert!(long.len() < 200, "{long}");
}

#[test]
fn more_samples_than_are_taken_are_refused() {
    let text = |n: usize| "1\n".repeat(n);
    assert!(law(&text(MOST_SAMPLES), None, Some(Unit::Ms)).is_ok());
    let why = law(&text(MOST_SAMPLES + 1), None, Some(Unit::Ms)).expect_err("too many");
    assert_eq!(why, "f:1000001: more than 1000000 samples");
}

/// The bins of the law, and that its text is the same law again.
#[test]
fn samples_become_bins_of_equal_weight() {
    let text: String = (0..640).map(|n| format!("{}\n", n * 7 % 640)).collect();
    let samples = law(&text, None, Some(Unit::Us)).expect("a law");
    assert_eq!(count_and_ends(&samples), (640, 0, 639));
    let written = units::show_law(samples.law);
    assert!(written.starts_with("histogram:10x0s..9us,10x10us..19us,"), "{written}");
    assert_eq!(written.matches('x').count(), BINS);
    assert_eq!(units::law(&written), Ok(samples.law));
}
