//! How many samples would have told. Knows no recordings.
//!
//! The usual normal approximation for two shares (J. L. Fleiss, "Statistical methods for rates and proportions", 2nd ed.
//! 1981, section 3.2, without its correction): `n = (z_a + z_b)² (p(1-p) + q(1-q)) / (q-p)²` on each side.

use super::distribution::{NORMAL, two_sided_quantile};
use super::verdict::FAMILY_ALPHA;

/// 90 % point of the normal distribution: the power that is asked for.
const Z_POWER: f64 = 1.281_552;

/// Samples that each side would need to prove, nine times out of ten and among `tested` differences, that a share of
/// `from` has become `to`; `None` where there is no difference or it would be more than a day at 10 kHz.
pub fn samples_needed(from: f64, to: f64, phi: f64, tested: usize) -> Option<u64> {
    const MOST: f64 = 864_000_000.0;
    let z = two_sided_quantile(FAMILY_ALPHA / tested.max(1) as f64, NORMAL) + Z_POWER;
    let needed = needed(from, to, z) * phi.max(1.0);
    (needed.is_finite() && needed <= MOST).then(|| needed.ceil() as u64)
}

/// The smallest relative growth of a share that this many effective samples on each side can prove; `None` where fewer
/// than five of them would fall on it, because the approximation ends there.
pub fn provable_growth(share: f64, samples: f64, tested: usize) -> Option<f64> {
    let z = two_sided_quantile(FAMILY_ALPHA / tested.max(1) as f64, NORMAL) + Z_POWER;
    let (mut low, mut high) = (0.0_f64, (1.0 - share) / share);
    if !high.is_finite() || high <= 0.0 || share * samples < 5.0 || needed(share, 1.0, z) > samples {
        return None;
    }
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if needed(share, share * (1.0 + middle), z) > samples { low = middle } else { high = middle }
    }
    Some(high)
}

fn needed(p: f64, q: f64, z: f64) -> f64 {
    let [p, q] = [p, q].map(|share| share.clamp(0.0, 1.0));
    z * z * (p * (1.0 - p) + q * (1.0 - q)) / (q - p).powi(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// At a level of 0.001 (50 tests) a function of 10 % that grows by half takes 1,500-1,900 samples a side.
    #[test]
    fn numbers_agree_with_the_textbook() {
        let needed = samples_needed(0.10, 0.15, 1.0, 50).expect("a difference");
        assert!((1_500..1_900).contains(&needed), "{needed}");
        assert_eq!(samples_needed(0.1, 0.1, 1.0, 50), None);
        let twice = samples_needed(0.10, 0.15, 2.0, 50).expect("a difference");
        assert!(twice.abs_diff(2 * needed) <= 1);
        let growth = provable_growth(0.10, needed as f64, 50).expect("enough samples");
        assert!((growth - 0.5).abs() < 0.01, "{growth}");
        assert_eq!(provable_growth(0.01, 3.0, 50), None);
    }
}
