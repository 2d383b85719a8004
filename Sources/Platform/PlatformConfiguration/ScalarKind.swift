/// How one kind of value is read from text, be it the file's, the environment's or a flag's, and shown again.
struct ScalarKind<Value: Sendable>: Sendable {
    let parse: @Sendable (String) throws(Complaint) -> Value
    let show: @Sendable (Value) -> Setting.Value
}

extension ScalarKind where Value == Int {
    static func integer(_ bounds: ClosedRange<Int>) -> ScalarKind {
        ScalarKind { text throws(Complaint) in
            let digits = text.filter { $0 != "_" }
            guard let number = Int(digits) else { throw Complaint("\(quoted(text)) is no whole number") }
            guard bounds.contains(number) else {
                throw Complaint("\(number) is out of range: \(bounds.lowerBound) to \(bounds.upperBound)")
            }
            return number
        } show: {
            .integer($0)
        }
    }

    /// Bytes, written with a unit.
    static func size(_ bounds: ClosedRange<Int>) -> ScalarKind {
        ScalarKind { text throws(Complaint) in
            let bytes = try ByteSize.parse(text)
            guard bounds.contains(bytes) else {
                let (least, most) = (ByteSize.text(bounds.lowerBound), ByteSize.text(bounds.upperBound))
                throw Complaint("\(text) is out of range: \(least) to \(most)")
            }
            return bytes
        } show: {
            .text(ByteSize.text($0))
        }
    }
}

extension ScalarKind where Value == Double {
    static func number(_ bounds: ClosedRange<Double>, excludesLowerBound: Bool = false) -> ScalarKind {
        ScalarKind { text throws(Complaint) in
            guard let number = Double(text), number.isFinite, !text.lowercased().hasPrefix("0x") else {
                throw Complaint("\(quoted(text)) is no number")
            }
            guard bounds.contains(number), !excludesLowerBound || number > bounds.lowerBound else {
                let lower = excludesLowerBound ? "above \(shortest(bounds.lowerBound))" : shortest(bounds.lowerBound)
                throw Complaint("\(shortest(number)) is out of range: \(lower) to \(shortest(bounds.upperBound))")
            }
            return number
        } show: {
            .number($0)
        }
    }
}

extension ScalarKind where Value == Bool {
    static let flag = ScalarKind { text throws(Complaint) in
        switch text.lowercased() {
        case "true": return true
        case "false": return false
        default: throw Complaint("\(quoted(text)) is neither true nor false")
        }
    } show: {
        .flag($0)
    }
}

extension ScalarKind where Value == Duration {
    static func duration(_ bounds: ClosedRange<Duration>) -> ScalarKind {
        ScalarKind { text throws(Complaint) in
            let duration = try TimeSpan.parse(text)
            guard bounds.contains(duration) else {
                let (least, most) = (TimeSpan.text(bounds.lowerBound), TimeSpan.text(bounds.upperBound))
                throw Complaint("\(text) is out of range: \(least) to \(most)")
            }
            return duration
        } show: {
            .text(TimeSpan.text($0))
        }
    }
}

extension ScalarKind where Value == String {
    /// One line of text that `check` has no complaint about.
    static func text(
        _ check: @escaping @Sendable (String) throws(Complaint) -> Void = { _ throws(Complaint) in }
    ) -> ScalarKind {
        ScalarKind { text throws(Complaint) in
            guard !text.isEmpty else { throw Complaint("is empty: give a value, or remove the key") }
            guard text.utf8.count <= Limits.textBytes else {
                throw Complaint("has \(text.utf8.count) bytes; \(Limits.textBytes) are the most")
            }
            guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
                throw Complaint("\(quoted(text)) holds a control character: write plain text on one line")
            }
            try check(text)
            return text
        } show: {
            .text($0)
        }
    }
}

extension ScalarKind where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of an enumeration's words. `refused` names words that mean something, only not here, and what to do instead.
    static func word(refused: [String: String] = [:]) -> ScalarKind {
        ScalarKind { text throws(Complaint) in
            if let value = Value(rawValue: text) { return value }
            if let reason = refused[text] { throw Complaint(reason) }
            let suggestion = NearestName.suggestion(for: text, in: Value.allCases.map(\.rawValue))
            throw Complaint("\(quoted(text)) is none of the known words: \(suggestion)")
        } show: {
            .text($0.rawValue)
        }
    }
}

/// A piece of the user's text in a message: short, on one line, and harmless to a terminal.
func quoted(_ text: String) -> String {
    let shown = text.unicodeScalars.prefix(60).map { scalar in
        scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
            ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
    }
    return "'" + shown.joined() + (text.unicodeScalars.count > 60 ? "…" : "") + "'"
}

/// A number without a needless `.0`.
func shortest(_ number: Double) -> String {
    Int(exactly: number).map(String.init) ?? "\(number)"
}
