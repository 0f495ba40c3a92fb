//! The few statistics that the tables need: mean with a 95 % interval of Student's t, slope of a line.
//!
//! It knows nothing about what is measured. Fewer than two values have no interval, and say so with `None`.

/// A value with its two-sided 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Estimate {
    /// The middle.
    pub(crate) value: f64,
    /// Lower end of the interval.
    pub(crate) low: f64,
    /// Upper end of the interval.
    pub(crate) high: f64,
}

impl Estimate {
    /// `1.2 [0.9 to 1.5]` after multiplication with `scale`, with `digits` after the point.
    pub(crate) fn text(&self, scale: f64, digits: usize) -> String {
        let number = |value: f64| format!("{:.digits$}", value * scale);
        format!("{} [{} to {}]", number(self.value), number(self.low), number(self.high))
    }
}

/// Mean of `values` with its interval; `None` for fewer than two values.
pub(crate) fn mean_interval(values: &[f64]) -> Option<Estimate> {
    if values.len() < 2 {
        return None;
    }
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0);
    let half = t_quantile_975(values.len() - 1) * (variance / count).sqrt();
    Some(Estimate { value: mean, low: mean - half, high: mean + half })
}

/// Mean of `values` with the 95 % interval of 4,000 bootstrap means (Efron 1979): makes no assumption about the
/// shape, which ratios of times with rare disturbances need. `None` for fewer than two values.
pub(crate) fn bootstrap_interval(values: &[f64]) -> Option<Estimate> {
    if values.len() < 2 {
        return None;
    }
    const ROUNDS: usize = 4000;
    let mut random = Random::new(values.len() as u64);
    let mut means: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let drawn = values.iter().map(|_| values[(random.next() % values.len() as u64) as usize]);
            drawn.sum::<f64>() / values.len() as f64
        })
        .collect();
    means.sort_by(f64::total_cmp);
    let value = values.iter().sum::<f64>() / values.len() as f64;
    Some(Estimate { value, low: means[ROUNDS / 40], high: means[ROUNDS - 1 - ROUNDS / 40] })
}

/// Least-squares slope through `(x, y)`; `None` when all `x` are equal.
pub(crate) fn slope(points: &[(f64, f64)]) -> Option<f64> {
    let count = points.len() as f64;
    let (sum_x, sum_y) = points.iter().fold((0.0, 0.0), |sum, point| (sum.0 + point.0, sum.1 + point.1));
    let (mean_x, mean_y) = (sum_x / count, sum_y / count);
    let spread: f64 = points.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
    let joint: f64 = points.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    (spread > 0.0).then(|| joint / spread)
}

/// The slope of every block, and the interval of their mean.
///
/// The blocks are the unit: what makes a whole block slow moves all of its points and not its slope.
pub(crate) fn slope_interval(blocks: &[Vec<(f64, f64)>]) -> Option<Estimate> {
    let slopes: Vec<f64> = blocks.iter().filter_map(|block| slope(block)).collect();
    mean_interval(&slopes)
}

/// The middle value (mean of the two middle ones); `None` for nothing.
pub(crate) fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        length if length % 2 == 1 => Some(sorted[middle]),
        _ => Some((sorted[middle - 1] + sorted[middle]) / 2.0),
    }
}

/// 97.5 % quantile of Student's t, found by halving on its distribution function.
fn t_quantile_975(degrees: usize) -> f64 {
    let (mut low, mut high) = (0.0, 1000.0);
    for _ in 0..50 {
        let middle = (low + high) / 2.0;
        if t_distribution(middle, degrees as f64) < 0.975 { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

/// P(T <= t) for t >= 0, by Simpson's rule on the density; 200 steps are exact to six digits here.
fn t_distribution(t: f64, degrees: f64) -> f64 {
    // The substitution t = sqrt(v) tan(a) makes the density cos(a)^(v-1) on a bounded range.
    let end = (t / degrees.sqrt()).atan();
    0.5 * (1.0
        + cosine_power_integral(end, degrees - 1.0)
            / cosine_power_integral(std::f64::consts::FRAC_PI_2, degrees - 1.0))
}

fn cosine_power_integral(end: f64, power: f64) -> f64 {
    const STEPS: usize = 200;
    let step = end / STEPS as f64;
    let at = |index: usize| (index as f64 * step).cos().max(0.0).powf(power);
    let inner: f64 =
        (1..STEPS).map(|index| if index % 2 == 1 { 4.0 * at(index) } else { 2.0 * at(index) }).sum();
    (at(0) + inner + at(STEPS)) * step / 3.0
}

/// Random numbers for the order of runs and the moments of kills: SplitMix64 (Steele, Lea, Flood 2014).
pub(crate) struct Random(u64);

impl Random {
    /// The same seed gives the same numbers.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Evenly between 0 and 1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Puts `items` into a random order (Fisher and Yates).
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, (self.next() % (last as u64 + 1)) as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t_quantiles_are_those_of_the_printed_tables() {
        for (degrees, expected) in
            [(1, 12.706), (2, 4.303), (4, 2.776), (9, 2.262), (30, 2.042), (200, 1.972)]
        {
            let found = t_quantile_975(degrees);
            assert!((found - expected).abs() < 6e-4, "{degrees} degrees: {found}, table {expected}");
        }
    }

    #[test]
    fn the_interval_of_five_known_values() {
        // Mean 3, standard deviation sqrt(2.5), standard error sqrt(0.5), t(4) = 2.776445.
        let found = mean_interval(&[1.0, 2.0, 3.0, 4.0, 5.0]).expect("five values");
        assert!((found.value - 3.0).abs() < 1e-12);
        assert!((found.high - (3.0 + 2.776_445 * 0.5f64.sqrt())).abs() < 1e-4);
        assert_eq!(mean_interval(&[1.0]), None);
    }

    #[test]
    fn bootstrap_intervals_hold_the_mean_and_stay_within_the_values() {
        let values = [1.0, 1.1, 0.9, 1.05, 0.95, 3.0];
        let found = bootstrap_interval(&values).expect("six values");
        assert!((found.value - 8.0 / 6.0).abs() < 1e-12);
        assert!(0.9 < found.low && found.low < found.value && found.value < found.high && found.high < 3.0);
        assert_eq!(bootstrap_interval(&values).expect("again"), found);
        assert_eq!(bootstrap_interval(&[1.0]), None);
    }

    #[test]
    fn intervals_cover_the_truth_as_often_as_they_say() {
        let mut random = Random::new(7);
        let rounds = 2000;
        let covered = (0..rounds)
            .filter(|_| {
                // The sum of twelve even numbers less six is close to normal with deviation 1.
                let values: Vec<f64> =
                    (0..8).map(|_| (0..12).map(|_| random.unit()).sum::<f64>() - 6.0).collect();
                mean_interval(&values).is_some_and(|found| found.low <= 0.0 && 0.0 <= found.high)
            })
            .count();
        let share = covered as f64 / f64::from(rounds);
        assert!((0.935..=0.965).contains(&share), "covered {share}");
    }

    #[test]
    fn slopes_ignore_what_moves_a_whole_block() {
        let block =
            |offset: f64, tilt: f64| vec![(0.0, offset), (1.0, offset + tilt), (5.0, offset + 5.0 * tilt)];
        let found =
            slope_interval(&[block(0.0, 0.9), block(70.0, 1.1), block(-3.0, 1.0)]).expect("three blocks");
        assert!((found.value - 1.0).abs() < 1e-9);
        assert!(found.low > 0.7 && found.high < 1.3);
        assert_eq!(slope(&[(1.0, 2.0), (1.0, 3.0)]), None);
    }

    #[test]
    fn medians_and_shuffles() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(median(&[]), None);
        let mut items: Vec<u32> = (0..50).collect();
        Random::new(1).shuffle(&mut items);
        assert_ne!(items, (0..50).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..50).collect::<Vec<_>>());
    }
}
