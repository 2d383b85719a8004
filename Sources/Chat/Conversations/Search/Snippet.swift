/// A piece of a text around what was found in it.
package struct Snippet: Sendable, Equatable {
    package struct Part: Sendable, Equatable, Codable {
        package var text: String
        /// Whether it is what was looked for.
        package var hit: Bool
    }
    package let parts: [Part]

    /// - Parameter text: Blanks and line ends in a row are shown as one blank.
    package init(of text: String, around query: SearchQuery) {
        let hits = Self.hits(of: query, in: text)
        let window = Self.window(around: hits, in: text)
        var parts: [Part] = []
        var position = window.lowerBound
        for hit in hits where hit.range.lowerBound >= position && hit.range.upperBound <= window.upperBound {
            parts.append(Part(text: Self.line(text[position..<hit.range.lowerBound]), hit: false))
            parts.append(Part(text: Self.line(text[hit.range]), hit: true))
            position = hit.range.upperBound
        }
        parts.append(Part(text: Self.line(text[position..<window.upperBound]), hit: false))
        if window.lowerBound > text.startIndex { parts.insert(Part(text: "…", hit: false), at: 0) }
        if window.upperBound < text.endIndex { parts.append(Part(text: "…", hit: false)) }
        self.parts = Self.joined(parts)
    }

    private struct Hit {
        var range: Range<String.Index>
        /// Which of the query's terms.
        var term: Int
    }

    private static func hits(of query: SearchQuery, in text: String) -> [Hit] {
        var hits: [Hit] = []
        for token in TokenReader(text) {
            for (term, wanted) in query.terms.enumerated() {
                for places in wanted.places(in: token).prefix(Limits.snippetHits) {
                    let last = token.places[places.upperBound - 1]
                    hits.append(Hit(range: token.places[places.lowerBound]..<text.index(after: last), term: term))
                }
            }
            if hits.count >= Limits.snippetHits { break }
        }
        // Longer ones first where several begin, so that 模型库 is marked whole and not only its 模型.
        return hits.sorted {
            ($0.range.lowerBound, $1.range.upperBound) < ($1.range.lowerBound, $0.range.upperBound)
        }
    }

    /// The part of the text in which most of the query's terms stand; its beginning when none does.
    private static func window(around hits: [Hit], in text: String) -> Range<String.Index> {
        var best: (start: String.Index, terms: Int) = (text.startIndex, 0)
        for (first, hit) in hits.enumerated() {
            let end = text.index(hit.range.lowerBound, offsetBy: Limits.snippetAfter, limitedBy: text.endIndex)
            var terms: Set<Int> = []
            for other in hits[first...] {
                if other.range.lowerBound >= end ?? text.endIndex { break }
                terms.insert(other.term)
            }
            if terms.count > best.terms { best = (hit.range.lowerBound, terms.count) }
        }
        let start =
            text.index(best.start, offsetBy: -Limits.snippetBefore, limitedBy: text.startIndex) ?? text.startIndex
        let end = text.index(best.start, offsetBy: Limits.snippetAfter, limitedBy: text.endIndex) ?? text.endIndex
        return start..<end
    }

    private static func line(_ text: Substring) -> String {
        var line = ""
        var wasBlank = false
        for character in text {
            let isBlank = character.isWhitespace
            if !isBlank { line.append(character) } else if !wasBlank { line.append(" ") }
            wasBlank = isBlank
        }
        return line
    }

    private static func joined(_ parts: [Part]) -> [Part] {
        var joined: [Part] = []
        for part in parts where !part.text.isEmpty {
            if joined.last?.hit == part.hit {
                joined[joined.count - 1].text += part.text
            } else {
                joined.append(part)
            }
        }
        return joined
    }
}

extension SearchQuery.Term {
    /// Where it stands in a word, as offsets of scalars.
    func places(in token: TokenReader.Token) -> [Range<Int>] {
        switch self {
        case .word(let word):
            return !token.isUnspaced && SearchTokens.word(token) == word ? [0..<token.scalars.count] : []
        case .beginning(let word):
            let begins = !token.isUnspaced && token.scalars.starts(with: word.unicodeScalars)
            return begins ? [0..<word.unicodeScalars.count] : []
        case .row(let row):
            guard token.isUnspaced, token.scalars.count >= row.count else { return [] }
            return (0...token.scalars.count - row.count).filter { start in
                token.scalars[start..<start + row.count].elementsEqual(row)
            }.map { $0..<$0 + row.count }
        }
    }
}
