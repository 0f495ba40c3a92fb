//! Shares of a whole with a 95 % interval, from weighted samples. Knows no functions.
//!
//! The interval is Wilson's score interval (E. B. Wilson, "Probable inference, the law of succession, and
//! statistical inference", JASA 22, 1927, p. 209-212), which keeps its coverage for small counts and shares
//! near 0 (Brown, Cai, DasGupta, "Interval estimation for a binomial proportion", Statistical Science 16, 2001).
//! Samples of different weight count as Kish's effective sample size `(Σw)² / Σw²` (L. Kish, "Survey sampling",
//! Wiley 1965, section 11.7). Where samples are a known part `f` of a finite population of intervals, the
//! variance shrinks by `1 - f` (Cochran, "Sampling techniques", 3rd ed. 1977, section 2.6).
//!
//! What it does not know: samples of one thread that follow each other closely are alike, so that phases of a
//! program longer than a sampling period make the true interval wider than this one.

use fathom_model::{Recording, Signal};

use crate::filter::Filter;

/// 97.5 % point of the normal distribution.
const Z_95: f64 = 1.959_963_984_540_054;

/// A part of a whole, 0 to 1, with its 95 % interval.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Share {
    /// Best estimate.
    pub ratio: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// How much evidence a set of samples is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Evidence {
    /// Sum of all values, also of those known without samples, in the signal's unit.
    pub total_value: i64,
    /// The part of it that was sampled (`n` above 0).
    pub sampled_value: i64,
    /// Raw observations.
    pub n: u64,
    /// Sum of squared weights; a sample of value `v` from `n` observations is `n` weights of `v / n`.
    sum_of_squares: f64,
    /// Share of the population that was observed: 0 for samples in time, up to 1 for intervals.
    observed_part: f64,
}

impl Evidence {
    /// Counts the samples that a filter accepts.
    pub fn of(recording: &Recording, filter: &Filter) -> Self {
        let mut evidence = Self::none(recording, filter);
        for sample in filter.samples(recording) {
            evidence.add(sample.value, sample.n);
        }
        evidence
    }

    /// Before the first sample that a filter accepts.
    ///
    /// Off-CPU samples are drawn out of a known number of intervals (`Quality::off_cpu_intervals`); with nothing
    /// lost, a complete record of them has no sampling error.
    pub fn none(recording: &Recording, filter: &Filter) -> Self {
        let mut evidence = Self::default();
        let quality = &recording.meta.quality;
        if filter.signal == Signal::OffCpu && quality.lost == 0 && quality.off_cpu_intervals > 0 {
            let part = quality.off_cpu_samples as f64 / quality.off_cpu_intervals as f64;
            evidence.observed_part = part.clamp(0.0, 1.0);
        }
        evidence
    }

    /// Adds one sample; negative values (damaged input) count as 0.
    pub fn add(&mut self, value: i64, n: u32) {
        let value = value.max(0);
        self.total_value = self.total_value.saturating_add(value);
        if n > 0 {
            self.sampled_value = self.sampled_value.saturating_add(value);
            self.n = self.n.saturating_add(u64::from(n));
            self.sum_of_squares += (value as f64).powi(2) / f64::from(n);
        }
    }

    /// Kish's effective sample size; infinite where everything was observed.
    pub fn effective_n(&self) -> f64 {
        if self.sum_of_squares <= 0.0 {
            return 0.0;
        }
        let kish = (self.sampled_value as f64).powi(2) / self.sum_of_squares;
        kish / (1.0 - self.observed_part)
    }

    /// The share of a part. Time that is known exactly but was never sampled belongs to the whole and is not
    /// in doubt, so the interval is that of the sampled part, scaled.
    pub fn share(&self, part_value: i64) -> Share {
        if self.total_value <= 0 {
            return Share::default();
        }
        let total = self.total_value as f64;
        let ratio = (part_value.max(0) as f64 / total).min(1.0);
        if self.sampled_value <= 0 {
            return Share { ratio, low: ratio, high: ratio };
        }
        let sampled = self.sampled_value as f64;
        let interval = wilson((part_value.max(0) as f64 / sampled).min(1.0), self.effective_n());
        let scale = sampled / total;
        Share { ratio, low: (interval.low * scale).min(ratio), high: (interval.high * scale).max(ratio) }
    }
}

/// Wilson's score interval at 95 % for a share seen in `n` independent observations.
pub fn wilson(ratio: f64, n: f64) -> Share {
    if n.is_infinite() {
        return Share { ratio, low: ratio, high: ratio };
    }
    if n <= 0.0 || !n.is_finite() || !ratio.is_finite() {
        return Share { ratio, low: 0.0, high: 1.0 };
    }
    let z2 = Z_95 * Z_95;
    let centre = (ratio + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z_95 / (1.0 + z2 / n) * (ratio * (1.0 - ratio) / n + z2 / (4.0 * n * n)).max(0.0).sqrt();
    // At 0 and 1 the exact ends are 0 and 1; rounding must not lift them off.
    let low = if ratio <= 0.0 { 0.0 } else { (centre - half).max(0.0) };
    let high = if ratio >= 1.0 { 1.0 } else { (centre + half).min(1.0) };
    Share { ratio, low, high }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reference: `scipy.stats.binomtest(x, n).proportion_ci(0.95, "wilson")`, SciPy 1.17.1.
    #[test]
    fn wilson_agrees_with_published_values() {
        for (x, n, low, high) in [
            (0.0, 10.0, 0.0, 0.277_532_799_9),
            (1.0, 10.0, 0.017_876_213_1, 0.404_150_026_8),
            (5.0, 10.0, 0.236_593_090_5, 0.763_406_909_5),
            (31.0, 100.0, 0.227_796_972_1, 0.406_260_557_2),
        ] {
            let share = wilson(x / n, n);
            assert!((share.low - low).abs() < 1e-9 && (share.high - high).abs() < 1e-9, "{x}/{n}: {share:?}");
        }
    }

    #[test]
    fn equal_weights_are_plain_counts_and_unequal_ones_are_fewer() {
        let mut equal = Evidence::default();
        (0..100).for_each(|_| equal.add(2_000_000, 1));
        assert!((equal.effective_n() - 100.0).abs() < 1e-9);
        let mut merged = Evidence::default();
        merged.add(200_000_000, 100);
        assert!((merged.effective_n() - 100.0).abs() < 1e-9);
        let mut unequal = Evidence::default();
        (0..99).for_each(|_| unequal.add(1, 1));
        unequal.add(99, 1);
        assert!(unequal.effective_n() < 4.0, "{}", unequal.effective_n());
    }

    #[test]
    fn time_known_without_samples_widens_nothing() {
        let mut evidence = Evidence::default();
        (0..50).for_each(|_| evidence.add(10, 1));
        evidence.add(500, 0);
        let share = evidence.share(250);
        assert!((share.ratio - 0.25).abs() < 1e-9);
        assert!(share.high < 0.5, "the unsampled half cannot belong to the part: {share:?}");
    }

    /// Coverage over 4,000 binomial draws from a fixed generator stays within 93-97 %.
    #[test]
    fn intervals_cover_the_truth() {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut uniform = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1u64 << 53) as f64
        };
        for truth in [0.05, 0.3, 0.7] {
            let covered = (0..4000)
                .filter(|_| {
                    let hits = (0..200).filter(|_| uniform() < truth).count();
                    let share = wilson(hits as f64 / 200.0, 200.0);
                    share.low <= truth && truth <= share.high
                })
                .count();
            assert!((3720..=3880).contains(&covered), "{truth}: {covered} of 4000");
        }
    }
}
