import Terminal

/// A report as lines for a terminal.
package enum ReportText {
    package static func text(_ document: ReportDocument) -> String {
        let plain = ForeignText.line
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
}
