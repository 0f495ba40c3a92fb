// corpus: names = multiply left right product size row column identity
// corpus: numbers = 340 9
//! Multiplies matrices: a product by nature.

fn identity(size: usize) -> Vec<Vec<f64>> {
    (0..size).map(|row| (0..size).map(|column| ((row * 31 + column * 17) % 11) as f64 / 11.0).collect()).collect()
}

fn multiply(left: &[Vec<f64>], right: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let size = right.len();
    let mut product = vec![vec![0.0; size]; left.len()];
    for row in 0..left.len() {
        for middle in 0..size {
            let factor = left[row][middle];
            for column in 0..size {
                product[row][column] += factor * right[middle][column];
            }
        }
    }
    product
}

fn main() {
    let left = identity(340);
    let mut product = identity(340);
    for _ in 0..9 * 4 {
        product = multiply(&left, &product);
        let largest = product.iter().flatten().fold(1.0_f64, |most, value| most.max(*value));
        product.iter_mut().flatten().for_each(|value| *value /= largest);
    }
    println!("{:.6}", product[3][7]);
}
