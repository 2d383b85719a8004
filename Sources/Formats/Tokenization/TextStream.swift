/// Turns the bytes of drawn tokens into text as they come, and finds stop strings.
///
/// Gives out whole characters only, and nothing that could still turn out to be the start of a stop string.
/// The stop string whose end comes first ends the text, wherever the borders between tokens are; of several that end at
/// the same place the longest counts.
/// Allocates nothing after `init` as long as what waits to be taken fits into `capacity` bytes.
package struct TextStream: Sendable {
    /// Which stop string ended the text.
    package struct StopMatch: Sendable, Equatable {
        /// The position in `init(stops:)`.
        package var index: Int

        package init(index: Int) {
            self.index = index
        }
    }

    /// Bytes of text that fit before the buffer grows, besides the longest stop string. The longest tokens of public
    /// vocabularies have 256 bytes, of which broken ones triple.
    package static let capacity = 4096

    /// Valid UTF-8 that has not been taken.
    private var text: [UInt8] = []
    private var repair = UTF8Repair()
    private var stops: StopMatcher
    private let includesMatch: Bool
    private var isEnded = false

    /// - Parameter stops: empty strings among them are ignored.
    /// - Parameter includesMatch: whether the matched stop string is given out.
    package init(stops: [String] = [], includesMatch: Bool = false) {
        self.stops = StopMatcher(stops)
        self.includesMatch = includesMatch
        text.reserveCapacity(Self.capacity + self.stops.longest)
    }

    /// Adds the bytes of a token. After a match, everything up to it can be taken and further bytes are ignored.
    package mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) -> StopMatch? {
        var match: StopMatch?
        for byte in bytes {
            guard !isEnded else { break }
            var emitted = Emitted()
            repair.append(byte) { emitted.append($0) }
            match = add(emitted)
        }
        return match
    }

    /// Hands over the text (valid UTF-8) that can be given out now, possibly empty, and forgets it.
    package mutating func take<R>(_ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R {
        let count = isEnded ? text.count : text.count - stops.pending
        let result = try text.withUnsafeBufferPointer { try body(UnsafeBufferPointer(rebasing: $0[..<count])) }
        text.removeFirst(count)
        return result
    }

    /// `take` as a string.
    package mutating func takeText() -> String {
        take { String(decoding: $0, as: UTF8.self) }
    }

    /// Ends the text: what was held back can be taken; an incomplete character becomes U+FFFD, which may itself
    /// complete a stop string.
    @discardableResult
    package mutating func finish() -> StopMatch? {
        guard !isEnded else { return nil }
        var emitted = Emitted()
        repair.finish { emitted.append($0) }
        let match = add(emitted)
        isEnded = true
        return match
    }

    private mutating func add(_ emitted: Emitted) -> StopMatch? {
        for index in 0..<emitted.count {
            let byte = emitted[index]
            text.append(byte)
            guard let match = stops.append(byte) else { continue }
            if !includesMatch { text.removeLast(match.length) }
            isEnded = true
            return StopMatch(index: match.index)
        }
        return nil
    }
}

/// The few bytes that one byte of input can complete: at most a replacement and a character.
private struct Emitted {
    private var bytes: UInt64 = 0
    private(set) var count = 0

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        bytes |= UInt64(byte) << UInt64(8 * count)
        count += 1
    }

    @inline(__always)
    subscript(index: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: bytes >> UInt64(8 * index))
    }
}
