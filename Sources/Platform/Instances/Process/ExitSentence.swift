/// Says how a process ended, as an operator would.
enum ExitSentence {
    enum Status: Sendable, Equatable {
        case exited(Int32)
        case signaled(Int32)

        /// What `pronk keep` says of the program that it kept: 128 and the signal's number.
        var ofKeptProgram: Status {
            if case .exited(let code) = self, code > 128, code <= 128 + 64 { return .signaled(code - 128) }
            return self
        }
    }

    enum Wish: Sendable { case none, end, kill }

    private static let names: [Int32: String] = [
        1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE", 9: "SIGKILL",
        11: "SIGSEGV", 13: "SIGPIPE", 15: "SIGTERM",
    ]

    static func make(_ status: Status, wish: Wish, lastWords: String?) -> String {
        switch (wish, status) {
        case (.end, .exited(0)): return "ended as asked"
        case (.end, .signaled(15)): return "ended as asked, by SIGTERM"
        case (.kill, .signaled(9)): return "was killed as asked"
        default: break
        }
        let end =
            switch status {
            case .exited(0): "exited with status 0, though nobody had asked it to end"
            case .exited(let code): "exited with status \(code)"
            case .signaled(let number):
                "was killed by \(names[number].map { "\($0) (signal \(number))" } ?? "signal \(number)")"
            }
        return end + (lastWords.map { "; its last words: \($0)" } ?? "; it left no message")
    }
}
