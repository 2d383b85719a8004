/// Names of models in a store: they are file names too, so they are kept to what every file system and URL takes.
enum ModelName {
    /// The name that a checkpoint gets: its file's, because people know it and it tells quantisations apart; the
    /// model's own where the file's says nothing.
    static func suggested(for checkpoint: any Checkpoint) -> String {
        checkpoint.nameCandidates.map(sanitized).first { !$0.isEmpty } ?? "model"
    }

    /// Letters, digits, dots, hyphens and underscores; everything else becomes a hyphen.
    static func sanitized(_ text: String) -> String {
        var name = ""
        for character in text.unicodeScalars.prefix(Limits.nameBytes) {
            if isAllowed(character) {
                name.unicodeScalars.append(character)
            } else if !name.hasSuffix("-") {
                name += "-"
            }
        }
        let trimmed = name.drop { $0 == "." || $0 == "-" }
        return trimmed.hasSuffix("-") ? String(trimmed.dropLast()) : String(trimmed)
    }

    static func isValid(_ name: String) -> Bool { !name.isEmpty && sanitized(name) == name }

    private static func isAllowed(_ character: Unicode.Scalar) -> Bool {
        switch character {
        case "a"..."z", "A"..."Z", "0"..."9", ".", "-", "_": true
        default: false
        }
    }
}
