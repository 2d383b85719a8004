/// A Jinja template taken apart as far as recognising it needs: its statements without white space, its string
/// literals, and the text outside of statements that it would write (with `trim_blocks` and `lstrip_blocks`, as
/// transformers runs templates).
struct TemplateText {
    let source: String
    /// Statements with white space removed, quotes made `'`, line ends in literals made `\n`, and attributes of
    /// messages made subscripts.
    private(set) var statements: [String] = []
    /// String literals with their escapes resolved, in order.
    private(set) var literals: [String] = []
    /// Pieces of text outside of statements, not empty.
    private(set) var plainText: [String] = []
    /// What statements `set NAME = "…"` say, and nothing more: a call with a literal in it is no literal.
    private var assigned: [String: String] = [:]

    init(_ template: String) {
        // Jinja drops one line end at the end of the template.
        source = template.hasSuffix("\n") ? String(template.dropLast()) : template
        var rest = Array(source.unicodeScalars)[...]
        var trimsStart = false
        var afterBlock = false
        while !rest.isEmpty {
            let opening = Self.nextOpening(in: rest)
            addPlain(
                rest[..<(opening ?? rest.endIndex)], afterBlock: afterBlock, trimsStart: trimsStart,
                before: opening.map { rest[$0...] })
            guard let opening else { return }
            let kind = rest[opening + 1]
            rest = rest[(opening + 2)...]
            if rest.first == "-" || rest.first == "+" { rest = rest.dropFirst() }
            trimsStart = addStatement(from: &rest, closing: kind == "{" ? "}" : kind, isComment: kind == "#")
            afterBlock = kind != "{"
        }
    }

    func contains(_ code: String) -> Bool {
        statements.contains { $0.contains(code) }
    }

    func literal(assignedTo name: String) -> String? { assigned[name] }

    private static func nextOpening(in text: ArraySlice<Unicode.Scalar>) -> Int? {
        text.indices.dropLast().first { text[$0] == "{" && ["{", "%", "#"].contains(text[$0 + 1]) }
    }

    private mutating func addPlain(
        _ text: ArraySlice<Unicode.Scalar>, afterBlock: Bool, trimsStart: Bool, before: ArraySlice<Unicode.Scalar>?
    ) {
        var text = text
        if trimsStart {
            text = text.drop { $0.properties.isWhitespace }
        } else if afterBlock, text.first == "\n" {
            text = text.dropFirst()
        }
        if let before {
            let kind = before[before.startIndex + 1]
            if before.dropFirst(2).first == "-" {
                while text.last?.properties.isWhitespace == true { text = text.dropLast() }
            } else if kind != "{" {
                var indented = text
                while indented.last == " " || indented.last == "\t" { indented = indented.dropLast() }
                if indented.isEmpty || indented.last == "\n" { text = indented }
            }
        }
        if !text.isEmpty { plainText.append(Self.string(text)) }
    }

    /// Reads up to the closing mark; returns whether that asks to trim the text after it.
    private mutating func addStatement(
        from rest: inout ArraySlice<Unicode.Scalar>, closing: Unicode.Scalar, isComment: Bool
    ) -> Bool {
        var code = ""
        var lastLiteral: String?
        defer {
            if !isComment {
                for name in ["role", "content"] { code = code.replacing("message.\(name)", with: "message['\(name)']") }
                statements.append(code)
                if code.hasPrefix("set"), let equals = code.firstIndex(of: "="), let lastLiteral,
                    code[equals...] == "='" + lastLiteral.replacing("\n", with: "\\n") + "'"
                {
                    let name = String(code[..<equals].dropFirst(3))
                    if assigned[name] == nil { assigned[name] = lastLiteral }
                }
            }
        }
        while let scalar = rest.popFirst() {
            if scalar == closing, rest.first == "}" {
                rest = rest.dropFirst()
                return false
            }
            if scalar == "-", rest.first == closing, rest.dropFirst().first == "}" {
                rest = rest.dropFirst(2)
                return true
            }
            if !isComment, scalar == "'" || scalar == "\"" {
                let literal = Self.literal(from: &rest, quote: scalar)
                lastLiteral = literal
                literals.append(literal)
                code += "'" + literal.replacing("\n", with: "\\n") + "'"
            } else if !scalar.properties.isWhitespace {
                code.unicodeScalars.append(scalar)
            }
        }
        return false
    }

    private static func literal(from rest: inout ArraySlice<Unicode.Scalar>, quote: Unicode.Scalar) -> String {
        var result = String.UnicodeScalarView()
        while let scalar = rest.popFirst(), scalar != quote {
            guard scalar == "\\", let escaped = rest.popFirst() else {
                result.append(scalar)
                continue
            }
            switch escaped {
            case "n": result.append("\n")
            case "t": result.append("\t")
            default: result.append(escaped)
            }
        }
        return String(result)
    }

    private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }
}
