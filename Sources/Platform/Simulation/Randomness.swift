internal import Glibc

/// Random numbers that a seed decides (SplitMix64), so that a simulation can be repeated.
package struct Randomness: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    /// A stream of its own for each of `numbers`, so that what one draws never shifts what another gets.
    package init(seed: UInt64, _ numbers: Int...) {
        state = seed
        for number in numbers {
            state ^= UInt64(truncatingIfNeeded: number)
            state = next()
        }
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }

    /// Uniform in (0, 1].
    package mutating func uniform() -> Double { (Double(next() >> 11) + 1) * 0x1p-53 }

    /// Exponential with the mean 1.
    package mutating func exponential() -> Double { -log(uniform()) }

    /// Normal with the mean 0 and the deviation 1 (Box and Muller).
    package mutating func normal() -> Double { (-2 * log(uniform())).squareRoot() * cos(2 * .pi * uniform()) }
}
