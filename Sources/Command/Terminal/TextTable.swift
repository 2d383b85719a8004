/// Aligned columns of text. Pure.
package enum TextTable {
    /// Rows as lines, columns as wide as their widest cell and two blanks apart. Columns whose index is in `right` are
    /// flush right, for numbers.
    package static func lines(_ rows: [[String]], right: Set<Int> = []) -> String {
        let columnCount = rows.map(\.count).max() ?? 0
        let widths = (0..<columnCount).map { column in
            rows.compactMap { row in
                let isMeasured = column + 1 < row.count || column < row.count && right.contains(column)
                return isMeasured ? columns(of: row[column]) : nil
            }.max() ?? 0
        }
        // The last cell of a row is not padded unless it is flush right, and may be longer than its column.
        return rows.map { row in
            row.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: max(0, widths[column] - Self.columns(of: cell)))
                if right.contains(column) { return padding + cell }
                return column + 1 == row.count ? cell : cell + padding
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    /// The columns that a terminal gives a text: two for each Chinese character and full-width form.
    package static func columns(of text: String) -> Int {
        text.unicodeScalars.reduce(0) { sum, scalar in
            switch scalar.value {
            case 0x300..<0x370: sum
            case 0x1100..<0x1160, 0x2e80..<0xa4d0, 0xac00..<0xd7a4, 0xf900..<0xfb00, 0xfe30..<0xfe50, 0xff00..<0xff61,
                0xffe0..<0xffe7, 0x1f300..<0x1fa00, 0x20000..<0x3fffe:
                sum + 2
            default: sum + 1
            }
        }
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
