/// Memory that is reserved once and lives as long as its owner, so that a step allocates nothing.
package final class Arena {
    private var regions: [UnsafeMutableRawPointer] = []

    package init() {}

    deinit { for region in regions { region.deallocate() } }

    /// `count` zeroed elements, aligned to a cache line.
    package func reserve<Element: BitwiseCopyable>(_ count: Int, of type: Element.Type) -> UnsafeMutablePointer<Element>
    {
        let bytes = max(64, (count * MemoryLayout<Element>.stride + 63) & ~63)
        let region = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
        region.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        regions.append(region)
        return region.bindMemory(to: Element.self, capacity: count)
    }
}
