/// What servers and command lines say, made fit to be shown.
package enum ForeignText {
    /// Whether a character steers a terminal or turns the direction of what follows.
    static func isSteering(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: scalar.properties.isBidiControl
        }
    }

    /// One line, with a blank in the place of each such character.
    package static func line(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { isSteering($0) ? " " : $0 }))
    }
}
