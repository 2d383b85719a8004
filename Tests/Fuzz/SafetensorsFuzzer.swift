/// What libFuzzer calls with every input: reads a safetensors file, and every GPTQ matrix that seems to be in it.
///
/// The first byte chooses the matrix' parameters, the rest is the file. Errors are right answers; traps, reads out of
/// bounds, hangs and large allocations are findings.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSafetensors(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = UnsafeRawBufferPointer(start: start, count: count)
    guard let choice = input.first else { return 0 }
    guard let file = try? SafetensorsFile(contents: UnsafeRawBufferPointer(rebasing: input[1...])) else { return 0 }
    for tensor in file.tensors.values {
        precondition(tensor.elementCount * tensor.type.byteCount == tensor.bytes.count, "a shape that is no size")
        guard (try? tensor.checkIsFloat()) != nil, tensor.elementCount > 0 else { continue }
        _ = tensor.float(0) + tensor.float(tensor.elementCount - 1)
    }
    let parameters = GPTQParameters(
        bits: choice & 1 == 0 ? 4 : 8, groupSize: choice & 2 == 0 ? 32 : nil,
        ordersByActivation: choice & 4 == 0 ? nil : choice & 8 == 0, isSymmetric: choice & 16 == 0 ? nil : true,
        zeros: choice & 32 == 0 ? nil : choice & 64 == 0 ? .lessOne : .asTheyAre)
    for (name, codes) in file.tensors where name.hasSuffix(".qweight") && codes.shape.count == 2 {
        let columns = codes.shape[0].multipliedReportingOverflow(by: parameters.codesPerWord).partialValue
        guard (1...65_536).contains(columns), codes.shape[1] > 0 else { continue }
        let module = String(name.dropLast(".qweight".count))
        guard
            let tensor = try? GPTQTensor(
                module, file.tensors, rows: codes.shape[1], columns: columns, parameters)
        else { continue }
        if let order = tensor.columnOrder {
            precondition(order.sorted() == (0..<Int32(columns)).map { $0 }, "an order that is no permutation")
        }
        withUnsafeTemporaryAllocation(of: Float.self, capacity: columns) { values in
            tensor.dequantize(row: 0, into: values)
            tensor.dequantize(row: tensor.rows - 1, into: values)
        }
    }
    return 0
}
