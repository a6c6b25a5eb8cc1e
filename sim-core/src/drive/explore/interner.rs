//! Values to small numbers and back, for keys of a few words.

use std::hash::{Hash, Hasher};

use hashbrown::HashTable;
use rustc_hash::FxHasher;

/// Gives every distinct value a number, in order of first sight.
///
/// Numbers depend on the order of the calls only; nothing iterates the hash table.
pub struct Interner<T> {
    values: Vec<T>,
    table: HashTable<u32>,
}

impl<T: Eq + Hash + Clone> Interner<T> {
    /// An empty table.
    #[must_use]
    pub const fn new() -> Self {
        Self { values: Vec::new(), table: HashTable::new() }
    }

    /// Number of `value`; it is cloned the first time only.
    ///
    /// # Panics
    /// At 2^32 distinct values.
    #[inline]
    pub fn intern(&mut self, value: &T) -> u32 {
        let hash = hash_of(value);
        let values = &self.values;
        if let Some(&id) = self.table.find(hash, |&id| values[id as usize] == *value) {
            return id;
        }
        self.add(hash, value)
    }

    /// Number of `value`, if it has one.
    #[must_use]
    pub fn find(&self, value: &T) -> Option<u32> {
        self.table.find(hash_of(value), |&id| self.values[id as usize] == *value).copied()
    }

    /// The value of a number that this table gave.
    ///
    /// # Panics
    /// When another table gave it.
    #[inline]
    #[must_use]
    pub fn get(&self, id: u32) -> &T {
        &self.values[id as usize]
    }

    /// How many values there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The values, in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.values.iter()
    }

    fn add(&mut self, hash: u64, value: &T) -> u32 {
        let id = u32::try_from(self.values.len()).expect("fewer than 2^32 distinct values");
        self.values.push(value.clone());
        let values = &self.values;
        self.table.insert_unique(hash, id, |&id| hash_of(&values[id as usize]));
        id
    }
}

impl<T: Eq + Hash + Clone> Default for Interner<T> {
    fn default() -> Self {
        Self::new()
    }
}

fn hash_of<T: Hash>(value: &T) -> u64 {
    let mut hasher = FxHasher::default();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::Interner;

    #[test]
    fn equal_values_share_a_number_and_numbers_follow_first_sight() {
        let mut words = Interner::new();
        let ids: Vec<u32> =
            ["a", "b", "a", "c", "b"].iter().map(|w| words.intern(&w.to_string())).collect();
        assert_eq!(ids, [0, 1, 0, 2, 1]);
        assert_eq!(words.get(2), "c");
        assert_eq!(words.find(&"b".to_string()), Some(1));
        assert_eq!(words.find(&"d".to_string()), None);
        assert_eq!((words.len(), words.iter().count()), (3, 3));
    }

    #[test]
    fn growth_keeps_numbers() {
        let mut words = Interner::new();
        for at in 0..10_000_u64 {
            assert_eq!(u64::from(words.intern(&(at * at))), at);
        }
        assert!((0..10_000_u64).all(|at| words.find(&(at * at)) == Some(at as u32)));
    }
}
