/// The number of one block of the pool: 32 tokens' worth of keys and values of all layers.
package struct BlockID: RawRepresentable, Hashable, Sendable {
    package var rawValue: Int32

    package init(rawValue: Int32) { self.rawValue = rawValue }

    /// Its place in the pool's tables.
    var place: Int { Int(rawValue) }
}
