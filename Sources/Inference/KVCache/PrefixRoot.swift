/// Where a chain of cached blocks starts: prompts that may share keys and values have the same root, others never.
///
/// A digest of everything beside the tokens that decides what keys and values are, or who may see them: the model's
/// fingerprint, the adapter, the tenant. Its maker owes that two different such things have different digests.
package struct PrefixRoot: Hashable, Sendable {
    private let first: UInt64
    private let second: UInt64
    private let third: UInt64
    private let fourth: UInt64

    /// - Parameter digest: 32 bytes; missing ones count as zero.
    package init(digest: some Sequence<UInt8>) {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        for (place, byte) in digest.prefix(32).enumerated() {
            let shifted = UInt64(byte) << (place % 8 * 8)
            switch place / 8 {
            case 0: words.0 |= shifted
            case 1: words.1 |= shifted
            case 2: words.2 |= shifted
            default: words.3 |= shifted
            }
        }
        (first, second, third, fourth) = words
    }
}
