//! Markdown tables, padded so that they read well as text.

/// A table with a head and rows of equal length.
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these columns.
    pub(crate) fn new(head: &[&str]) -> Self {
        Self { rows: vec![head.iter().map(|&cell| cell.to_owned()).collect()] }
    }

    /// Adds a row; missing cells are empty, surplus ones are cut.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let columns = self.rows[0].len();
        let mut row: Vec<String> =
            cells.into_iter().map(|cell| cell.replace('|', "/")).take(columns).collect();
        row.resize(columns, String::new());
        self.rows.push(row);
    }

    /// The table as Markdown, with a line feed at its end.
    pub(crate) fn markdown(&self) -> String {
        let columns = self.rows[0].len();
        let width =
            |column: usize| self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0).max(3);
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let line = |row: &[String]| {
            let cells: Vec<String> =
                row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:<width$}")).collect();
            format!("| {} |\n", cells.join(" | "))
        };
        let rule: Vec<String> = widths.iter().map(|&width| "-".repeat(width)).collect();
        let body: String = self.rows[1..].iter().map(|row| line(row)).collect();
        line(&self.rows[0]) + &line(&rule) + &body
    }
}

/// `1.23 %` of a share, or a dash.
pub(crate) fn percent(share: Option<f64>, digits: usize) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{:.digits$} %", share * 100.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_padded_and_safe() {
        let mut table = Table::new(&["name", "x"]);
        table.row(["a|b".to_owned(), "1".to_owned(), "cut".to_owned()]);
        table.row(["longer".to_owned()]);
        let expected = "| name   | x   |\n| ------ | --- |\n| a/b    | 1   |\n| longer |     |\n";
        assert_eq!(table.markdown(), expected);
        assert_eq!(percent(Some(0.0123), 1), "1.2 %");
        assert_eq!(percent(None, 1), "–");
    }
}
