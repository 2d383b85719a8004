internal import Foundation

/// A name to sign in with: as it was typed, and as it is compared.
struct AccountName: Sendable, Equatable {
    let text: String
    let folded: String

    init(_ typed: String) throws(IdentityError) {
        guard let text = Self.line(typed), let folded = Self.folded(typed) else {
            throw IdentityError(
                .invalidName,
                "A name has 1 to \(Limits.accountNameScalars) characters in one line, and no invisible ones.")
        }
        self.text = text
        self.folded = folded
    }

    /// What a person is called: by the rules of names, but not unique. nil: it breaks them.
    static func line(_ typed: String) -> String? {
        let text = typed.trimmingCharacters(in: .whitespacesAndNewlines).precomposedStringWithCanonicalMapping
        let scalars = text.unicodeScalars
        guard (1...Limits.accountNameScalars).contains(scalars.count), scalars.allSatisfy(isVisible) else { return nil }
        return text
    }

    /// Without regard to case, width and composition, after Unicode's NFKC_Casefold: Zoë is ZOË, and Ｐ is p. nil: it
    /// is no name, so nobody has it.
    static func folded(_ typed: String) -> String? {
        guard let line = line(typed) else { return nil }
        // Upper case first: it makes ß and ss alike, and both forms of the Greek sigma.
        let folded = line.precomposedStringWithCompatibilityMapping.uppercased().lowercased()
            .precomposedStringWithCompatibilityMapping
        var scalars = folded.unicodeScalars
        scalars.removeAll { $0.properties.isDefaultIgnorableCodePoint }
        let name = String(scalars).trimmingCharacters(in: .whitespacesAndNewlines)
        return name.isEmpty ? nil : name
    }

    /// Neither control characters nor those that turn the direction of a line around, by which one name looks like
    /// another. Joiners stay: Persian and family emoji need them.
    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        case .format: scalar.value == 0x200c || scalar.value == 0x200d
        default: true
        }
    }
}
