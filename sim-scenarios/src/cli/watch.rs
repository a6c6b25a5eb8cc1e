//! Progress and Ctrl-C, where somebody sits in front of a long computation.

use super::Live;
use indicatif::ProgressDrawTarget;
use std::sync::atomic::{AtomicBool, Ordering};

/// Set by Ctrl-C.
static STOP: AtomicBool = AtomicBool::new(false);

/// From now on Ctrl-C sets what is returned here, and the program prints what it has.
pub(super) fn stop_on_ctrl_c() -> &'static AtomicBool {
    // Without a handler Ctrl-C ends the program as usual.
    let _ = ctrlc::try_set_handler(|| STOP.store(true, Ordering::Relaxed));
    &STOP
}

/// Where progress is shown.
pub(super) fn target(live: Live) -> ProgressDrawTarget {
    match live {
        Live::Terminal => ProgressDrawTarget::stderr(),
        Live::Silent | Live::Batch => ProgressDrawTarget::hidden(),
    }
}
