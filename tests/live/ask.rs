//! Raw clients: one a policy, playing the policy's script.

use crate::play::Play;
use crate::words::{Words, names, say};
use sim_scenarios::client;
use sim_scenarios::preset::Actor;
use sim_tests::live::{job, question, script};
use std::net::SocketAddr;

pub(crate) fn ask(words: &Words) -> Result<(), String> {
    let name = words.text("client")?;
    let policy = client::named(name).ok_or_else(|| {
        let there = names(&client::all());
        format!("there is no client policy {name:?}; there are: {there}")
    })?;
    let to: SocketAddr = words.value("to")?;
    let (request, chunk) = (words.number("request")?, words.number("chunk")?);
    let reply = words.number("reply")?;
    let job = job(request, chunk, reply);
    let script = script(&Actor::from(policy), job).map_err(|why| why.to_string())?;
    let payload =
        question(request).ok_or_else(|| format!("no request has {request} bytes; try 200"))?;
    for _ in 0..words.number("runs")? {
        let told = Play::new(&script, &payload).to(to).run()?;
        say(&format!("{} {}", told.word(reply), told.words()))?;
    }
    Ok(())
}
