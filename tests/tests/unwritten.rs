//! An answer that the server's application never wrote was in no stack's hands: no table, verdict
//! or chain of causes says that a stack has lost it.

use serde_json::Value;
use sim_scenarios::cli::Exit;
use sim_tests::typed::{Folder, run};

fn json(line: &str) -> Value {
    let (exit, out, err) = run(&format!("closerace {line} --format json"));
    assert_eq!(exit, Exit::Done, "{line}: {err}");
    serde_json::from_str(&out).expect("json")
}

/// A server that has chosen not to answer: its close is the beginning of the chain, and its end.
#[test]
fn a_server_that_resets_at_once_has_written_nothing() {
    for story in ["admission", "close-before-accept"] {
        let (_, out, _) = run(&format!("closerace run --story {story}"));
        assert!(out.contains("\nWhy: never written: the server's application stopped"), "{out}");
        assert!(out.contains("512 never written by the server's application"), "{out}");
        let value = json(&format!("run --story {story}"));
        assert_eq!(value["outcome"]["cause"], "NeverWritten", "{story}");
        let says = value["causes"][0]["says"].as_str().expect("a sentence");
        assert!(says.contains("with 512 bytes of the answer never written"), "{says}");
        assert_eq!(value["causes"][0]["side"], "server", "{story}");
    }
    let (_, out, _) = run("closerace explore --story admission");
    assert!(out.contains("Why: never written"), "{out}");
    assert!(!out.contains("the client's reset made the server's stack throw"), "{out}");
    let value = json("loss --story admission --trials 20");
    assert_eq!(value["servers"][0]["causes"][0]["cause"], "NeverWritten");
    assert_eq!(value["servers"][0]["causes"][0]["count"], 20);
}

/// Where a write failed, the chain goes on to what made it fail.
#[test]
fn a_server_whose_client_has_left_could_not_write() {
    let folder = Folder::new("unwritten");
    let path = folder.keep("left.toml", include_str!("../cli/left.toml"));
    let value = json(&format!("run --scenario {}", path.display()));
    assert_eq!(value["outcome"]["cause"], "NeverWritten");
    let says: Vec<&str> = value["causes"]
        .as_array()
        .expect("links")
        .iter()
        .filter_map(|l| l["says"].as_str())
        .collect();
    let parts = [
        "the server's application called close() with 512 bytes of the answer never written",
        "the server's application called write(512) and was told ECONNRESET",
        "the server received a RST, which is why write(512) failed with ECONNRESET",
        "the client's application called close(), which sent a RST",
    ];
    assert_eq!(says, parts);
}

/// What was written and lost keeps its reason: the founding case is told as before.
#[test]
fn what_was_written_is_not_called_unwritten() {
    for options in [
        "--server close --client duplex/abort --lost",
        "--server close --client write-all/abort --story large-reply --lost",
        "--server linger0 --client late-reader --client-stack rfc9293 --lost",
    ] {
        let value = json(&format!("run {options}"));
        let cause = value["outcome"]["cause"].as_str().expect("a cause");
        assert_ne!(cause, "NeverWritten", "{options}");
        let places = value["ledger"].as_array().expect("places");
        let unwritten =
            |place: &&Value| place["place"].as_str().is_some_and(|it| it.contains("never"));
        assert_eq!(places.iter().find(unwritten), None, "{options}");
    }
}

#[test]
fn it_is_explained_and_can_be_claimed() {
    let (exit, out, _) = run("closerace explain never written");
    assert_eq!(exit, Exit::Done);
    assert!(out.contains("closerace run --story admission"), "{out}");
    let (exit, story, _) = run("closerace show admission");
    assert_eq!(exit, Exit::Done);
    assert!(story.contains("only-causes = [\"never-written\"]"), "{story}");
    let (exit, out, _) = run("closerace explore --story admission --quiet");
    assert_eq!(exit, Exit::Done, "{out}");
}
