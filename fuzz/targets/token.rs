//! A token: refused, or the same word again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sim_scenarios::token::{self, Token};

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok((token, scenario)) = Token::parse(text, None) {
        assert_eq!(token.text(&token::hash(&scenario)), text.trim());
    }
});
