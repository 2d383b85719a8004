/// Things that happen elsewhere, for a test to wait for, in order.
final class Mailbox<Element: Sendable>: Sendable {
    private let elements: AsyncStream<Element>
    private let source: AsyncStream<Element>.Continuation

    init() { (elements, source) = AsyncStream.makeStream() }

    func put(_ element: Element) { source.yield(element) }

    /// Waits for the next one; for one test at a time. The suite's time limit is its deadline.
    func next() async throws -> Element {
        for await element in elements { return element }
        throw CancellationError()
    }
}
