extension Rule {
    static let textRules = [
        lines(
            "lines have no tabs and no blanks at their end", in: \.lines, of: { $0.name != "Makefile" },
            broken: [["a.swift": "\tlet a = 1"], ["README.md": "text "]],
            kept: [["a.swift": "    let a = 1\n"], ["Makefile": "\ttrue"]]
        ) { line in
            if line.contains("\t") { return "a tab; indent by four spaces" }
            return line.last == " " ? "blanks at the end of the line" : nil
        },
        lines(
            "lines have 120 characters at most", in: \.lines,
            of: { ![".json", ".txt", ".jinja"].contains(where: $0.path.hasSuffix) && !$0.isLegalText },
            broken: [["a.swift": String(repeating: "a", count: 121)]],
            kept: [["a.swift": String(repeating: "é", count: 120)]]
        ) { line in
            // A link or a table row of a page cannot be broken.
            line.count > 120 && !line.contains("://") && !line.hasPrefix("|")
                ? "\(line.count) characters; 120 is the most" : nil
        },
        Rule(
            "a file has 400 lines at most",
            broken: [["Sources/A/B/C.swift": String(repeating: "let a = 1\n", count: 401)]],
            kept: [["Sources/A/B/C.swift": String(repeating: "let a = 1\n", count: 400)]]
        ) { repository in
            repository.files.filter { ($0.isSwift || $0.isC || $0.path.hasSuffix(".py")) && $0.lines.count > 400 }.map {
                $0.finding(line: 400, "\($0.lines.count) lines. Which two ideas does this file hold? Give each its own")
            }
        },
        lines(
            "nothing is left for later", in: \.lines, of: { !$0.path.hasSuffix(".json") && !$0.isLegalText },
            // Spelled in two parts, so that this file keeps its own rule.
            broken: [["a.swift": "// TO" + "DO: finish"], ["a.py": "# FIX" + "ME"]], kept: [["a.swift": "// why"]]
        ) { line in
            for mark in ["TO" + "DO", "FIX" + "ME", "X" + "XX:"] where line.contains(mark) {
                return "\(mark): do it now, or describe the limit in the documentation"
            }
            return nil
        },
    ]
}

extension SourceFile {
    /// A text whose wording and form are not ours to change.
    var isLegalText: Bool { path == "LICENSE" || path == "NOTICE" }
}
