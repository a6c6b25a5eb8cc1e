//! Segments that must be sent.

use super::{Between, Due, Ended, PATIENCE, Play};
use crate::drill::act::{Differs, Stop};
use crate::drill::habits::Offers;
use crate::drill::machine::{Sent, Under};
use crate::drill::script::{Bits, OptionList, Packet, Segment, Segments, TcpOption};
use crate::drill::{compare, spell};
use sim_core::wire::Micros;

impl Play<'_> {
    pub(super) fn expect(&mut self, line: u32, due: Due, expected: &Segment) -> Result<(), Ended> {
        let differs = |expected: String, got: String| Ended {
            line,
            stop: Stop::Differs(Differs { expected, got }),
        };
        self.begin_numbers(expected);
        let wanted = format!("> {}", spell::segment(expected));
        let limit = match due {
            Due::Within(_, to) => to + self.tolerance(to),
            Due::Any => self.machine.now() + PATIENCE,
        };
        self.tick_to_other(line, limit)?;
        let Some(mut found) = self.next_sent(limit)? else {
            let got = match due {
                Due::Within(..) => format!("nothing sent by {}", spell::seconds(limit)),
                Due::Any => "nothing sent any more".to_owned(),
            };
            return Err(differs(wanted, got));
        };
        let first = found.at;
        while found.written.len < expected.len
            && found.written.len > 0
            && self.script.options.segments == Segments::Together
        {
            match self.next_sent(limit)? {
                Some(next) if follows(&found, &next) => {
                    join(&mut found, &next);
                    found.written.bits = found.written.bits.with(self.machine.habits.of_a_burst());
                }
                Some(next) => {
                    let got = format!(
                        "> {}, then > {}",
                        spell::segment(&found.written),
                        spell::segment(&next.written)
                    );
                    return Err(differs(wanted, got));
                }
                None => break,
            }
        }
        let got = format!("> {}", spell::segment(&found.written));
        let offers = self.machine.habits.offers;
        if let Err(what) = compare::same(expected, &found.written, offers, &mut self.machine.over) {
            return Err(differs(wanted, format!("{got} ({what})")));
        }
        if !compare::packets(expected.packet, found.packet, &mut self.machine.over) {
            let got = format!("> {}{}", spell::around(found.packet), &got[2..]);
            return Err(differs(wanted, format!("{got} (IP header)")));
        }
        if let Due::Within(from, to) = due
            && (first + self.tolerance(from) < from || first > limit)
        {
            let wanted = format!("{wanted} at {}", spell::seconds(from));
            let range = if to > from { format!("..{}", spell::seconds(to)) } else { String::new() };
            return Err(differs(wanted + &range, format!("it at {}", spell::seconds(first))));
        }
        Ok(())
    }

    /// A SYN says what the script counts from.
    fn begin_numbers(&mut self, expected: &Segment) {
        let under = self.machine.under;
        let unsaid = self.machine.habits.offers == Offers::Unsaid;
        let Some(seq) = expected.seq.filter(|_| expected.bits.has(Bits::SYN)) else { return };
        let acks = expected.bits.has(Bits::ACK);
        let Some(line) = self.machine.line_mut() else { return };
        match (under, acks) {
            (Under::Connecting, false) => {
                line.local = seq;
                self.machine.under = Under::SynSent;
            }
            (Under::Received, true) => {
                line.local = seq;
                self.machine.under = Under::Going;
            }
            (
                Under::Anybody
                | Under::Idle
                | Under::Connecting
                | Under::SynSent
                | Under::Received
                | Under::Going,
                true | false,
            ) => {}
        }
        let Some(line) = self.machine.line_mut() else { return };
        if unsaid {
            match &expected.options {
                OptionList::These(list) => line.said(list),
                OptionList::Any => line.said(&[TcpOption::Wscale(0)]),
            }
        }
    }

    /// Takes ACKs that are nothing else out of what was sent, where they are gathered.
    pub(super) fn gather(&mut self, line: u32) {
        let Some(between) = &mut self.between else { return };
        while let Some(sent) = self.machine.sent.pop_front_if(|sent| sent.plain.is()) {
            let Some(known) = self.machine.lines.iter().find(|it| it.id == sent.raw.conn) else {
                continue;
            };
            let (seq, ack) = known.numbers(&sent.raw);
            let bits = sent.written.bits;
            let options = OptionList::These(Vec::new());
            let packet = Packet::default();
            let plain = Segment { packet, bits, seq: Some(seq), len: 0, ack, win: None, options };
            let after = sent.at.saturating_sub(self.settled);
            between.push(Between { line, after, text: spell::segment(&plain) });
        }
    }

    /// Where ACKs are gathered: goes on until something else has been sent.
    fn tick_to_other(&mut self, line: u32, limit: Micros) -> Result<(), Ended> {
        while self.between.is_some() {
            self.gather(line);
            if !self.machine.sent.is_empty() || !self.tick(limit)? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// The next segment of the connection under test.
    fn next_sent(&mut self, limit: Micros) -> Result<Option<Sent>, Ended> {
        let Some(id) = self.machine.line().map(|line| line.id) else { return Ok(None) };
        loop {
            while let Some(mut sent) = self.machine.sent.pop_front() {
                if sent.raw.conn != id {
                    continue;
                }
                if let Some(line) = self.machine.line() {
                    let (seq, ack) = line.numbers(&sent.raw);
                    (sent.written.seq, sent.written.ack) = (Some(seq), ack);
                }
                let text = spell::segment(&sent.written);
                self.log.push(format!("{} > {text}", spell::seconds(sent.at)));
                return Ok(Some(sent));
            }
            if !self.tick(limit)? {
                return Ok(None);
            }
        }
    }
}

/// Whether a segment goes on where another ends, with the same ACK.
fn follows(first: &Sent, next: &Sent) -> bool {
    let end = first.written.seq.map(|seq| seq.wrapping_add(first.written.len));
    next.written.seq == end
        && next.written.ack == first.written.ack
        && next.written.len > 0
        && !first.written.bits.has(Bits::SYN.with(Bits::FIN).with(Bits::RST))
}

/// Two as one.
fn join(first: &mut Sent, next: &Sent) {
    first.written.len += next.written.len;
    first.written.bits = first.written.bits.with(next.written.bits);
}
