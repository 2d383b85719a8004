/// What a report says, before anybody decides how it looks: the same value becomes a text and a page.
package struct ReportDocument: Sendable, Equatable {
    /// A line of what is known beside the figures: the machine, the command, the time.
    package struct Fact: Sendable, Equatable {
        package var label: String
        package var value: String

        package init(_ label: String, _ value: String) {
            self.label = label
            self.value = value
        }
    }

    /// A heading with what stands under it.
    package struct Section: Sendable, Equatable {
        package var heading: String
        package var table: ReportTable?
        package var plots: [Plot]
        /// What a reader must know to read the figures right.
        package var remarks: [String]

        package init(_ heading: String, table: ReportTable? = nil, plots: [Plot] = [], remarks: [String] = []) {
            self.heading = heading
            self.table = table
            self.plots = plots
            self.remarks = remarks
        }
    }

    package var language: ReportLanguage
    package var title: String
    /// What spoils the figures, said first: failures, an early end.
    package var warnings: [String]
    package var facts: [Fact]
    package var sections: [Section]

    package init(
        language: ReportLanguage, title: String, warnings: [String] = [], facts: [Fact] = [], sections: [Section] = []
    ) {
        self.language = language
        self.title = title
        self.warnings = warnings
        self.facts = facts
        self.sections = sections
    }
}

/// Rows of cells under a header. The first column names the row; the others hold figures.
package struct ReportTable: Sendable, Equatable {
    package var header: [String]
    package var rows: [[String]]

    package init(header: [String], rows: [[String]]) {
        self.header = header
        self.rows = rows
    }
}
