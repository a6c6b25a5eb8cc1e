//! Claims on every state, each with its shortest counterexample.

use super::{Flow, Model, Seen, Watch};

/// What a claim says of one state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judged {
    /// The state is as claimed.
    Holds,
    /// The state is a counterexample.
    Broken,
}

/// Something that must hold in every state. A plain function, so it cannot carry state of its own.
pub struct Claim<M: Model> {
    /// Its name in reports.
    pub name: &'static str,
    /// The judgement of one state.
    pub judge: fn(&M::Store, M::Key) -> Judged,
}

/// Whether a search goes on when a claim is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnBroken {
    /// End the search at the first counterexample of any claim.
    Stop,
    /// Look at the whole space.
    GoOn,
}

/// A watcher that judges claims.
pub struct Claims<M: Model> {
    claims: Vec<(Claim<M>, Option<Witness<M>>)>,
    on_broken: OnBroken,
}

/// The first counterexample of a claim.
pub struct Witness<M: Model> {
    /// The state.
    pub key: M::Key,
    /// Its number, to ask the kept graph for a shortest trace; a sweep gives none.
    pub id: Option<u32>,
}

impl<M: Model> Claims<M> {
    /// Nothing is broken yet.
    #[must_use]
    pub fn new(claims: Vec<Claim<M>>, on_broken: OnBroken) -> Self {
        Self { claims: claims.into_iter().map(|claim| (claim, None)).collect(), on_broken }
    }

    /// Every claim with its first counterexample, in the order they were given.
    pub fn judged(&self) -> impl Iterator<Item = (&'static str, Option<&Witness<M>>)> {
        self.claims.iter().map(|(claim, witness)| (claim.name, witness.as_ref()))
    }
}

impl<M: Model> Watch<M> for Claims<M> {
    fn state(&mut self, seen: Seen<'_, M>) -> Flow {
        for (claim, witness) in self.claims.iter_mut().filter(|(_, witness)| witness.is_none()) {
            match (claim.judge)(seen.store, seen.key) {
                Judged::Holds => {}
                Judged::Broken => {
                    *witness = Some(Witness { key: seen.key, id: seen.id });
                    match self.on_broken {
                        OnBroken::Stop => return Flow::Break(()),
                        OnBroken::GoOn => {}
                    }
                }
            }
        }
        Flow::Continue(())
    }
}
