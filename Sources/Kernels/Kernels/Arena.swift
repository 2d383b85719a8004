import Glibc

/// Memory that is reserved once and lives as long as its owner, so that a step allocates nothing.
///
/// Large regions come from the system as zeroed pages that cost nothing until they are written: an engine that reserves
/// for its largest step is ready before it has touched any of it.
package final class Arena {
    private var regions: [UnsafeMutableRawPointer] = []

    package init() {}

    deinit { for region in regions { free(region) } }

    /// `count` zeroed elements, aligned to a cache line.
    package func reserve<Element: BitwiseCopyable>(_ count: Int, of type: Element.Type) -> UnsafeMutablePointer<Element>
    {
        let bytes = max(64, (count * MemoryLayout<Element>.stride + 63) & ~63)
        guard let region = calloc(1, bytes + 64) else { fatalError("the system refused \(bytes) bytes") }
        regions.append(region)
        return region.alignedUp(toMultipleOf: 64).bindMemory(to: Element.self, capacity: count)
    }
}
