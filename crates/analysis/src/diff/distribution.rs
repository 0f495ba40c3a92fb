//! Student's t distribution, as far as tests and intervals need it. Knows no samples.
//!
//! The tail is the regularised incomplete beta function, by the continued fraction of Abramowitz and Stegun, "Handbook
//! of mathematical functions", 26.5.8, evaluated as Lentz does (W. J. Lentz, Applied Optics 15, 1976, p. 668-671).

/// Degrees of freedom at which the distribution is the normal one to five digits.
pub(crate) const NORMAL: f64 = 100_000.0;

/// The chance that `|T|` is `t` or more.
pub(crate) fn two_sided_p(t: f64, degrees: f64) -> f64 {
    if !t.is_finite() {
        return 0.0;
    }
    incomplete_beta(degrees / (degrees + t * t), degrees / 2.0, 0.5).clamp(0.0, 1.0)
}

/// The `t` that `|T|` exceeds with chance `p`.
pub(crate) fn two_sided_quantile(p: f64, degrees: f64) -> f64 {
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    while two_sided_p(high, degrees) > p && high < 1e9 {
        high *= 2.0;
    }
    for _ in 0..80 {
        let middle = (low + high) / 2.0;
        if two_sided_p(middle, degrees) > p { low = middle } else { high = middle }
    }
    high
}

fn incomplete_beta(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    let front = (log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * x.ln() + b * (-x).ln_1p()).exp();
    // The fraction converges quickly only on this side of the mean.
    if x < (a + 1.0) / (a + b + 2.0) {
        front * fraction(x, a, b) / a
    } else {
        1.0 - front * fraction(1.0 - x, b, a) / b
    }
}

fn fraction(x: f64, a: f64, b: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let away_from_zero = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut product = d;
    for step in 1..5000 {
        let m = f64::from(step);
        for numerator in [
            m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0)),
        ] {
            d = 1.0 / away_from_zero(1.0 + numerator * d);
            c = away_from_zero(1.0 + numerator / c);
            product *= c * d;
        }
        if (c * d - 1.0).abs() < 1e-14 {
            break;
        }
    }
    product
}

/// Stirling's series behind a shift to where it is exact (Abramowitz and Stegun 6.1.41).
fn log_gamma(x: f64) -> f64 {
    let (mut x, mut shift) = (x, 0.0);
    while x < 12.0 {
        shift += x.ln();
        x += 1.0;
    }
    let square = x * x;
    let series =
        (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - 1.0 / (1680.0 * square)) / square) / square) / x;
    (x - 0.5) * x.ln() - x + 0.5 * (2.0 * std::f64::consts::PI).ln() + series - shift
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reference: tables of Student's distribution, and `erfc` for the normal one.
    #[test]
    fn quantiles_agree_with_published_values() {
        for (p, degrees, t) in [
            (0.05, 1.0, 12.706_2),
            (0.05, 7.0, 2.364_62),
            (0.01, 9.0, 3.249_84),
            (0.001, 31.0, 3.633_46),
            (0.05, NORMAL, 1.959_99),
            (0.001, NORMAL, 3.290_6),
        ] {
            let found = two_sided_quantile(p, degrees);
            assert!((found - t).abs() < 2e-4 * t, "{p} {degrees}: {found}");
        }
    }

    #[test]
    fn tails_are_small_and_whole() {
        assert!((two_sided_p(0.0, 5.0) - 1.0).abs() < 1e-12);
        let far = two_sided_p(6.0, NORMAL);
        assert!((far / 1.973e-9 - 1.0).abs() < 0.01, "{far}");
        assert!(two_sided_p(f64::INFINITY, 5.0) <= 0.0);
    }
}
