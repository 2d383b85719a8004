import Terminal

/// A report as lines for a terminal.
package enum ReportText {
    package static func text(_ document: ReportDocument) -> String {
        var blocks = [plain(document.title)]
        if !document.facts.isEmpty {
            blocks.append(TextTable.lines(document.facts.map { [plain($0.label), plain($0.value)] }))
        }
        for section in document.sections {
            var lines = [plain(section.heading)]
            if let table = section.table {
                let rows = [table.header] + table.rows
                lines.append(TextTable.lines(rows.map { $0.map(plain) }, right: Set(1...max(1, table.header.count))))
            }
            lines += section.remarks.map(plain)
            blocks.append(lines.joined(separator: "\n"))
        }
        if !document.warnings.isEmpty {
            blocks.append(document.warnings.map { "! " + plain($0) }.joined(separator: "\n"))
        }
        return blocks.joined(separator: "\n\n")
    }

    /// Without characters that steer a terminal: names and messages come from servers.
    private static func plain(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.value < 0x20 || (0x7f..<0xa0).contains($0.value) ? " " : $0 }))
    }
}
