import Glibc
import Kernels
import Models
import Synchronization

/// Brings a model's weights from disk in the order in which a step uses them, beside the first step.
///
/// Left to themselves, page faults read a mapped file with one short request after the other, at a fraction of what
/// the disk gives. `MADV_WILLNEED` alone brings it in pages of 4 KiB, and steps then read memory at 0.9 of what they
/// reach with huge pages: so the first byte of each huge page is touched, which brings it as one where the file system
/// can. Weights that are in the page cache already cost next to nothing here.
final class ReadAhead: Sendable {
    private struct Piece {
        let start: UInt
        let byteCount: Int
    }

    // Keeps the memory mapped.
    private let weights: LlamaWeights
    private let pieces: [Piece]
    private let next = Atomic<Int>(0)

    private init(_ weights: LlamaWeights) {
        self.weights = weights
        // Few of its rows are read, and each would hold a huge page.
        Self.advise(weights.embedding, MADV_NOHUGEPAGE)
        var pieces: [Piece] = []
        weights.forEachMatrixInOrderOfUse { matrix in
            Self.advise(matrix, MADV_HUGEPAGE)
            var start = UInt(bitPattern: matrix.base)
            let end = start + UInt(matrix.byteCount)
            while start < end {
                let next = min(end, (start / Limits.hugePageBytes + 1) * Limits.hugePageBytes)
                pieces.append(Piece(start: start, byteCount: Int(next - start)))
                start = next
            }
        }
        self.pieces = pieces
    }

    /// Starts threads that end by themselves. Without them everything works, only slower, so a refusal is no error.
    static func start(_ weights: LlamaWeights) {
        let work = ReadAhead(weights)
        for _ in 0..<Limits.readAheadThreads {
            var thread = pthread_t()
            let reference = Unmanaged.passRetained(work)
            let status = pthread_create(
                &thread, nil,
                { raw in
                    if let raw { Unmanaged<ReadAhead>.fromOpaque(raw).takeRetainedValue().run() }
                    return nil
                }, reference.toOpaque())
            guard status == 0 else { return reference.release() }
            pthread_detach(thread)
        }
    }

    private func run() {
        while true {
            let index = next.add(1, ordering: .relaxed).oldValue
            guard index < pieces.count else { return }
            let piece = pieces[index]
            Self.advise(piece.start, 1, MADV_POPULATE_READ)
            // Whatever did not come with the first byte.
            Self.advise(piece.start, piece.byteCount, MADV_WILLNEED)
        }
    }

    private static func advise(_ matrix: PackedMatrix, _ advice: Int32) {
        advise(UInt(bitPattern: matrix.base), matrix.byteCount, advice)
    }

    private static func advise(_ start: UInt, _ byteCount: Int, _ advice: Int32) {
        let offset = start % UInt(getpagesize())
        madvise(UnsafeMutableRawPointer(bitPattern: start - offset), byteCount + Int(offset), advice)
    }
}
