/// Text as a page may hold it.
enum HTML {
    /// Without a character that could end a text or an attribute: names come from servers and command lines.
    static func escape(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "\t", "\n": escaped.unicodeScalars.append(scalar)
            default: escaped.unicodeScalars.append(ForeignText.isSteering(scalar) ? "\u{fffd}" : scalar)
            }
        }
        return escaped
    }
}
