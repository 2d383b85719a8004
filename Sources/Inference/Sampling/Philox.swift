/// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): random numbers that are a
/// function of a key and a counter, so that a draw depends on nothing that happened before.
package enum Philox {
    /// Four random words for one counter.
    package static func words(
        counter: (UInt32, UInt32, UInt32, UInt32), key: (UInt32, UInt32)
    ) -> (UInt32, UInt32, UInt32, UInt32) {
        var c = counter, k = key
        for _ in 0..<10 {
            let first = (0xd251_1f53 as UInt32).multipliedFullWidth(by: c.0)
            let second = (0xcd9e_8d57 as UInt32).multipliedFullWidth(by: c.2)
            c = (second.high ^ c.1 ^ k.0, second.low, first.high ^ c.3 ^ k.1, first.low)
            k = (k.0 &+ 0x9e37_79b9, k.1 &+ 0xbb67_ae85)
        }
        return c
    }

    /// A number in 0 ..< 1 with 53 random bits, for one position of one choice.
    package static func uniform(seed: UInt64, choice: Int, position: Int) -> Double {
        let key = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
        let counter = (
            UInt32(truncatingIfNeeded: position), UInt32(truncatingIfNeeded: choice), 0 as UInt32, 0 as UInt32
        )
        let random = words(counter: counter, key: key)
        return Double((UInt64(random.0) << 32 | UInt64(random.1)) >> 11) * 0x1p-53
    }
}
