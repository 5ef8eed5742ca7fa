//! Chance that can be repeated: the order of options and questions, and draws, follow from a seed for ever.
//!
//! Attempts keep their seed, not their order, so neither the generator nor how it is used may ever change: SplitMix64
//! (Steele, Lea, Flood: “Fast splittable pseudorandom number generators”, OOPSLA 2014) gives 64 bits at a time; a number
//! below `n` is the upper half of the 128-bit product of those bits and `n` (Lemire 2019, without its rejection: for
//! such small `n` the bias is below 2⁻⁵⁰); an order is made by Fisher and Yates from the last place to the second.

/// The generator.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// Begins at a seed.
    pub fn of(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `n`; 0 when `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        let product = u128::from(self.bits()) * n as u128;
        (product >> 64) as usize
    }

    /// The numbers below `n` in an order of chance.
    pub fn order(&mut self, n: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        for last in (1..n).rev() {
            order.swap(last, self.below(last + 1));
        }
        order
    }
}

/// The seed of one thing among many under one seed: of the question at place `at` in an attempt.
pub fn seed_of(seed: u64, at: usize) -> u64 {
    let mut chance = Chance::of(seed ^ (at as u64).wrapping_mul(0xd134_2543_de82_ef95));
    chance.bits()
}

#[cfg(test)]
mod tests {
    use super::{Chance, seed_of};

    /// The first numbers of the generator's reference implementation (Vigna, `splitmix64.c`) for the seed 1234567.
    #[test]
    fn the_generator_is_splitmix64() {
        let mut chance = Chance::of(1_234_567);
        let first: Vec<u64> = (0..5).map(|_| chance.bits()).collect();
        assert_eq!(
            first,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423,
                4_593_380_528_125_082_431,
                16_408_922_859_458_223_821
            ]
        );
    }

    /// Attempts keep their seed alone: if this test fails, people see their options in another order than before.
    #[test]
    fn an_order_never_changes() {
        assert_eq!(Chance::of(1).order(5), [1, 0, 3, 4, 2]);
        assert_eq!(Chance::of(2026).order(10), [1, 0, 6, 7, 3, 9, 2, 5, 4, 8]);
        assert_eq!(Chance::of(7).order(0), Vec::<usize>::new());
        assert_eq!(Chance::of(7).order(1), [0]);
    }

    #[test]
    fn every_order_comes_about_as_often() {
        let mut counts = std::collections::HashMap::new();
        for at in 0..6000 {
            *counts.entry(Chance::of(seed_of(42, at)).order(3)).or_insert(0) += 1;
        }
        assert_eq!(counts.len(), 6);
        assert!(counts.values().all(|count| (850..1150).contains(count)), "{counts:?}");
    }
}
