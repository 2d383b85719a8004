/// Splits one line into the words of a command, as a shell does where it only splits: blanks, quotes and backslashes.
enum Words {
    /// - Throws: `Complaint` for an open quote, and for signs that only a shell would act on.
    static func split(_ line: String) throws(Complaint) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var characters = Substring(line)
        while let character = characters.popFirst() {
            switch (quote, character) {
            case (let open?, _) where character == open: quote = nil
            case ("'", _): word = (word ?? "") + String(character)
            case (_, "\\"):
                guard let next = characters.popFirst() else { throw Complaint("ends in a backslash: remove it") }
                // Between double quotes a backslash is itself, unless it saves one of these.
                let isPlain = quote == "\"" && !["\"", "\\", "$", "`"].contains(next)
                word = (word ?? "") + (isPlain ? "\\\(next)" : "\(next)")
            case ("\"", "$"), ("\"", "`"), (nil, "$"), (nil, "`"), (nil, "|"), (nil, "&"), (nil, ";"), (nil, "<"),
                (nil, ">"):
                throw Complaint(
                    "\(character) has no meaning here, as no shell reads the line: quote it, or write "
                        + "[sh, -c, \"exec …\"]")
            case (.some, _): word = (word ?? "") + String(character)
            case (nil, "\""), (nil, "'"):
                quote = character
                word = word ?? ""
            case (nil, _) where character.isWhitespace:
                if let finished = word { words.append(finished) }
                word = nil
            case (nil, _): word = (word ?? "") + String(character)
            }
        }
        guard quote == nil else { throw Complaint("a quote is not closed: close it") }
        if let word { words.append(word) }
        return words
    }
}
