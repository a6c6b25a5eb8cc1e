//! Sequence numbers, modulo 2^32.

/// A sequence number (RFC 9293 3.4).
///
/// There is no `Ord`: "before" on a circle is not transitive, so sorting sequence numbers is a
/// mistake that the compiler should find. There is no `From<u32>` either: a number becomes a
/// sequence number by being counted from another one, or by [`Seq::new`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Seq(u32);

impl Seq {
    /// The number itself, as on the wire.
    #[must_use]
    pub const fn new(raw: u32) -> Seq {
        Seq(raw)
    }

    /// As it stands on the wire.
    #[must_use]
    pub const fn raw(self) -> u32 {
        self.0
    }

    /// `n` numbers further on.
    #[must_use]
    pub const fn plus(self, n: u32) -> Seq {
        Seq(self.0.wrapping_add(n))
    }

    /// How far it is from `origin` to here; negative where it lies before.
    #[must_use]
    pub const fn since(self, origin: Seq) -> i32 {
        self.0.wrapping_sub(origin.0).cast_signed()
    }

    /// Strictly before `other`, on the shorter way round.
    #[must_use]
    pub const fn before(self, other: Seq) -> bool {
        self.since(other) < 0
    }

    /// Strictly after `other`, on the shorter way round.
    #[must_use]
    pub const fn after(self, other: Seq) -> bool {
        other.before(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_survives_the_wrap() {
        let last = Seq::new(4_294_967_295);
        let first = last.plus(2);
        assert_eq!(first.raw(), 1);
        assert!(last.before(first) && first.after(last));
        assert_eq!(first.since(last), 2);
        assert_eq!(last.since(first), -2);
    }

    #[test]
    fn a_sequence_number_cannot_be_sorted() {
        // Autoref picks the inherent answer only where `T: Ord`; the trait answer otherwise.
        struct Probe<T>(core::marker::PhantomData<T>);
        trait Fallback {
            fn sortable(&self) -> bool {
                false
            }
        }
        impl<T> Fallback for &Probe<T> {}
        #[expect(dead_code, reason = "must not be chosen for Seq: that is the test")]
        impl<T: Ord> Probe<T> {
            fn sortable(&self) -> bool {
                true
            }
        }
        let probe = &Probe::<Seq>(core::marker::PhantomData);
        assert!(!probe.sortable());
    }
}
