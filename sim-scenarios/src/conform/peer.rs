//! The peer on a bench: what it knows, the numbers of a recipe, and segments in a row's words.

use super::words;
use serde_json::Value;
use sim_core::wire::{ConnId, Flags, Segment, Seq, Span};

pub(super) const CONN: ConnId = ConnId(0);
/// Where nothing is near zero, so that a number that is zero says something.
pub(super) const ISS: Seq = Seq::new(1 << 30);
pub(super) const PEER_ISS: Seq = Seq::new(3 << 29);

/// What the peer knows, in numbers counted from the two initial ones.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer {
    rcv_nxt: i64,
    wnd: i64,
    una: i64,
    snd_nxt: i64,
    win: u32,
}

fn plus(origin: Seq, n: i64) -> Seq {
    Seq::new(origin.raw().wrapping_add(n as u32))
}

impl Peer {
    pub(super) const NEW: Peer = Peer { rcv_nxt: 0, wnd: 0, una: 0, snd_nxt: 0, win: 65_535 };

    /// A segment of a recipe. What it acknowledges is acknowledged from now on.
    pub(super) fn segment(&mut self, spec: &Value) -> Result<Segment, String> {
        let letters = spec["fl"].as_str().ok_or("a segment without \"fl\"")?;
        let mut flags = Flags::NONE;
        let mut acks = false;
        for letter in letters.chars() {
            match letter {
                'S' => flags = flags.with(Flags::SYN),
                'F' => flags = flags.with(Flags::FIN),
                'R' => flags = flags.with(Flags::RST),
                'A' => acks = true,
                'P' | '-' => {}
                other => return Err(format!("unsupported flag {other:?}")),
            }
        }
        let seq = self.number(&spec["seq"], "rcv_nxt")?;
        let ack = if acks { Some(self.number(&spec["ack"], "una")?) } else { None };
        let len = u32::try_from(spec["len"].as_u64().unwrap_or(0)).unwrap_or(0);
        if let Some(win) = spec["win"].as_u64() {
            self.win = u32::try_from(win).unwrap_or(u32::MAX);
        }
        self.says(ack);
        let start = u32::try_from(seq - 1).unwrap_or(0);
        Ok(Segment {
            conn: CONN,
            flags,
            mss: spec["mss"].as_u64().and_then(|mss| u16::try_from(mss).ok()),
            seq: plus(PEER_ISS, seq),
            ack: ack.map(|ack| plus(ISS, ack)),
            text: Span::new(start, start.saturating_add(len)),
            wnd: self.win,
        })
    }

    /// The kernel's segment arrives.
    pub(super) fn sees(&mut self, segment: &Segment) {
        if segment.flags.rst() {
            return;
        }
        let end = words::relative(segment.end(), ISS);
        if !segment.flags.syn() || words::relative(segment.seq, ISS) == 0 {
            self.snd_nxt = self.snd_nxt.max(end);
        }
        if let Some(ack) = segment.ack {
            self.rcv_nxt = self.rcv_nxt.max(words::relative(ack, PEER_ISS));
            self.wnd = i64::from(segment.wnd);
        }
    }

    /// The peer acknowledges.
    fn says(&mut self, ack: Option<i64>) {
        if let Some(ack) = ack.filter(|ack| *ack <= self.snd_nxt) {
            self.una = self.una.max(ack);
        }
    }

    /// A number of a recipe: a literal, or a name with an offset.
    fn number(&self, spec: &Value, default: &str) -> Result<i64, String> {
        if let Some(n) = spec.as_i64() {
            return Ok(n);
        }
        let text = spec.as_str().unwrap_or(default);
        let at = text.find(['+', '-']).unwrap_or(text.len());
        let (name, offset) = text.split_at(at);
        let base = match name {
            "rcv_nxt" => self.rcv_nxt,
            "snd_nxt" => self.snd_nxt,
            "una" => self.una,
            "right" => self.rcv_nxt + self.wnd,
            other => return Err(format!("unsupported number {other:?}")),
        };
        let offset = match offset {
            "" => 0,
            text => text.parse().map_err(|_| format!("unsupported offset {text:?}"))?,
        };
        Ok(base + offset)
    }
}

/// The kernel's segment in a row's words.
pub(super) fn spell(segment: &Segment) -> String {
    let seq = match words::relative(segment.seq, ISS) {
        _ if segment.seq.raw() == 0 => "raw0".to_owned(),
        n if n != 0 && segment.flags.syn() => "new".to_owned(),
        n => n.to_string(),
    };
    let ack = segment
        .ack
        .map_or_else(|| "-".to_owned(), |ack| words::relative(ack, PEER_ISS).to_string());
    let (flags, len, wnd) = (words::flags(segment), segment.text.len(), segment.wnd);
    format!("{flags} seq={seq} ack={ack} len={len} win={wnd}")
}

/// The peer's segment in a row's words.
pub(super) fn spell_injected(segment: &Segment) -> String {
    let seq = words::relative(segment.seq, PEER_ISS);
    let ack =
        segment.ack.map_or_else(|| "-".to_owned(), |ack| words::relative(ack, ISS).to_string());
    let (flags, len, win) = (words::flags(segment), segment.text.len(), segment.wnd);
    format!("{flags} seq={seq} ack={ack} len={len} win={win}")
}
