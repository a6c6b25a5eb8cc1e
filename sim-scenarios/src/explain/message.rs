//! Lines that programs print.

mod client;
mod java;
mod proxy;
mod python;
mod rust_go;
mod script;
mod server;
mod tool;

use super::{Kind, Tale, Topic};

/// All, by the program that prints them.
pub(super) fn all() -> Vec<&'static Topic> {
    let files = [
        rust_go::ALL,
        python::ALL,
        script::ALL,
        java::ALL,
        tool::ALL,
        client::ALL,
        proxy::ALL,
        server::ALL,
    ];
    files.into_iter().flatten().collect()
}

/// A message: as people know it, what of it a pasted line has to have, who prints it, what it says.
const fn message(
    (name, keys): (&'static str, &'static [&'static str]),
    by: &'static str,
    means: &'static str,
    tale: &'static Tale,
) -> Topic {
    let kind = Kind::Message;
    Topic { name, kind, keys, names: &[], by, means, questions: &[], tale }
}
