//! Ladders as they are printed, from the command to the token.
//!
//! After a change that is meant: `INSTA_UPDATE=always cargo test -p sim-tests --test ladders`, and
//! read every one of them.

use sim_scenarios::cli::{Exit, main_with};

fn printed(args: &str) -> String {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = main_with(args.split(' '), &mut out, &mut err);
    assert_eq!(exit, Exit::Done, "{}", String::from_utf8_lossy(&err));
    String::from_utf8(out).expect("text")
}

#[test]
fn close_against_a_client_that_stops_at_the_first_failed_write() {
    let args = "closerace run --server close --client write-all/abort --lost";
    insta::assert_snapshot!(printed(args));
}

#[test]
fn close_against_a_client_that_reads_after_an_error() {
    let args = "closerace run --server close --client read-after-error --trial 8";
    insta::assert_snapshot!(printed(args));
}

#[test]
fn lingering_close_waits_for_the_client() {
    let args = "closerace run --server lingering-close --client write-all/abort";
    insta::assert_snapshot!(printed(args));
}

#[test]
fn a_large_reply_is_thrown_away_in_the_send_queue() {
    let args =
        "closerace run --server close --client read-after-error --variant large-reply --lost";
    insta::assert_snapshot!(printed(args));
}

#[test]
fn a_stack_that_flushes_throws_away_what_was_delivered() {
    let args = "closerace run --server close --client read-after-error --lost \
                --client-stack rfc9293 --server-stack rfc9293";
    insta::assert_snapshot!(printed(&args.split_whitespace().collect::<Vec<_>>().join(" ")));
}

#[test]
fn an_order_without_time_has_step_numbers() {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let explore =
        "closerace explore --server shutdown-close --client write-all/abort --format json";
    assert_eq!(main_with(explore.split(' '), &mut out, &mut err), Exit::Done);
    let census: serde_json::Value = serde_json::from_slice(&out).expect("json");
    let lost = census["outcomes"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|entry| entry["outcome"]["word"] == "LOST");
    let token = lost.expect("a losing order")["token"].as_str().expect("a token").to_owned();
    insta::assert_snapshot!(printed(&format!("closerace replay {token}")));
}
