/// Which tokens of the vocabulary a sequence holds, prompt and answer: what a repetition penalty applies to.
///
/// A bit for each token, reserved once, so that a step allocates nothing.
package final class SeenTokens {
    /// Valid while the object lives.
    package let words: UnsafeMutablePointer<UInt64>
    private let count: Int

    package init(vocabularySize: Int) {
        count = Self.wordCount(vocabularySize)
        words = .allocate(capacity: count)
        words.initialize(repeating: 0, count: count)
    }

    deinit { words.deallocate() }

    package func insert(_ token: Int32) {
        guard (0..<count * 64).contains(Int(token)) else { return }
        words[Int(token) / 64] |= 1 << UInt64(token % 64)
    }

    static func wordCount(_ vocabularySize: Int) -> Int { (vocabularySize + 63) / 64 }
}
