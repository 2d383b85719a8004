import Glibc
import Models

/// Asks the system to read a model's weights from disk in the order in which a step uses them, beside the first step.
///
/// Left to themselves, page faults read a mapped file with one short request after the other, at a fraction of what
/// the disk gives. Weights that are in the page cache already cost next to nothing here.
enum ReadAhead {
    /// Starts a thread that ends by itself. Without it everything works, only slower, so a refusal is no error.
    static func start(_ weights: LlamaWeights) {
        var thread = pthread_t()
        let work = Unmanaged.passRetained(Work(weights))
        let status = pthread_create(
            &thread, nil,
            { raw in
                if let raw { Unmanaged<Work>.fromOpaque(raw).takeRetainedValue().run() }
                return nil
            }, work.toOpaque())
        guard status == 0 else { return work.release() }
        pthread_detach(thread)
    }

    private final class Work {
        private let weights: LlamaWeights

        init(_ weights: LlamaWeights) { self.weights = weights }

        func run() {
            weights.forEachMatrixInOrderOfUse { matrix in
                for start in stride(from: 0, to: matrix.byteCount, by: Limits.readAheadBytes) {
                    let address = Int(bitPattern: matrix.base + start), page = Int(getpagesize())
                    let length = min(Limits.readAheadBytes, matrix.byteCount - start) + address % page
                    madvise(UnsafeMutableRawPointer(bitPattern: address - address % page), length, MADV_WILLNEED)
                }
            }
        }
    }
}
