//! The book's generated pages are what the program prints today. `UPDATE=1` writes them.

use sim_tests::golden;

/// What the program prints for these words.
fn printed(words: &[&str]) -> String {
    let mut out = Vec::new();
    let mut err = Vec::new();
    let all = ["closerace", "--color", "never"].into_iter().chain(words.iter().copied());
    let exit = sim_scenarios::cli::main_with(all, &mut out, &mut err);
    let err = String::from_utf8(err).expect("text");
    assert_eq!(exit.code(), 0, "{words:?}: {err}");
    String::from_utf8(out).expect("text")
}

#[test]
fn the_matrix_is_fresh() {
    golden::check("../book/src/generated/matrix.txt", &printed(&["matrix"]));
}

#[test]
fn the_run_is_fresh() {
    let words = ["run", "--server", "close", "--client", "write-all/abort", "--lost"];
    golden::check("../book/src/generated/run.txt", &printed(&words));
}

#[test]
fn the_proof_is_fresh() {
    let words = ["explore", "--server", "lingering-close", "--client", "write-all/abort"];
    golden::check("../book/src/generated/explore.txt", &printed(&words));
}
