/// What a text can be found by.
///
/// Words as they are, folded; and of scripts without blanks every pair of neighbours, so that any two characters in a
/// row are found at once (SQLite's own trigrams cannot find 「模型」). Queries of a single character have a column of
/// their own. All of it is made here and not in the database, so that every database finds the same.
package struct SearchTokens: Sendable, Equatable {
    /// Words and pairs in the order of the text.
    package private(set) var words: [String] = []
    /// Each character of scripts without blanks, once.
    package private(set) var characters: Set<String> = []

    /// Stands between two rows of pairs, so that no row is found across a comma.
    private static let gap = "。"

    package init(indexing text: String) {
        let indexed = text.utf8.count <= Limits.indexedCharacters ? text : String(text.prefix(Limits.indexedCharacters))
        var wasUnspaced = false
        for token in TokenReader(indexed) {
            if token.isUnspaced {
                if wasUnspaced, token.scalars.count > 1 { words.append(Self.gap) }
                words += Self.pairs(token.scalars)
                for scalar in token.scalars { characters.insert(String(scalar)) }
                // A single character leaves no pair behind that another could join.
                wasUnspaced = wasUnspaced || token.scalars.count > 1
            } else {
                words.append(Self.word(token))
                wasUnspaced = false
            }
        }
    }

    package var isEmpty: Bool { words.isEmpty && characters.isEmpty }

    static func pairs(_ scalars: [Unicode.Scalar]) -> [String] {
        zip(scalars, scalars.dropFirst()).map { String($0) + String($1) }
    }

    static func word(_ token: TokenReader.Token) -> String {
        var token = token
        if token.scalars.count > Limits.wordCharacters {
            token.scalars = Array(token.scalars[..<Limits.wordCharacters])
        }
        return token.text
    }
}
