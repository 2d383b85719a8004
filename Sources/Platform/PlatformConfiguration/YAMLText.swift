import Yams

/// A YAML text as a tree of nodes with places, or what is wrong with it.
struct YAMLText {
    /// nil for an empty text and for one that is no YAML.
    private(set) var root: Node?
    private(set) var findings: [ConfigurationFinding] = []
    /// The first place of each key that stands more than once in its mapping, under the scalar that took the place of
    /// its first letter.
    private(set) var duplicates: [Unicode.Scalar: Duplicate] = [:]

    struct Duplicate {
        var name: String
        var line: Int
        var column: Int
    }

    private let file: String

    init(_ text: String, file: String) {
        self.file = file
        if let place = Self.unreadableCharacter(in: text) {
            complain(place.line, place.column, "a character that YAML does not allow: remove it")
            return
        }
        compose(text)
        if var root = root.map({ [$0] }) {
            var count = 0
            while let node = root.popLast(), count <= Limits.nodes {
                count += 1
                switch node {
                case .mapping(let mapping): for pair in mapping { root += [pair.key, pair.value] }
                case .sequence(let sequence): root += Array(sequence)
                case .scalar, .alias: break
                }
            }
            if count > Limits.nodes {
                complain(1, 1, "its aliases stand for more than \(Limits.nodes) values: write them out")
                self.root = nil
            }
        }
    }

    /// Yams gives up at the first key that stands twice. So that everything else that is wrong is found too, the first
    /// letter of such a key's first occurrence is replaced by a private character, and the text is read again.
    private mutating func compose(_ original: String) {
        var text = original
        let privateUse = (0..<UInt32(Limits.duplicates)).compactMap { Unicode.Scalar(0xE000 + $0) }
        for mark in privateUse {
            do {
                // No resolver: values are read as text, each by its own kind.
                root = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
                return
            } catch YamlError.duplicatedKeysInMapping(let names, let context) {
                let place = context.mark
                let name = names.first ?? ""
                guard !original.unicodeScalars.contains(where: privateUse.contains),
                    let marked = Self.replacingFirstLetter(of: name, at: place, in: text, by: mark)
                else {
                    return complain(place.line, place.column, "\(quoted(name)) stands twice here: remove one")
                }
                duplicates[mark] = Duplicate(name: name, line: place.line, column: place.column)
                text = marked
            } catch {
                return complain(about: error)
            }
        }
        complain(1, 1, "more than \(Limits.duplicates) keys stand twice in their mappings")
    }

    private mutating func complain(about error: any Error) {
        let way = "check the indentation, the colons and the brackets there"
        switch error {
        case YamlError.scanner(let context, let problem, let mark, _),
            YamlError.parser(let context, let problem, let mark, _),
            YamlError.composer(let context, let problem, let mark, _):
            let begun = context.map { "\($0.text.trimmingBlanks) (line \($0.mark.line)), " } ?? ""
            complain(mark.line, mark.column, "no valid YAML: \(begun)\(problem.trimmingBlanks); \(way)")
        case YamlError.reader(let problem, _, _, _):
            complain(1, 1, "no valid YAML: \(problem.trimmingBlanks)")
        default:
            complain(1, 1, "no valid YAML: nested too deeply, or too large")
        }
    }

    private mutating func complain(_ line: Int, _ column: Int, _ message: String) {
        // libYAML reports some mistakes on the line after the last one, or with a mark of zeroes.
        let origin = SettingOrigin.file(file, line: max(1, line), column: max(1, column))
        findings.append(ConfigurationFinding(origin: origin, path: "", message: message))
    }

    private static func unreadableCharacter(in text: String) -> (line: Int, column: Int)? {
        let index = text.unicodeScalars.firstIndex { scalar in
            switch scalar.value {
            case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: false
            default: true
            }
        }
        return index.flatMap { index in place(in: text) { at, _, _ in at == index } }.map { ($0.line, $0.column) }
    }

    private static func replacingFirstLetter(
        of name: String, at mark: Mark, in text: String, by replacement: Unicode.Scalar
    ) -> String? {
        var scalars = text.unicodeScalars
        guard let letter = name.unicodeScalars.first,
            var index = place(in: text, where: { $1 == mark.line && $2 == mark.column })?.index
        else { return nil }
        if scalars[index] == "\"" || scalars[index] == "'" { scalars.formIndex(after: &index) }
        guard index < scalars.endIndex, scalars[index] == letter else { return nil }
        scalars.replaceSubrange(index...index, with: CollectionOfOne(replacement))
        return String(scalars)
    }

    /// The first place that a condition holds for, with line and column as libYAML counts them, from 1.
    private static func place(
        in text: String, where condition: (_ index: String.Index, _ line: Int, _ column: Int) -> Bool
    ) -> (index: String.Index, line: Int, column: Int)? {
        let scalars = text.unicodeScalars
        // A byte order mark is no part of the text.
        var index = scalars.first == "\u{FEFF}" ? scalars.index(after: scalars.startIndex) : scalars.startIndex
        var line = 1, column = 1
        while index < scalars.endIndex {
            if condition(index, line, column) { return (index, line, column) }
            let scalar = scalars[index]
            scalars.formIndex(after: &index)
            let isPair = scalar == "\r" && index < scalars.endIndex && scalars[index] == "\n"
            switch scalar {
            case "\n", "\u{85}", "\u{2028}", "\u{2029}": (line, column) = (line + 1, 1)
            case "\r" where !isPair: (line, column) = (line + 1, 1)
            default: column += 1
            }
        }
        return nil
    }
}

extension String {
    fileprivate var trimmingBlanks: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
