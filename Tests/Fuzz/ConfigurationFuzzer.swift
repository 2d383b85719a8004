/// What libFuzzer calls with every input: reads config.json and, behind a byte of zero, quantize_config.json.
///
/// Errors are right answers; traps, hangs and large allocations are findings, and so is a shape that contradicts
/// itself.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzConfiguration(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = UnsafeRawBufferPointer(start: start, count: count)
    let parts = input.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    let config = UnsafeRawBufferPointer(rebasing: parts[0])
    let quantization = parts.count > 1 ? UnsafeRawBufferPointer(rebasing: parts[1]) : nil
    guard let (shape, gptq) = try? HuggingFaceShape.read(config, quantization: quantization) else { return 0 }
    do {
        try shape.validate()
    } catch {
        preconditionFailure("a shape that an image refuses: \(shape)")
    }
    precondition(gptq.map { [4, 8].contains($0.bits) && $0.groupSize ?? 32 >= 32 } ?? true, "no GPTQ of ours")
    return 0
}
