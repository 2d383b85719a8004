import CKernels

extension GPTQTensor: WeightTensor {
    func format(order: [Int32]?) -> pk_format? {
        guard order == columnOrder else { return nil }
        let isWide = groupSize % PK_WIDE == 0 && columns % PK_WIDE == 0
        if parameters.bits == 8 { return isSymmetric ? PK_Q8_SYM : PK_Q8_ZERO }
        if isSymmetric { return isWide ? PK_Q4_SYM_128 : PK_Q4_SYM }
        return isWide ? PK_Q4_ZERO_128 : PK_Q4_ZERO
    }

    func pack(rows: [Int], order: [Int32]?, into group: UnsafeMutablePointer<UInt8>) {
        guard let format = format(order: order) else { return }
        let blocks = columns / PK_BLOCK
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2 * PK_ROWS * columns) { bytes in
            withUnsafeTemporaryAllocation(of: UInt16.self, capacity: 2 * PK_ROWS * blocks) { halves in
                guard let unpacked = bytes.baseAddress, let scales = halves.baseAddress else { return }
                let arranged = unpacked + PK_ROWS * columns, zeros = scales + PK_ROWS * blocks
                unpack(rows, into: unpacked)
                if let order { arrange(unpacked, order, into: arranged) }
                writeScales(rows, scales, zeros)
                let lanes = (0..<PK_ROWS).map { lane in
                    pk_code_row(
                        codes: (order == nil ? unpacked : arranged) + lane * columns, scales: scales + lane * blocks,
                        zeros: zeros + lane * blocks)
                }
                lanes.withUnsafeBufferPointer { lanes in
                    let sources = rows.indices.map { rows[$0] < 0 ? nil : lanes.baseAddress?.advanced(by: $0) }
                    pk_pack_codes(format, sources, columns, group)
                }
            }
        }
    }

    /// One byte for each code, [lane][input]. Rows that follow each other are read a cache line at a time.
    private func unpack(_ lanes: [Int], into output: UnsafeMutablePointer<UInt8>) {
        let perWord = parameters.codesPerWord, isNibbles = parameters.bits == 4
        let offsets = lanes.map { max(0, $0) * 4 }
        guard let base = codes.bytes.baseAddress else { return }
        offsets.withUnsafeBufferPointer { offsets in
            for word in 0..<columns / perWord {
                let line = base + word * rows * 4
                for lane in 0..<PK_ROWS {
                    let packed = UInt32(littleEndian: (line + offsets[lane]).loadUnaligned(as: UInt32.self))
                    let target = UnsafeMutableRawPointer(output + lane * columns + word * perWord)
                    if isNibbles {
                        target.storeBytes(of: Self.spread(packed).littleEndian, as: UInt64.self)
                    } else {
                        target.storeBytes(of: packed.littleEndian, as: UInt32.self)
                    }
                }
            }
        }
    }

    /// Eight nibbles as eight bytes, the lowest first.
    private static func spread(_ word: UInt32) -> UInt64 {
        var spread = UInt64(word)
        spread = (spread | spread << 16) & 0x0000_FFFF_0000_FFFF
        spread = (spread | spread << 8) & 0x00FF_00FF_00FF_00FF
        return (spread | spread << 4) & 0x0F0F_0F0F_0F0F_0F0F
    }

    private func arrange(
        _ source: UnsafeMutablePointer<UInt8>, _ order: [Int32], into output: UnsafeMutablePointer<UInt8>
    ) {
        order.withUnsafeBufferPointer { order in
            for lane in 0..<PK_ROWS {
                let from = source + lane * columns, to = output + lane * columns
                for place in 0..<columns { to[place] = from[Int(order[place])] }
            }
        }
    }

    /// Scales and zeros of each 32 inputs, [lane][block].
    private func writeScales(
        _ lanes: [Int], _ scales: UnsafeMutablePointer<UInt16>, _ zeros: UnsafeMutablePointer<UInt16>
    ) {
        let blocks = columns / PK_BLOCK
        for (lane, row) in lanes.enumerated() where row >= 0 {
            for block in 0..<blocks {
                let group = block * PK_BLOCK / groupSize
                scales[lane * blocks + block] = Float16(scale(group: group, row: row)).bitPattern
                zeros[lane * blocks + block] = UInt16(zero(group: group, row: row))
            }
        }
    }
}
