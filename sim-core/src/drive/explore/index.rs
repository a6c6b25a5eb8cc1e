//! From key to state number: an exact set of keys that numbers them in order of arrival.
//!
//! The table holds four bytes a slot. A slot is the number of a state plus one in its low bits and
//! a tag, the rest of the key's hash, in the bits that the number leaves free. Most slots of other
//! keys are told apart by the tag; equality is always decided by the whole key in its column.
//! When the table is full it is given back first and filled anew from the column, so old and new
//! never exist side by side.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

use super::column::Column;

/// Largest table: 2^31 slots.
const MAX_BITS: u32 = 31;
const MIN_BITS: u32 = 6;
/// Keys hashed and looked at together, so that their cache misses overlap.
const STRIDE: usize = 32;

/// Most keys that a set can hold.
pub(super) const MAX_KEYS: u64 = room(MAX_BITS) as u64;

/// Keys that a table of `2^bits` slots takes: eleven sixteenths.
const fn room(bits: u32) -> usize {
    (1_usize << bits) / 16 * 11
}

/// 32 well-mixed bits of a key. The multiplicative hash is weak in some bits; this spreads them.
#[inline]
pub(super) fn word_of<K: Hash>(key: &K) -> u32 {
    let mut hasher = FxHasher::default();
    key.hash(&mut hasher);
    let hash = hasher.finish();
    ((hash ^ (hash >> 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as u32
}

/// What became of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    Fresh(u32),
    Known(u32),
}

/// An exact set of keys, numbered in order of arrival.
pub(super) struct KeySet<K> {
    keys: Column<K>,
    slots: Vec<u32>,
    bits: u32,
}

impl<K: Copy + Eq + Hash> KeySet<K> {
    pub(super) fn new() -> Self {
        Self { keys: Column::new(), slots: vec![0; 1 << MIN_BITS], bits: MIN_BITS }
    }

    pub(super) const fn len(&self) -> usize {
        self.keys.len()
    }

    #[inline]
    pub(super) fn key(&self, id: u32) -> K {
        self.keys.get(id)
    }

    /// Makes room for `more` keys, so that the next `more` insertions move nothing.
    #[inline]
    pub(super) fn reserve(&mut self, more: usize) {
        if self.len() + more > room(self.bits) && self.bits < MAX_BITS {
            self.rebuild(more);
        }
    }

    /// The slot where a key of this hash would be found first. Reading it ahead of time brings it
    /// near: there is no prefetch in safe Rust, but independent loads overlap.
    #[inline]
    pub(super) fn peek(&self, word: u32) -> u32 {
        self.slots[self.place(word) & (self.slots.len() - 1)]
    }

    /// Whether a slot read by [`Self::peek`] holds this very key, which is the common case.
    #[inline]
    pub(super) fn holds(&self, slot: u32, word: u32, key: K) -> Option<u32> {
        if slot == 0 || slot >> self.bits != self.tag(word) {
            return None;
        }
        let id = self.id(slot);
        (self.keys.get(id) == key).then_some(id)
    }

    /// Number of a key, if it is in the set.
    pub(super) fn find(&self, key: K) -> Option<u32> {
        self.seek(word_of(&key), key).ok()
    }

    /// Puts a key in; the caller has reserved the room.
    #[inline]
    pub(super) fn insert(&mut self, word: u32, key: K) -> Entry {
        match self.seek(word, key) {
            Ok(id) => Entry::Known(id),
            Err(place) => {
                let id = self.keys.len() as u32;
                self.slots[place] = self.slot(word, id);
                self.keys.push(key);
                Entry::Fresh(id)
            }
        }
    }

    /// The number of the key, or the free slot where it belongs.
    #[inline]
    fn seek(&self, word: u32, key: K) -> Result<u32, usize> {
        let mask = self.slots.len() - 1;
        let mut place = self.place(word);
        loop {
            let slot = self.slots[place & mask];
            if slot == 0 {
                return Err(place & mask);
            }
            if let Some(id) = self.holds(slot, word, key) {
                return Ok(id);
            }
            place += 1;
        }
    }

    #[inline]
    const fn place(&self, word: u32) -> usize {
        (word >> (u32::BITS - self.bits)) as usize
    }

    #[inline]
    const fn tag(&self, word: u32) -> u32 {
        word & (u32::MAX >> self.bits)
    }

    #[inline]
    const fn slot(&self, word: u32, id: u32) -> u32 {
        self.tag(word) << self.bits | (id + 1)
    }

    #[inline]
    const fn id(&self, slot: u32) -> u32 {
        (slot & ((1 << self.bits) - 1)) - 1
    }

    #[cold]
    fn rebuild(&mut self, more: usize) {
        while self.len() + more > room(self.bits) && self.bits < MAX_BITS {
            self.bits += 1;
        }
        self.slots = Vec::new();
        self.slots = vec![0; 1 << self.bits];
        let mask = self.slots.len() - 1;
        let mut words = [0_u32; STRIDE];
        for start in (0..self.len()).step_by(STRIDE) {
            let count = STRIDE.min(self.len() - start);
            let mut near = 0;
            for (at, word) in words[..count].iter_mut().enumerate() {
                *word = word_of(&self.keys.get((start + at) as u32));
                near |= self.peek(*word);
            }
            std::hint::black_box(near);
            for (at, &word) in words[..count].iter().enumerate() {
                let mut place = self.place(word);
                while self.slots[place & mask] != 0 {
                    place += 1;
                }
                self.slots[place & mask] = self.slot(word, (start + at) as u32);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Entry, KeySet, word_of};

    #[test]
    fn keys_are_numbered_in_order_and_found_again_through_growth() {
        let mut set = KeySet::new();
        let keys: Vec<u64> = (0..100_000_u64).map(|at| at.wrapping_mul(0x0001_0000_0001)).collect();
        for (at, &key) in keys.iter().enumerate() {
            set.reserve(1);
            assert_eq!(set.insert(word_of(&key), key), Entry::Fresh(at as u32));
            assert_eq!(set.insert(word_of(&key), key), Entry::Known(at as u32));
        }
        for (at, &key) in keys.iter().enumerate() {
            assert_eq!(set.find(key), Some(at as u32));
            assert_eq!(set.find(key ^ (1 << 63)), None);
        }
    }

    #[test]
    fn keys_of_one_hash_are_told_apart() {
        let mut set = KeySet::new();
        set.reserve(40);
        for key in 0..40_u64 {
            assert_eq!(set.insert(7, key), Entry::Fresh(key as u32));
        }
        for key in 0..40_u64 {
            assert_eq!(set.insert(7, key), Entry::Known(key as u32));
        }
    }
}
