//! Proxies and load balancers, as clients of what is behind them.

use super::super::{Topic, tale};
use super::message;

pub(super) static ALL: &[Topic] = &[
    message(
        (
            "writev() failed (32: Broken pipe) while sending request to upstream",
            &[
                "writev failed 32 broken pipe",
                "send failed 32 broken pipe",
                "writev failed 104 connection reset by peer",
                "send failed 104 connection reset by peer",
            ],
        ),
        "nginx's error log; the client gets 502",
        "The upstream closed while nginx was still sending it the request. nginx gives up there, \
         with an answer that may have been readable: an early 401, 413 or 503 becomes a 502.",
        &tale::PIPE,
    ),
    message(
        ("upstream prematurely closed connection", &["upstream prematurely closed connection"]),
        "nginx's error log, with `while reading response header from upstream` (the client gets \
         502) or `while reading upstream` (the client gets a short answer)",
        "The upstream's stream ended (EOF) before its answer was complete.",
        &tale::NO_ANSWER,
    ),
    message(
        (
            "recv() failed (104: Connection reset by peer) while reading response header",
            &["recv failed 104 * upstream", "readv failed 104 * upstream"],
        ),
        "nginx's error log; the client gets 502",
        "The upstream's RST had arrived, and nothing was left to read.",
        &tale::RESET,
    ),
    message(
        (
            "502 Bad Gateway: the target closed the connection",
            &["target closed the connection", "502 * target closed", "502 bad gateway"],
        ),
        "load balancers (AWS ALB among them) and proxies, whose target sent a FIN or RST while a \
         request was under way",
        "The balancer had a request under way when the target closed: an idle timeout shorter than \
         the balancer's, or an early answer to an unread request.",
        &tale::IDLE,
    ),
    message(
        (
            "upstream connect error or disconnect/reset before headers",
            &[
                "upstream connect error or disconnect reset before headers",
                "upstream reset before response started",
            ],
        ),
        "Envoy (Istio), with a 503; `reset reason: connection termination` is the upstream's close",
        "The upstream closed, or reset, before the first byte of an answer.",
        &tale::IDLE,
    ),
    message(
        (
            "AH01102: error reading status line from remote server",
            &["AH01102", "error reading status line from remote server"],
        ),
        "Apache httpd's mod_proxy_http; the client gets 502",
        "The backend's stream ended, or was reset, before a status line.",
        &tale::IDLE,
    ),
    message(
        ("AH01084: pass request body failed to", &["AH01084", "pass request body failed"]),
        "Apache httpd's mod_proxy_http, with the error of the write before it, as (32)Broken pipe",
        "The backend closed while the request's body was still being sent to it.",
        &tale::PIPE,
    ),
];
