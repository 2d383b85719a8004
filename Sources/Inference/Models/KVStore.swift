import CKernels
package import Checkpoints
import Glibc

/// The memory behind the block pool: keys and values of all blocks in half precision.
///
/// A block holds 32 tokens of all layers in one run, [layer][kv head]{keys [head size][32], values [32][head size]}, so
/// that it can be written and read as a whole. Pages are taken from the system when they are first written.
package final class KVStore: @unchecked Sendable {
    // Written and read by the engine's threads alone, ordered by the regions of the worker pool.
    let base: UnsafeMutablePointer<UInt8>
    package let blockCount: Int
    package let blockBytes: Int
    let headBytes: Int
    private let kvHeadCount: Int

    package static func blockBytes(_ shape: ModelConfiguration) -> Int {
        shape.layerCount * shape.kvHeadCount * headBytes(shape)
    }

    private static func headBytes(_ shape: ModelConfiguration) -> Int {
        2 * shape.headSize * PK_BLOCK * MemoryLayout<UInt16>.size
    }

    package init(blockCount: Int, shape: ModelConfiguration) throws(ModelError) {
        self.blockCount = blockCount
        blockBytes = Self.blockBytes(shape)
        headBytes = Self.headBytes(shape)
        kvHeadCount = shape.kvHeadCount
        let bytes = blockCount * blockBytes
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        guard let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, flags, -1, 0), memory != MAP_FAILED else {
            throw ModelError(
                .outOfMemory, "the system refused \(bytes) bytes for keys and values; lower --kv-memory or --context")
        }
        base = memory.bindMemory(to: UInt8.self, capacity: bytes)
    }

    deinit { munmap(base, blockCount * blockBytes) }

    /// Bytes from the start of a block to one head's keys.
    func offset(layer: Int, kvHead: Int) -> Int { (layer * kvHeadCount + kvHead) * headBytes }
}
