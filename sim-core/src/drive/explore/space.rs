//! The graph that a kept search leaves behind.

use super::column::Column;
use super::index::KeySet;
use super::{Counts, End, Model};

/// A kept state graph. States are numbered from 0 in breadth-first order.
///
/// Stored per state are its key, the number of its parent, and which of the parent's successors it
/// was; actions and edges are found again by asking the model.
pub struct Space<'m, M: Model> {
    pub(super) model: &'m M,
    pub(super) store: M::Store,
    pub(super) set: KeySet<M::Key>,
    pub(super) parents: Column<u32>,
    pub(super) via: Column<u16>,
    /// First number of every level.
    pub(super) levels: Vec<u32>,
    pub(super) expanded: u32,
    pub(super) counts: Counts,
    pub(super) end: End,
    pub(super) first_halt: Option<FirstHalt<M>>,
}

/// The first action that halted; its state is as near to the start as any that halts.
pub struct FirstHalt<M: Model> {
    /// Number of the state.
    pub id: u32,
    /// Place of the action among the state's successors.
    pub via: u16,
    /// The action.
    pub action: M::Action,
    /// Why it was not carried out.
    pub halt: M::Halt,
}

impl<'m, M: Model> Space<'m, M> {
    pub(super) fn empty(model: &'m M, store: M::Store) -> Self {
        Self {
            model,
            store,
            set: KeySet::new(),
            parents: Column::new(),
            via: Column::new(),
            levels: Vec::new(),
            expanded: 0,
            counts: Counts::default(),
            end: End::Complete,
            first_halt: None,
        }
    }

    /// How the search ended. Anything but [`End::Complete`] says that states may be missing.
    #[must_use]
    pub const fn end(&self) -> End {
        self.end
    }

    /// The search's counts.
    #[must_use]
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// The first action that halted, if any did.
    #[must_use]
    pub const fn first_halt(&self) -> Option<&FirstHalt<M>> {
        self.first_halt.as_ref()
    }

    /// Number of states.
    #[must_use]
    pub const fn len(&self) -> u32 {
        self.set.len() as u32
    }

    /// Whether the model had no initial state.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Steps from the start to the farthest state that was expanded.
    #[must_use]
    pub const fn depth(&self) -> u32 {
        (self.levels.len() as u32).saturating_sub(1)
    }

    /// Fewest steps from an initial state to state `id`.
    #[must_use]
    pub fn depth_of(&self, id: u32) -> u32 {
        self.levels.partition_point(|&first| first <= id) as u32 - 1
    }

    /// The states of every depth, as the first number of each.
    #[must_use]
    pub fn levels(&self) -> &[u32] {
        &self.levels
    }

    /// Key of state `id`.
    #[must_use]
    pub fn key(&self, id: u32) -> M::Key {
        self.set.key(id)
    }

    /// Number of a state.
    #[must_use]
    pub fn find(&self, key: M::Key) -> Option<u32> {
        self.set.find(key)
    }

    /// The tables that unpack keys.
    #[must_use]
    pub const fn store(&self) -> &M::Store {
        &self.store
    }

    /// The tables alone, when the graph is no longer needed.
    #[must_use]
    pub fn into_store(self) -> M::Store {
        self.store
    }

    /// The state from which `id` was first reached; an initial state is its own parent.
    #[must_use]
    pub fn parent(&self, id: u32) -> u32 {
        self.parents.get(id)
    }

    /// The states of a shortest path to `id`, an initial state first.
    #[must_use]
    pub fn path(&self, id: u32) -> Vec<u32> {
        let mut path = vec![id];
        let mut at = id;
        while self.parent(at) != at {
            at = self.parent(at);
            path.push(at);
        }
        path.reverse();
        path
    }

    /// The actions of a shortest path from an initial state to `id`.
    pub fn trace(&mut self, id: u32) -> Vec<M::Action> {
        let path = self.path(id);
        path.windows(2).map(|step| self.action_at(step[0], self.via.get(step[1]))).collect()
    }

    /// Calls `each` with every edge `(from, action, to)`, in order of states and of successors.
    /// Edges to states that a bound turned away are not among them.
    pub fn edges(&mut self, mut each: impl FnMut(u32, M::Action, u32)) {
        for from in 0..self.expanded {
            self.edges_from(from, |action, to| each(from, action, to));
        }
    }

    /// Calls `each` with every edge out of `from`, in order.
    pub fn edges_from(&mut self, from: u32, mut each: impl FnMut(M::Action, u32)) {
        let Self { model, store, set, .. } = self;
        model.successors(store, set.key(from), &mut |action, next| {
            if let Some(to) = next.ok().and_then(|key| set.find(key)) {
                each(action, to);
            }
        });
    }

    fn action_at(&mut self, from: u32, via: u16) -> M::Action {
        let mut place = 0_u32;
        let mut found = None;
        self.model.successors(&mut self.store, self.set.key(from), &mut |action, _| {
            if place == u32::from(via) {
                found = Some(action);
            }
            place += 1;
        });
        found.expect("successors are a function of the key")
    }
}
