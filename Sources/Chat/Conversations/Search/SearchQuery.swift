/// What somebody looks for: all of its words, the last of which may be unfinished.
///
/// Made of any text at all: what is no word is passed over, so nothing that is typed can be an error.
package struct SearchQuery: Sendable, Equatable {
    enum Term: Sendable, Equatable {
        case word(String)
        /// The last word, which may go on.
        case beginning(String)
        /// Characters of a script without blanks, which stand in a row.
        case row([Unicode.Scalar])
    }
    let terms: [Term]

    package init(_ text: String) {
        var terms: [Term] = []
        for token in TokenReader(String(text.prefix(Limits.queryCharacters))).prefix(Limits.queryTerms) {
            terms.append(
                token.isUnspaced
                    ? .row(Array(token.scalars.prefix(Limits.wordCharacters))) : .word(SearchTokens.word(token)))
        }
        if case .word(let word) = terms.last { terms[terms.count - 1] = .beginning(word) }
        self.terms = terms
    }

    package var isEmpty: Bool { terms.isEmpty }

    /// In FTS5's language. Tokens have letters and digits only, so quoting them is safe.
    func match(scope: String) -> String {
        let conditions = terms.map { term in
            switch term {
            case .word(let word): "words : \"\(word)\""
            case .beginning(let word): "words : \"\(word)\" *"
            case .row(let scalars) where scalars.count == 1: "characters : \"\(scalars.map { String($0) }.joined())\""
            // Pairs in a row: a phrase.
            case .row(let scalars): "words : \"\(SearchTokens.pairs(scalars).joined(separator: " "))\""
            }
        }
        return (["scope : \"\(scope)\""] + conditions).joined(separator: " AND ")
    }
}
