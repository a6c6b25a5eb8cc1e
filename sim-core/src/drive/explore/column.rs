//! A growing array in chunks: growing never copies, so the peak is what is stored.

/// Elements in a chunk. The first chunk grows by doubling, so small searches stay small.
const CHUNK: usize = 1 << CHUNK_BITS;
const CHUNK_BITS: u32 = 15;

/// An append-only column, indexed by state number.
pub(super) struct Column<T> {
    chunks: Vec<Vec<T>>,
    len: usize,
}

impl<T: Copy> Column<T> {
    pub(super) const fn new() -> Self {
        Self { chunks: Vec::new(), len: 0 }
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub(super) fn get(&self, at: u32) -> T {
        let at = at as usize;
        self.chunks[at >> CHUNK_BITS][at & (CHUNK - 1)]
    }

    #[inline]
    pub(super) fn get_mut(&mut self, at: u32) -> &mut T {
        let at = at as usize;
        &mut self.chunks[at >> CHUNK_BITS][at & (CHUNK - 1)]
    }

    #[inline]
    pub(super) fn push(&mut self, value: T) {
        let chunk = self.len >> CHUNK_BITS;
        if chunk == self.chunks.len() {
            self.open_chunk();
        }
        self.chunks[chunk].push(value);
        self.len += 1;
    }

    #[cold]
    fn open_chunk(&mut self) {
        let room = if self.chunks.is_empty() { 0 } else { CHUNK };
        self.chunks.push(Vec::with_capacity(room));
    }
}

#[cfg(test)]
mod tests {
    use super::{CHUNK, Column};

    #[test]
    fn values_survive_chunk_borders() {
        let mut column = Column::new();
        for at in 0..(2 * CHUNK as u64 + 3) {
            column.push(at * 7);
        }
        assert_eq!(column.len(), 2 * CHUNK + 3);
        for at in [0, 1, CHUNK - 1, CHUNK, 2 * CHUNK - 1, 2 * CHUNK + 2] {
            assert_eq!(column.get(at as u32), at as u64 * 7);
        }
    }
}
