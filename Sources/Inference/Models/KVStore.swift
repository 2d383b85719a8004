package import Checkpoints
import Glibc
package import Kernels

/// The memory behind the block pool: keys and values of all blocks.
///
/// A block holds 32 tokens of all layers in one run, [layer][kv head] in the layout of its type (`Attention.h`), so
/// that it can be written and read as a whole. Pages are taken from the system when they are first written.
package final class KVStore: @unchecked Sendable {
    // Written and read by the engine's threads alone, ordered by the regions of the worker pool.
    let base: UnsafeMutablePointer<UInt8>
    package let type: KVType
    package let blockCount: Int
    package let blockBytes: Int
    let headBytes: Int
    private let kvHeadCount: Int

    package static func blockBytes(_ shape: ModelConfiguration, type: KVType) -> Int {
        shape.layerCount * shape.kvHeadCount * type.headBytes(headSize: shape.headSize)
    }

    package init(blockCount: Int, shape: ModelConfiguration, type: KVType) throws(ModelError) {
        self.type = type
        self.blockCount = blockCount
        blockBytes = Self.blockBytes(shape, type: type)
        headBytes = type.headBytes(headSize: shape.headSize)
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

    /// Bytes from the start of a block to what one head of one layer has in it.
    func offset(layer: Int, kvHead: Int) -> Int { (layer * kvHeadCount + kvHead) * headBytes }
}
