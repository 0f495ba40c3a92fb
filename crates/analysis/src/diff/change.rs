//! How far one value differs between two recordings, and how far that can be told. Knows no functions.
//!
//! A value is a sum of weighted observations; without more knowledge its variance is that of a compound Poisson count,
//! `Σ v²/n` (see [`crate::Share`] for Kish's effective number). Programs work in bursts, so that observations come in
//! clusters and vary more. Both recordings are therefore cut into the same number of chunks, chunk by chunk at the same
//! part of their length, and the variance of what is left when each side's chunks are compared as parts of their own
//! sum gives the over-dispersion `phi` (variance over that of independent observations, at least 1). Phases that both
//! runs go through at the same part of their length fall out; bursts at random do not, and neither do phases that have
//! moved. Chunks that resemble their neighbours mean bursts longer than a chunk: with a correlation `r`, put right for its
//! bias (M. G. Kendall, "Note on bias in the estimation of autocorrelation", Biometrika 41, 1954, p. 403-404), `phi` grows
//! by `(1+r)/(1-r)`, what a chain of first order adds, and that much fewer chunks count as independent. What exceeds
//! independence is blamed on the side with more observations, as far as the other has fewer: of two runs of one program
//! the one that met fewer bursts shows less variance. Effective observations are the number over `phi`, and at least one;
//! of whole runs no part is larger than the run.
//!
//! Intervals of the difference join those of both sides as R. G. Newcombe does ("Interval estimation for the difference
//! between independent proportions", Statistics in Medicine 17, 1998, p. 873-890, method 10): of shares by Wilson's
//! score, of absolute values by the score interval of a Poisson count. Student's quantile with one degree of freedom less
//! than there are independent chunks stands for the normal one, because `phi` is an estimate.
//!
//! Of recordings that hold whole runs of a program, and where shares are compared, a chunk's part is held against what the
//! whole has in that chunk: that a machine was busy with others for a while makes a run longer and not larger.
//!
//! What it cannot know: how much two runs of the same program differ. One recording a side has no replicate of that.

use super::distribution::{NORMAL, two_sided_p, two_sided_quantile};

/// 97.5 % point of the normal distribution.
const Z_95: f64 = 1.959_963_984_540_054;
/// Chunks that are more alike than this leave one independent chunk out of eight to twenty, which proves nothing anyway.
const MOST_CORRELATION: f64 = 0.9;

/// Sums of what was observed on one side.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Tally {
    /// Value in the signal's unit.
    pub(crate) value: f64,
    /// Sum of squared weights, `Σ v²/n`.
    pub(crate) squares: f64,
    /// Raw observations.
    pub(crate) n: u64,
}

impl Tally {
    pub(crate) fn add(&mut self, other: Self) {
        self.value += other.value;
        self.squares += other.squares;
        self.n = self.n.saturating_add(other.n);
    }
}

/// The difference of one value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// The value in A and in B as recorded, in the signal's unit.
    pub value: [i64; 2],
    /// Raw observations in A and in B.
    pub n: [u64; 2],
    /// B, scaled, minus A.
    pub difference: f64,
    /// Lower end of its 95 % interval, taken alone.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Over-dispersion, at least 1.
    pub phi: f64,
    /// The chance of such a difference or a larger one if nothing had changed, taken alone.
    pub p: f64,
}

impl Change {
    /// Nothing on either side.
    pub(crate) fn none() -> Self {
        Self { value: [0, 0], n: [0, 0], difference: 0.0, low: 0.0, high: 0.0, phi: 1.0, p: 1.0 }
    }
}

/// Compares values of two sides whose wholes are known.
pub(crate) struct Comparison {
    pub(crate) normalised: bool,
    /// Whether both sides hold all that a program did, however long it took: what varies then is how the whole is
    /// spread over its parts, not how much of it falls into a stretch of time.
    pub(crate) whole_runs: bool,
    /// The whole of each side.
    pub(crate) whole: [Tally; 2],
    /// The whole of each side by chunk; empty where samples have no times.
    pub(crate) whole_chunks: [Vec<f64>; 2],
    /// Quantiles of 95 % intervals by degrees of freedom from 1.
    z_95: Vec<f64>,
}

impl Comparison {
    /// Of wholes that are still to be summed up.
    pub(crate) fn new(normalised: bool, whole_runs: bool, n_chunks: usize) -> Self {
        let whole_chunks = [vec![0.0; n_chunks], vec![0.0; n_chunks]];
        let z_95 = (1..n_chunks).map(|degrees| two_sided_quantile(0.05, degrees as f64)).collect();
        Self { normalised, whole_runs, whole: Default::default(), whole_chunks, z_95 }
    }

    /// The wholes as amounts, also where parts are compared as shares.
    pub(crate) fn of_whole(&self) -> Change {
        let whole_chunks = self.whole_chunks.clone();
        let (normalised, whole_runs) = (false, self.whole_runs);
        let amounts =
            Self { normalised, whole_runs, whole: self.whole, whole_chunks, z_95: self.z_95.clone() };
        amounts.change(self.whole, [&self.whole_chunks[0], &self.whole_chunks[1]])
    }

    /// Kish's effective numbers of observations.
    pub(crate) fn effective_n(&self) -> [f64; 2] {
        self.whole
            .map(|whole| if whole.squares > 0.0 { whole.value * whole.value / whole.squares } else { 0.0 })
    }

    /// What B is multiplied with.
    pub(crate) fn scale(&self) -> f64 {
        let [a, b] = self.whole.map(|whole| whole.value);
        if self.normalised && a > 0.0 && b > 0.0 { a / b } else { 1.0 }
    }

    /// Compares a part of the whole.
    pub(crate) fn change(&self, tallies: [Tally; 2], chunks: [&[f64]; 2]) -> Change {
        let Dispersion { phi, degrees } = self.dispersion(tallies, chunks);
        // One burst is one observation, and fewer there are not.
        let phi = phi.min(tallies[0].n.max(tallies[1].n).max(1) as f64);
        let difference = tallies[1].value * self.scale() - tallies[0].value;
        let (low, high) = self.interval(tallies, phi, self.quantile_95(degrees));
        Change {
            value: tallies.map(|tally| tally.value.round() as i64),
            n: tallies.map(|tally| tally.n),
            difference,
            low,
            high,
            phi,
            p: two_sided_p(self.farthest(tallies, phi), degrees),
        }
    }

    /// The largest quantile whose interval leaves out zero.
    fn farthest(&self, tallies: [Tally; 2], phi: f64) -> f64 {
        let leaves_out_zero = |z: f64| {
            let (low, high) = self.interval(tallies, phi, z);
            low > 0.0 || high < 0.0
        };
        let (mut inside, mut outside) = (0.0_f64, 1000.0_f64);
        for _ in 0..40 {
            let middle = (inside + outside) / 2.0;
            if leaves_out_zero(middle) { inside = middle } else { outside = middle }
        }
        inside
    }

    fn interval(&self, tallies: [Tally; 2], phi: f64, z: f64) -> (f64, f64) {
        let [a, b] = [0, 1].map(|side| self.one_side(side, tallies, phi, z));
        let difference = b.1 - a.1;
        let low = difference - ((b.1 - b.0).powi(2) + (a.2 - a.1).powi(2)).sqrt();
        let high = difference + ((b.2 - b.1).powi(2) + (a.1 - a.0).powi(2)).sqrt();
        (low, high)
    }

    /// Low, estimate and high of one side on A's scale.
    fn one_side(&self, side: usize, tallies: [Tally; 2], phi: f64, z: f64) -> (f64, f64, f64) {
        let (tally, whole) = (tallies[side], self.whole[side]);
        if tally.value > 0.0 && tally.squares <= 0.0 || whole.squares <= 0.0 {
            // Known without sampling.
            let value = tally.value * if side == 1 { self.scale() } else { 1.0 };
            return (value, value, value);
        }
        // The weight of one effective observation: the part's own, or the usual one where there is none.
        let weighed = if tally.value > 0.0 { tally } else { whole };
        let weight = phi * weighed.squares / weighed.value;
        if self.normalised && whole.value > 0.0 {
            let share = (tally.value / whole.value).min(1.0);
            let (low, high) = wilson_ends(share, whole.value / weight, z);
            let unit = self.whole[0].value;
            return (low * unit, share * unit, high * unit);
        }
        let count = tally.value / weight;
        let half = z * (count + z * z / 4.0).sqrt();
        let middle = count + z * z / 2.0;
        let (low, high) = ((middle - half).max(0.0) * weight, (middle + half) * weight);
        // A part of a whole run is not more than the run.
        let is_part = self.whole_runs && tally.value < whole.value;
        (low, tally.value, if is_part { high.min(whole.value) } else { high })
    }

    fn quantile_95(&self, degrees: f64) -> f64 {
        // Degrees of freedom are whole numbers up to the number of chunks, or those of the normal distribution.
        self.z_95.get((degrees as usize).saturating_sub(1)).copied().unwrap_or(Z_95)
    }

    fn dispersion(&self, tallies: [Tally; 2], chunks: [&[f64]; 2]) -> Dispersion {
        let n = self.whole_chunks[0].len();
        if n < 2 || chunks.iter().any(|chunks| chunks.len() != n) {
            return Dispersion { phi: 1.0, degrees: NORMAL };
        }
        let mut residuals = vec![0.0; n];
        // Variance of each side's part of its own sum, if observations were independent: one over their number.
        let mut independent = [0.0_f64; 2];
        let of_whole = self.normalised || self.whole_runs;
        for (side, sign) in [(0, 1.0), (1, -1.0)] {
            let (tally, whole) = (tallies[side], self.whole[side].value);
            if tally.value <= 0.0 || whole <= 0.0 {
                continue;
            }
            let share = (tally.value / whole).min(1.0);
            let one_over_n = tally.squares / (tally.value * tally.value);
            independent[side] = if of_whole { (1.0 - share) * one_over_n } else { one_over_n };
            // Of a stretch of time more of everything is more of this; of a whole run, or of shares, it is not.
            for (at, residual) in residuals.iter_mut().enumerate() {
                let evenly = if of_whole { self.whole_chunks[side][at] / whole } else { 1.0 / n as f64 };
                *residual += sign * (chunks[side][at] / tally.value - evenly);
            }
        }
        let squares: f64 = residuals.iter().map(|residual| residual * residual).sum();
        let expected: f64 = independent.iter().sum();
        if expected <= f64::EPSILON * f64::EPSILON || squares <= 0.0 {
            return Dispersion { phi: 1.0, degrees: (n - 1) as f64 };
        }
        let neighbours: f64 = residuals.windows(2).map(|pair| pair[0] * pair[1]).sum();
        let seen = neighbours / squares;
        let correlation = (seen + (1.0 + 4.0 * seen) / n as f64).clamp(0.0, MOST_CORRELATION);
        let inflation = (1.0 + correlation) / (1.0 - correlation);
        let excess = (squares * n as f64 / (n as f64 - 1.0) * inflation - expected).max(0.0);
        // A side that met no burst by chance shows no excess, so that it is the other's: the side with more observations
        // answers for it in proportion to them.
        let fewest = independent.iter().copied().filter(|part| *part > 0.0).fold(f64::INFINITY, f64::min);
        let numbers: f64 = independent.iter().filter(|part| **part > 0.0).map(|part| 1.0 / part).sum();
        Dispersion {
            phi: 1.0 + excess / (fewest * fewest * numbers),
            degrees: (n as f64 / inflation - 1.0).floor().max(1.0),
        }
    }
}

/// How much more than independent observations they vary, and how well that is known.
struct Dispersion {
    phi: f64,
    degrees: f64,
}

/// Wilson's score interval at any quantile.
fn wilson_ends(share: f64, n: f64, z: f64) -> (f64, f64) {
    let z2 = z * z;
    let centre = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = z / (1.0 + z2 / n) * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).max(0.0).sqrt();
    let low = if share <= 0.0 { 0.0 } else { (centre - half).max(0.0) };
    let high = if share >= 1.0 { 1.0 } else { (centre + half).min(1.0) };
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phase_of_one_run_has_an_interval_within_the_run() {
        let tally = |value: f64, n: u64| Tally { value, squares: value * 2e6, n };
        let mut comparison = Comparison::new(false, true, 20);
        comparison.whole = [tally(4e9, 2_000); 2];
        comparison.whole_chunks = [vec![2e8; 20], vec![2e8; 20]];
        let mut burst = [0.0; 20];
        burst[10..14].fill(2.1e8);
        let change = comparison.change([tally(8.4e8, 420), Tally::default()], [&burst, &[0.0; 20]]);
        assert!(change.phi <= 420.0, "{change:?}");
        assert!(change.low >= -4e9 && change.high <= 4e9, "{change:?}");
    }
}
