/// A file of the repository as the rules see it.
struct SourceFile: Sendable {
    /// Path from the repository's root, with `/`.
    let path: String
    let text: String
    /// The text in lines, without line ends.
    let lines: [String]
    /// The lines with the inside of comments and string literals blanked, for rules about code. Swift and C only;
    /// other files are as they are.
    let code: [String]

    init(path: String, text: String) {
        self.path = path
        self.text = text
        lines = SourceFile.lines(of: text)
        let isCode = [".swift", ".c", ".h"].contains { path.hasSuffix($0) }
        code = isCode ? SourceFile.lines(of: Mask.blankingCommentsAndStrings(in: text)) : lines
    }

    var name: String { String(path.split(separator: "/").last ?? "") }
    var isSwift: Bool { path.hasSuffix(".swift") }
    var isC: Bool { path.hasSuffix(".c") || path.hasSuffix(".h") }
    var isMarkdown: Bool { path.hasSuffix(".md") }
    var isProductSource: Bool { path.hasPrefix("Sources/") }
    var isTestSource: Bool { path.hasPrefix("Tests/") }

    /// The target that the file belongs to: `Sources/<Area>/<Target>/…` or `Tests/<Target>/…`.
    var target: String? {
        let parts = path.split(separator: "/").map(String.init)
        switch parts.first {
        case "Sources" where parts.count >= 4: return parts[2]
        case "Tests" where parts.count >= 3: return parts[1]
        default: return nil
        }
    }

    func finding(line index: Int, _ message: String) -> Finding {
        Finding(path: path, line: index + 1, message: message)
    }

    private static func lines(of text: String) -> [String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        return lines
    }
}

/// One place where a rule is broken, printed as compilers print theirs, so that editors can jump to it.
struct Finding: CustomStringConvertible {
    let path: String
    let line: Int
    let message: String

    var description: String { "\(path):\(line): \(message)" }
}
