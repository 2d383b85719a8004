import Checkpoints
import Tokenization

/// What libFuzzer calls with every input: reads all of a checkpoint that the product would read.
///
/// Errors are right answers; traps, reads out of bounds, hangs and large allocations are findings.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzGGUF(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = UnsafeRawBufferPointer(start: start, count: count)
    guard let file = try? GGUFFile(contents: input) else { return 0 }
    _ = file.chatTemplate
    _ = try? file.configuration()
    if let source = try? file.tokenizerSource() { _ = source.tokens.count + source.merges.count }
    for value in file.metadata.values {
        guard case .array(let array) = value else { continue }
        _ = try? array.strings()
        _ = try? array.integers()
    }
    for tensor in file.tensors {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: tensor.columns) { values in
            tensor.dequantize(row: 0, into: values)
            tensor.dequantize(row: tensor.rows - 1, into: values)
        }
    }
    return 0
}
