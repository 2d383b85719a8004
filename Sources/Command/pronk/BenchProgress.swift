import Benchmarking
import Glibc
import Synchronization

/// Shows how far a measurement is on standard error.
final class BenchProgress: Sendable {
    private let display = Mutex(ProgressDisplay(isTerminal: isatty(STDERR_FILENO) == 1))

    func show(_ text: String) {
        display.withLock { display in
            if let text = display.update(text, now: .now) { StandardError.write(text) }
        }
    }

    func end() {
        display.withLock { display in
            if let text = display.end() { StandardError.write(text) }
        }
    }
}
