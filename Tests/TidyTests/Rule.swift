import Testing

/// One rule of the house. It carries an example that breaks it and one that keeps it, so that no rule can go blind:
/// `TidyTests` runs every rule on both before it runs it on the repository.
struct Rule: Sendable, CustomTestStringConvertible {
    /// The rule as a sentence that completes "In this repository …".
    let name: String
    /// Small repositories, path → text, that must give findings.
    let broken: [[String: String]]
    let kept: [[String: String]]
    let check: @Sendable (Repository) -> [Finding]

    var testDescription: String { name }

    init(
        _ name: String, broken: [[String: String]], kept: [[String: String]],
        check: @escaping @Sendable (Repository) -> [Finding]
    ) {
        self.name = name
        self.broken = broken
        self.kept = kept
        self.check = check
    }

    /// A rule about one line at a time: `check` returns the message for a line that breaks it.
    static func lines(
        _ name: String, in text: any (KeyPath<SourceFile, [String]> & Sendable),
        of applies: @escaping @Sendable (SourceFile) -> Bool,
        broken: [[String: String]], kept: [[String: String]], check: @escaping @Sendable (String) -> String?
    ) -> Rule {
        Rule(name, broken: broken, kept: kept) { repository in
            repository.files.filter(applies).flatMap { file in
                file[keyPath: text].enumerated().compactMap { index, line in
                    check(line).map { file.finding(line: index, $0) }
                }
            }
        }
    }

    static let all: [Rule] = importRules + layoutRules + textRules + swiftRules + cRules + documentRules
}
