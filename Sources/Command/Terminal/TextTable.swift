/// Aligned columns of text. Pure.
package enum TextTable {
    /// Rows as lines, columns as wide as their widest cell and two blanks apart. Columns whose index is in `right` are
    /// flush right, for numbers.
    package static func lines(_ rows: [[String]], right: Set<Int> = []) -> String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.compactMap { $0.indices.contains(column) && column + 1 < $0.count ? $0[column].count : nil }.max() ?? 0
        }
        // The last cell of a row is not padded, and may be longer than its column.
        return rows.map { row in
            row.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: max(0, widths[column] - cell.count))
                if right.contains(column) { return padding + cell }
                return column + 1 == row.count ? cell : cell + padding
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    /// "134.5 M", "8.0 B": parameters as people say them.
    package static func parameters(_ count: Int) -> String {
        count >= 1_000_000_000 ? tenths(Double(count) / 1e9) + " B" : tenths(Double(count) / 1e6) + " M"
    }

    /// "112.0 MB", "22.5 kB": powers of ten, as disks and ls count.
    package static func bytes(_ count: Int) -> String {
        let units = [(1e9, "GB"), (1e6, "MB"), (1e3, "kB")]
        for (size, unit) in units where Double(count) >= size { return tenths(Double(count) / size) + " " + unit }
        return "\(count) B"
    }

    private static func tenths(_ value: Double) -> String { String((value * 10).rounded() / 10) }
}
