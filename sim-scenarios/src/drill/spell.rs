//! Segments and times as scripts write them.

use super::script::{Ack, Call, OptionList, Packet, Returns, Segment, TcpOption};
use sim_core::wire::Micros;
use std::fmt::Write;

/// `0.100000`
pub(super) fn seconds(at: Micros) -> String {
    format!("{}.{:06}", at / 1_000_000, at % 1_000_000)
}

/// `S. 0:0(0) ack 1 win 65535 <mss 1460>`
pub(super) fn segment(segment: &Segment) -> String {
    let Segment { packet, bits, seq, len, ack, win, options } = segment;
    let mut text = around(*packet);
    let _ = match seq {
        Some(seq) => write!(text, "{bits} {seq}:{}({len})", u64::from(*seq) + u64::from(*len)),
        None => write!(text, "{bits} ...({len})"),
    };
    match ack {
        Ack::Absent => {}
        Ack::Number(n) => drop(write!(text, " ack {n}")),
        Ack::Any => text.push_str(" ack ..."),
    }
    if let Some(win) = win {
        let _ = write!(text, " win {win}");
    }
    match options {
        OptionList::Any => text.push_str(" <...>"),
        OptionList::These(list) if list.is_empty() => {}
        OptionList::These(list) => {
            let list: Vec<String> = list.iter().map(option).collect();
            let _ = write!(text, " <{}>", list.join(","));
        }
    }
    text
}

/// `(ttl 64, tos 0x20) `, where something is written of it.
pub(super) fn around(packet: Packet) -> String {
    let ttl = packet.ttl.map(|ttl| format!("ttl {ttl}"));
    let tos = packet.tos.map(|tos| format!("tos {tos:#04x}"));
    let fields: Vec<String> = ttl.into_iter().chain(tos).collect();
    if fields.is_empty() { String::new() } else { format!("({}) ", fields.join(", ")) }
}

fn option(option: &TcpOption) -> String {
    match option {
        TcpOption::Nop => "nop".to_owned(),
        TcpOption::Eol => "eol".to_owned(),
        TcpOption::Mss(mss) => format!("mss {mss}"),
        TcpOption::Wscale(shift) => format!("wscale {shift}"),
        TcpOption::SackOk => "sackOK".to_owned(),
        TcpOption::Sack(blocks) => {
            let blocks: Vec<String> = blocks.iter().map(|(l, r)| format!("{l}:{r}")).collect();
            format!("sack {}", blocks.join(" "))
        }
        TcpOption::Timestamps { val, ecr } => format!("TS val {val} ecr {ecr}"),
    }
}

/// `recv() = 10`
pub(super) fn call(call: &Call) -> String {
    let result = match &call.returns {
        Returns::Any => "...".to_owned(),
        Returns::Number(n) => n.to_string(),
        Returns::Errno(errno) => format!("-1 {errno}"),
    };
    format!("{}() = {result}", call.name)
}
