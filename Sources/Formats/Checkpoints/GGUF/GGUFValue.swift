/// A metadata value of a GGUF file.
package enum GGUFValue: Sendable {
    case unsigned(UInt64)
    case signed(Int64)
    case real(Double)
    case boolean(Bool)
    case string(String)
    case array(GGUFArray)
}

/// The format's numbers for the types of metadata values.
package enum GGUFValueType: UInt32, Sendable {
    case uint8 = 0, int8, uint16, int16, uint32, int32, float32, bool, string, array, uint64, int64, float64

    /// Bytes of one element; nil for those whose size varies.
    var byteCount: Int? {
        switch self {
        case .uint8, .int8, .bool: 1
        case .uint16, .int16: 2
        case .uint32, .int32, .float32: 4
        case .uint64, .int64, .float64: 8
        case .string, .array: nil
        }
    }
}

/// A metadata array, left where it lies in the file: vocabularies have 128,000 strings that most callers never ask for.
///
/// The elements have been walked once, so that all lengths are known to stay inside `bytes`.
package struct GGUFArray: @unchecked Sendable {
    package let elementType: GGUFValueType
    package let count: Int
    // Read-only memory that `owner` keeps alive.
    let bytes: UnsafeRawBufferPointer
    let owner: MappedFile
    let key: String

    /// The elements as text, or an error if they are no strings or not UTF-8.
    package func strings() throws(CheckpointError) -> [String] {
        guard elementType == .string else {
            throw CheckpointError(.invalidMetadata, "\(quoted(key)) holds \(elementType) values, not strings")
        }
        var reader = ByteReader(bytes)
        var strings: [String] = []
        strings.reserveCapacity(count)
        for index in 0..<count {
            let text = try reader.stringBytes(limit: Limits.stringBytes, "\(quoted(key))[\(index)]")
            guard let string = String(validating: text, as: UTF8.self) else {
                throw CheckpointError(.invalidMetadata, "\(quoted(key))[\(index)] is not valid UTF-8")
            }
            strings.append(string)
        }
        return strings
    }

    /// The elements as integers, or an error if they are of another type.
    package func integers() throws(CheckpointError) -> [Int64] {
        guard let size = elementType.byteCount, elementType != .float32, elementType != .float64 else {
            throw CheckpointError(.invalidMetadata, "\(quoted(key)) holds \(elementType) values, not integers")
        }
        var integers: [Int64] = []
        integers.reserveCapacity(count)
        for index in 0..<count { integers.append(integer(at: index * size)) }
        return integers
    }

    private func integer(at offset: Int) -> Int64 {
        switch elementType {
        case .uint8, .bool: Int64(bytes[offset])
        case .int8: Int64(bytes.loadUnaligned(fromByteOffset: offset, as: Int8.self))
        case .uint16: Int64(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
        case .int16: Int64(Int16(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int16.self)))
        case .uint32: Int64(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        case .int32: Int64(Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self)))
        default: Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int64.self))
        }
    }
}
