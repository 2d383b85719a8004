/// Reads a text word by word, and remembers where in the text each stood.
///
/// A word is a row of letters and digits, folded; or a row of characters of a script without blanks, which is taken
/// apart into pairs later.
struct TokenReader: Sequence, IteratorProtocol {
    struct Token {
        /// Folded.
        var scalars: [Unicode.Scalar] = []
        var isUnspaced: Bool
        /// For each scalar the character of the text that it comes from.
        var places: [String.Index] = []

        var text: String {
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars)
            return String(view)
        }
    }

    private let text: String
    /// Of the next character.
    private var position: String.Index
    /// Of the character whose folded scalars are read, from `offset` on.
    private var place: String.Index
    private var folded: [Unicode.Scalar] = []
    private var offset = 0

    init(_ text: String) {
        self.text = text
        position = text.startIndex
        place = position
    }

    mutating func next() -> Token? {
        var token: Token?
        while let scalar = peek() {
            let kind = CharacterKind(scalar)
            if let token, kind == .separator || (kind == .unspaced) != token.isUnspaced { return token }
            offset += 1
            guard kind != .separator else { continue }
            if token == nil { token = Token(isUnspaced: kind == .unspaced) }
            token?.scalars.append(scalar)
            token?.places.append(place)
        }
        return token
    }

    private mutating func peek() -> Unicode.Scalar? {
        while offset == folded.count {
            guard position < text.endIndex else { return nil }
            folded.removeAll(keepingCapacity: true)
            offset = 0
            text[position].fold(into: &folded)
            place = position
            position = text.index(after: position)
        }
        return folded[offset]
    }
}
