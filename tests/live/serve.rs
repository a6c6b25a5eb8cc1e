//! The server: accept, read at most once, answer, and close as a strategy says.

use crate::PATIENCE;
use crate::play::{Play, now, wait};
use crate::words::{Words, names, say};
use sim_scenarios::preset::Actor;
use sim_scenarios::server;
use sim_tests::live::{answer, job, reads_declared, server_script};
use socket2::SockRef;
use std::io::ErrorKind;
use std::net::{IpAddr, TcpListener, TcpStream};
use std::time::Duration;

/// The longest head of a request.
const HEAD: usize = 16_384;

pub(crate) fn serve(words: &Words) -> Result<(), String> {
    let closing = Actor::parse(words.text("server")?, server::named).map_err(|why| {
        let there = names(&server::all());
        format!("{why}; there are: {there}")
    })?;
    let first = Some(words.number("first")?).filter(|bytes| *bytes > 0);
    let reply = words.number("reply")?;
    let payload = answer(reply).ok_or_else(|| format!("no reply has {reply} bytes; try 512"))?;
    let at: IpAddr = words.value("at")?;
    let listener = TcpListener::bind((at, 0)).map_err(|why| format!("{at}: {why}"))?;
    let port = listener.local_addr().map_err(|why| why.to_string())?.port();
    // accept() gives up as recv() does.
    let listening = SockRef::from(&listener).set_read_timeout(Some(PATIENCE));
    listening.map_err(|why| why.to_string())?;
    say(&port.to_string())?;
    std::thread::scope(|scope| {
        let mut served = Vec::new();
        for _ in 0..words.number("runs")? {
            let (stream, _) = listener.accept().map_err(|why| format!("accept: {why}"))?;
            served.push(scope.spawn(|| one(stream, &closing, first, (reply, &payload))));
        }
        served.into_iter().try_for_each(|it| it.join().map_err(|_| "a server's lane panicked")?)
    })
}

/// One connection.
fn one(
    stream: TcpStream,
    closing: &Actor,
    first: Option<u32>,
    (reply, payload): (u32, &[u8]),
) -> Result<(), String> {
    let script = |request| {
        server_script(closing, job(request, 1, reply), first).map_err(|why| why.to_string())
    };
    let mut plays = script(1)?;
    if reads_declared(&plays) {
        plays = script(declared(&stream)?)?;
    }
    Play::new(&plays, payload).with(stream).run().map(drop)
}

/// How long the request is, head and body, as its head declares. Nothing is taken out of the
/// socket for it: the kernel does the same as without.
fn declared(stream: &TcpStream) -> Result<u32, String> {
    let begun = now();
    let mut seen = vec![0; HEAD];
    let mut last = 0;
    while begun.elapsed() < PATIENCE {
        let there = match stream.peek(&mut seen) {
            Ok(there) => there,
            Err(why) if why.kind() == ErrorKind::Interrupted => continue,
            Err(why) => return Err(format!("the head of a request: {why}")),
        };
        let text = String::from_utf8_lossy(&seen[..there]);
        if let Some((head, _)) = text.split_once("\r\n\r\n") {
            let length = head.lines().filter_map(|line| line.split_once(':'));
            let mut length = length.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
            let body: u32 = length.next().and_then(|(_, n)| n.trim().parse().ok()).unwrap_or(0);
            let head = u32::try_from(head.len() + 4).map_err(|why| why.to_string())?;
            return head.checked_add(body).ok_or_else(|| "too long a request".to_owned());
        }
        if there == 0 || there == last && there == HEAD {
            break;
        }
        last = there;
        wait(Duration::from_millis(1));
    }
    Err("a request without a head".to_owned())
}
