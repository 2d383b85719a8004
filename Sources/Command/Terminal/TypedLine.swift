/// A line that the user typed, understood.
enum TypedLine: Equatable {
    case nothing
    case say(String)
    case system(String)
    case showSettings
    case set(name: String, value: String)
    case clear
    case history
    case help
    case exit
    /// A command that is not one; what is wrong with it.
    case mistake(String)

    static let helpText = """
        /system TEXT        give the model an instruction (without TEXT: take it back)
        /set                show the settings
        /set NAME VALUE     temperature, top_p, top_k, min_p, max_tokens, seed; VALUE may be default
        /history            show what has been said
        /clear              forget what has been said
        /exit               leave (as does Ctrl+D)
        //TEXT              say TEXT with a slash before it
        Ctrl+C stops an answer.
        """

    init(_ line: String) {
        let text = line.trimmingBlanks()
        guard text.hasPrefix("/") else {
            self = text.isEmpty ? .nothing : .say(text)
            return
        }
        if text.hasPrefix("//") {
            self = .say(String(text.dropFirst()))
            return
        }
        let name = text.prefix { !$0.isWhitespace }
        let rest = String(text.dropFirst(name.count)).trimmingBlanks()
        switch name {
        case "/system": self = .system(rest)
        case "/set":
            let words = rest.split(whereSeparator: \.isWhitespace).map(String.init)
            switch words.count {
            case 0: self = .showSettings
            case 2: self = .set(name: words[0], value: words[1])
            default: self = .mistake("Say /set NAME VALUE, as in: /set temperature 0.2")
            }
        case "/clear": self = .clear
        case "/history": self = .history
        case "/help", "/?": self = .help
        case "/exit", "/quit", "/bye": self = .exit
        default:
            self = .mistake("There is no command \(name). /help lists the commands; //TEXT says TEXT with a slash.")
        }
    }
}

extension String {
    fileprivate func trimmingBlanks() -> String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
