//! What the applications of a laboratory row were told, and what crossed the wire, in the row's
//! words; and the comparison.

use super::words;
use serde_json::{Map, Value, json};
use sim_core::tcp::Errno;
use sim_core::wire::{ConnId, Micros, Segment, Side};

/// How far a measured duration may be from the model's.
const TOLERANCE_MS: i64 = 25;
/// The most a side may ask to send for the number of bytes it sent to be compared.
const BULK: u64 = 65_536;

/// One side's application.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) connect: Option<String>,
    pub(super) accept: Vec<String>,
    bytes_sent: u64,
    pub(super) send_err: Option<String>,
    pub(super) bytes_read: u64,
    pub(super) read_end: Option<String>,
    pub(super) recv_seq: Vec<Value>,
    pub(super) so_error: Vec<String>,
    pub(super) poll: Vec<String>,
    pub(super) close: Vec<Value>,
    pub(super) close_ms: Vec<i64>,
    pub(super) shutdown: Vec<Value>,
    pub(super) inq: Vec<Value>,
    pub(super) table: Vec<String>,
    /// The last entry of `recv_seq` is a run of bytes that may go on.
    running: bool,
}

/// 0 or a name, as a row writes the result of a call.
pub(super) fn zero_or_name(text: &str) -> Value {
    if text == "0" { json!(0) } else { json!(text) }
}

impl Told {
    /// A read brought something, or said how it ended.
    pub(super) fn read_ended(&mut self, how: &str) {
        self.running = false;
        self.read_end = Some(how.to_owned());
        self.recv_seq.push(json!(how));
    }

    /// One recv() brought bytes.
    pub(super) fn read(&mut self, count: u32) {
        self.running = false;
        self.bytes_read += u64::from(count);
        self.recv_seq.push(json!(count));
    }

    /// One recv() of several brought bytes: they add up.
    pub(super) fn read_on(&mut self, count: u32) {
        let before = match (self.running, self.recv_seq.last()) {
            (true, Some(last)) => last.as_u64().unwrap_or(0),
            (true | false, _) => 0,
        };
        if self.running {
            self.recv_seq.pop();
        }
        self.running = true;
        self.bytes_read += u64::from(count);
        self.recv_seq.push(json!(before + u64::from(count)));
    }

    /// SIOCINQ was asked.
    pub(super) fn looked_inq(&mut self, text: &str) {
        self.inq.push(text.parse::<u64>().map_or_else(|_| json!(text), |n| json!(n)));
    }

    /// A send took bytes.
    pub(super) fn send_took(&mut self, count: u32) {
        self.bytes_sent += u64::from(count);
    }

    /// The first failure counts; a call that would have blocked has not failed.
    pub(super) fn send_failed(&mut self, errno: Errno) {
        if errno != Errno::Again && self.send_err.is_none() {
            self.send_err = Some(errno.name().to_owned());
        }
    }

    pub(super) fn closed(&mut self, text: &str, took: Micros) {
        self.close.push(zero_or_name(text));
        self.close_ms.push(i64::try_from(took / 1000).unwrap_or(i64::MAX));
    }

    fn fields(&self) -> Map<String, Value> {
        let all = json!({
            "connect": self.connect, "accept": self.accept, "bytes_sent": self.bytes_sent,
            "send_err": self.send_err, "bytes_read": self.bytes_read, "read_end": self.read_end,
            "recv_seq": self.recv_seq, "so_error": self.so_error, "poll": self.poll,
            "close": self.close, "shutdown": self.shutdown, "inq": self.inq, "table": self.table,
        });
        match all {
            Value::Object(map) => map,
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => Map::new(),
        }
    }

    /// The first field in which a row differs. A field that neither has is the same.
    fn difference(&self, side: &str, recorded: &Value, sends: Sends) -> Option<String> {
        let absent = |value: &Value| match value {
            Value::Array(list) => list.is_empty(),
            Value::Null => true,
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => false,
        };
        for (name, model) in self.fields() {
            if name == "bytes_sent" && sends == Sends::Bulk {
                continue;
            }
            let mut recorded = recorded[&name].clone();
            if name == "table" {
                recorded = tables(&recorded);
            }
            if recorded != model && !(absent(&recorded) && absent(&model)) {
                return Some(format!("{side}.{name}: recorded {recorded}, model {model}"));
            }
        }
        if recorded["content_ok"] == Value::Bool(false) {
            return Some(format!("{side}.content_ok: recorded false, model true"));
        }
        let took = recorded["close_ms"].as_array().cloned().unwrap_or_default();
        let took: Vec<i64> = took.iter().filter_map(Value::as_f64).map(|ms| ms as i64).collect();
        let near = |(a, b): (&i64, &i64)| (a - b).abs() <= TOLERANCE_MS;
        if took.len() != self.close_ms.len() || !took.iter().zip(&self.close_ms).all(near) {
            let model = &self.close_ms;
            return Some(format!("{side}.close_ms: recorded {took:?}, model {model:?}"));
        }
        None
    }
}

/// How much of what a side asks to send its send buffer has to take.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sends {
    /// All of it fits, however the kernel tunes the buffer.
    Fits,
    /// How much is taken hangs on the tuning.
    Bulk,
}

/// Adds up what a side asks to send, and finds the largest send buffer that it asks for.
fn sends(case: &Value, side: &str) -> Sends {
    let threads = case["app"][side].as_object().into_iter().flatten();
    let in_threads = threads.flat_map(|(_, ops)| ops.as_array().into_iter().flatten());
    let steps = case["steps"].as_array().into_iter().flatten();
    let in_steps = steps.filter(|step| step["side"] == side).map(|step| &step["op"]);
    let (mut asked, mut room) = (0, BULK);
    for op in in_threads.chain(in_steps) {
        match op["op"].as_str() {
            Some("send") => asked += op["n"].as_u64().unwrap_or(100),
            Some("send_all") => asked += op["n"].as_u64().unwrap_or(0),
            Some("sndbuf") => room = room.max(op["n"].as_u64().unwrap_or(0)),
            Some(_) | None => {}
        }
    }
    if asked <= room { Sends::Fits } else { Sends::Bulk }
}

/// Tables in the model's order.
fn tables(recorded: &Value) -> Value {
    let sorted = |text: &Value| {
        let mut names: Vec<&str> = text.as_str().unwrap_or("").split(',').collect();
        names.sort_unstable();
        json!(names.join(","))
    };
    let list = recorded.as_array();
    list.map_or_else(|| recorded.clone(), |list| list.iter().map(sorted).collect())
}

/// A segment on the wire.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent {
    pub(super) side: Side,
    pub(super) segment: Segment,
    pub(super) dropped: bool,
}

/// One entry of a wire list.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    flags: String,
    seq: String,
    ack: String,
    len: u64,
    tail: String,
}

impl Entry {
    fn spell(&self) -> String {
        let Entry { flags, seq, ack, len, tail } = self;
        format!("{flags} seq={seq} ack={ack} len={len}{tail}")
    }

    fn end(&self) -> Option<u64> {
        self.seq.parse::<u64>().ok().map(|seq| seq + self.len)
    }

    fn is_bare_reset(&self) -> bool {
        self.flags == "R" && self.ack == "-"
    }
}

/// What one side sent: data that follows on is one entry, and so are bare resets in a row.
fn merged(entries: impl Iterator<Item = Entry>) -> Vec<String> {
    let mut list: Vec<Entry> = Vec::new();
    for entry in entries {
        if let Some(last) = list.last_mut().filter(|last| last.tail == entry.tail) {
            let text = last.flags == "A" && entry.flags == "A" && last.len > 0 && entry.len > 0;
            if text && last.end() == entry.seq.parse().ok() {
                last.len += entry.len;
                continue;
            }
            if last.is_bare_reset() && entry.is_bare_reset() {
                continue;
            }
        }
        list.push(entry);
    }
    list.iter().map(Entry::spell).collect()
}

fn entry(sent: &Sent) -> Option<Entry> {
    let Sent { side, segment, dropped } = sent;
    let flags = words::flags(segment);
    let len = u64::from(segment.text.len());
    if flags == "A" && len == 0 {
        return None;
    }
    let ports = match (segment.conn, side) {
        (ConnId(0), _) => "",
        (_, Side::A) => " ports=0>8080",
        (_, Side::B) => " ports=8080>0",
    };
    let tail = format!("{ports}{}", if *dropped { " DROPPED" } else { "" });
    let ack = segment.ack.map_or_else(|| "-".to_owned(), |ack| ack.raw().to_string());
    Some(Entry { flags, seq: segment.seq.raw().to_string(), ack, len, tail })
}

/// An entry of a recorded list.
fn recorded_entry(text: &str) -> Entry {
    let mut entry = Entry {
        flags: String::new(),
        seq: String::new(),
        ack: String::new(),
        len: 0,
        tail: String::new(),
    };
    for (n, word) in text.split_whitespace().enumerate() {
        match word.split_once('=') {
            None if n == 0 => word.clone_into(&mut entry.flags),
            Some(("seq", seq)) => seq.clone_into(&mut entry.seq),
            Some(("ack", ack)) => ack.clone_into(&mut entry.ack),
            Some(("len", len)) => entry.len = len.parse().unwrap_or(0),
            Some(("segs", _)) => {}
            Some(_) | None => entry.tail = format!("{} {word}", entry.tail),
        }
    }
    entry
}

/// The first difference between the wire of a row and the model's.
pub(super) fn wire_difference(recorded: &Value, sent: &[Sent]) -> Option<String> {
    for (name, side) in [("c2s", Side::A), ("s2c", Side::B)] {
        let wanted = super::rows::strings(&recorded[name]);
        let wanted = merged(wanted.iter().map(|text| recorded_entry(text)));
        let model = merged(sent.iter().filter(|sent| sent.side == side).filter_map(entry));
        let longest = wanted.len().max(model.len());
        let at = (0..longest).find(|n| wanted.get(*n) != model.get(*n));
        if let Some(at) = at {
            let line = |list: &[String]| list.get(at).cloned().unwrap_or("nothing".to_owned());
            let (wanted, model) = (line(&wanted), line(&model));
            return Some(format!("{name} {}: recorded {wanted}, model {model}", at + 1));
        }
    }
    None
}

/// The first difference of a whole row.
pub(super) fn difference(row: &Value, told: &[Told; 2], sent: &[Sent]) -> Option<String> {
    let outcome = &row["outcome"];
    let reply = told[0].bytes_read;
    let side = |at: usize, name: &str| {
        told[at].difference(name, &outcome[name], sends(&row["case"], name))
    };
    side(0, "c")
        .or_else(|| side(1, "s"))
        .or_else(|| match outcome["reply_bytes"].as_u64() {
            Some(recorded) if recorded != reply => {
                Some(format!("reply_bytes: recorded {recorded}, model {reply}"))
            }
            Some(_) | None => None,
        })
        .or_else(|| complete(row, reply))
        .or_else(|| match row["stable_fine"].as_bool() {
            Some(true) => wire_difference(&outcome["wire"], sent),
            Some(false) | None => None,
        })
}

/// Whether the reply was complete, where the row says how long it is.
fn complete(row: &Value, read: u64) -> Option<String> {
    let recorded = row["outcome"]["reply_complete"].as_bool()?;
    let reply = row["case"]["tags"]["reply"].as_u64()?;
    let model = read >= reply;
    (recorded != model).then(|| format!("reply_complete: recorded {recorded}, model {model}"))
}
