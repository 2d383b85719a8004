import Dispatch

// The reference model's inner loops. They use vectors of four, which every instruction set has, and all cores, so that
// a test need not wait for minutes; the order of additions is nobody's promise.

/// Runs `body` for every index below `count` on all cores. Calls with different indices must write to different places.
private func inParallel(_ count: Int, _ body: (Int) -> Void) {
    withoutActuallyEscaping(body) { body in
        // Safe by the contract above, and because no call outlives concurrentPerform.
        nonisolated(unsafe) let body = body
        DispatchQueue.concurrentPerform(iterations: count) { body($0) }
    }
}

/// [rows][columns], every row written by a call of `fill`; calls run in parallel. Rows start as zeros.
func filledConcurrently(
    rows: Int, columns: Int, _ fill: (_ row: Int, UnsafeMutableBufferPointer<Float>) -> Void
) -> [Float] {
    [Float](unsafeUninitializedCapacity: rows * columns) { values, count in
        values.initialize(repeating: 0)
        inParallel(rows) { row in
            fill(row, UnsafeMutableBufferPointer(rebasing: values[row * columns..<(row + 1) * columns]))
        }
        count = rows * columns
    }
}

/// Every row of `weights`, [rows][columns], times every row of `x`, [tokens][columns]: [tokens][rows].
///
/// Blocks of rows and tokens that fit into caches near the core are multiplied at once.
func multiplied(_ weights: [Float], rows: Int, columns: Int, by x: [Float]) -> [Float] {
    let tokens = x.count / columns
    let rowBlock = 64, tokenBlock = 16
    return [Float](unsafeUninitializedCapacity: tokens * rows) { y, count in
        weights.withUnsafeBufferPointer { weights in
            x.withUnsafeBufferPointer { x in
                inParallel((rows + rowBlock - 1) / rowBlock) { block in
                    let blockRows = block * rowBlock..<min(rows, (block + 1) * rowBlock)
                    for firstToken in stride(from: 0, to: tokens, by: tokenBlock) {
                        let blockTokens = firstToken..<min(tokens, firstToken + tokenBlock)
                        multiplyBlock(weights, x, blockRows, blockTokens, columns, rows, y)
                    }
                }
            }
        }
        count = tokens * rows
    }
}

/// Four rows by two tokens at a time: each vector that is loaded serves two or four products. Where rows or tokens run
/// out, the last one is computed several times.
private func multiplyBlock(
    _ weights: UnsafeBufferPointer<Float>, _ x: UnsafeBufferPointer<Float>, _ rowRange: Range<Int>,
    _ tokenRange: Range<Int>, _ columns: Int, _ rows: Int, _ y: UnsafeMutableBufferPointer<Float>
) {
    guard let weights = weights.baseAddress, let x = x.baseAddress else { return }
    for row in stride(from: rowRange.lowerBound, to: rowRange.upperBound, by: 4) {
        func at(_ offset: Int) -> Int { min(row + offset, rowRange.upperBound - 1) }
        let w0 = weights + at(0) * columns, w1 = weights + at(1) * columns
        let w2 = weights + at(2) * columns, w3 = weights + at(3) * columns
        for token in stride(from: tokenRange.lowerBound, to: tokenRange.upperBound, by: 2) {
            let next = min(token + 1, tokenRange.upperBound - 1)
            let xa = x + token * columns, xb = x + next * columns
            var a0 = SIMD4<Float>(), a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0
            for column in stride(from: 0, to: columns & ~3, by: 4) {
                let va = four(xa + column), vb = four(xb + column)
                let v0 = four(w0 + column), v1 = four(w1 + column), v2 = four(w2 + column), v3 = four(w3 + column)
                a0 += v0 * va
                a1 += v1 * va
                a2 += v2 * va
                a3 += v3 * va
                b0 += v0 * vb
                b1 += v1 * vb
                b2 += v2 * vb
                b3 += v3 * vb
            }
            var a = SIMD4(a0.sum(), a1.sum(), a2.sum(), a3.sum())
            var b = SIMD4(b0.sum(), b1.sum(), b2.sum(), b3.sum())
            for column in columns & ~3..<columns {
                let w = SIMD4(w0[column], w1[column], w2[column], w3[column])
                a += w * xa[column]
                b += w * xb[column]
            }
            for offset in 0..<4 {
                y[token * rows + at(offset)] = a[offset]
                y[next * rows + at(offset)] = b[offset]
            }
        }
    }
}

/// The inner product of two vectors of equal length.
func dot(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> Float {
    a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
            guard let pa = a.baseAddress, let pb = b.baseAddress else { return 0 }
            var low = SIMD4<Float>(), high = low
            let whole = a.count & ~7
            for index in stride(from: 0, to: whole, by: 8) {
                low += four(pa + index) * four(pb + index)
                high += four(pa + index + 4) * four(pb + index + 4)
            }
            var sum = (low + high).sum()
            for index in whole..<a.count { sum += pa[index] * pb[index] }
            return sum
        }
    }
}

/// y += factor · x
func addProduct(_ factor: Float, _ x: ArraySlice<Float>, to y: UnsafeMutableBufferPointer<Float>) {
    x.withUnsafeBufferPointer { x in
        for index in x.indices { y[index] += factor * x[index] }
    }
}

@inline(__always)
private func four(_ pointer: UnsafePointer<Float>) -> SIMD4<Float> {
    UnsafeRawPointer(pointer).loadUnaligned(as: SIMD4<Float>.self)
}
