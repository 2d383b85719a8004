import Dispatch
import Foundation
import Glibc

/// What happens in the terminal, as one stream: lines typed, the end of input, Ctrl+C.
package final class TerminalEvents: Sendable {
    package let stream: AsyncStream<ChatMachine.Event>
    package let continuation: AsyncStream<ChatMachine.Event>.Continuation

    package init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    /// Whether a person sits at both ends.
    package static var isInteractive: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }

    /// Takes over Ctrl+C and starts reading standard input. Until then, Ctrl+C ends the program as usual. Signals
    /// arrive as long as the caller keeps the result.
    func start() async -> any DispatchSourceSignal {
        let continuation = continuation
        let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        source.setEventHandler { continuation.yield(.interrupt) }
        // Dispatch replaces the signal's default action when it has registered the source, which takes a moment.
        await withCheckedContinuation { registered in
            source.setRegistrationHandler { registered.resume() }
            source.activate()
        }

        Self.deletesWholeCharacters()
        // A thread of its own: a read from a terminal blocks for minutes.
        Thread.detachNewThread {
            while let line = readLine() { continuation.yield(.line(line)) }
            continuation.yield(.endOfInput)
        }
        return source
    }

    /// Makes the terminal's line editing delete a whole UTF-8 character at a time, not a byte.
    private static func deletesWholeCharacters() {
        var settings = termios()
        guard isatty(STDIN_FILENO) == 1, tcgetattr(STDIN_FILENO, &settings) == 0 else { return }
        settings.c_iflag |= tcflag_t(IUTF8)
        tcsetattr(STDIN_FILENO, TCSANOW, &settings)
    }
}
