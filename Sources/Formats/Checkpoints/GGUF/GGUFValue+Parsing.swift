extension ByteReader {
    /// One metadata value of the type that the file announced.
    mutating func value(_ type: GGUFValueType, key: String, owner: MappedFile) throws(CheckpointError) -> GGUFValue {
        let what = "the value of \(quoted(key))"
        switch type {
        case .uint8: return .unsigned(UInt64(try integer(UInt8.self, what)))
        case .uint16: return .unsigned(UInt64(try integer(UInt16.self, what)))
        case .uint32: return .unsigned(UInt64(try integer(UInt32.self, what)))
        case .uint64: return .unsigned(try integer(UInt64.self, what))
        case .int8: return .signed(Int64(try integer(Int8.self, what)))
        case .int16: return .signed(Int64(try integer(Int16.self, what)))
        case .int32: return .signed(Int64(try integer(Int32.self, what)))
        case .int64: return .signed(try integer(Int64.self, what))
        case .float32: return .real(Double(Float(bitPattern: try integer(UInt32.self, what))))
        case .float64: return .real(Double(bitPattern: try integer(UInt64.self, what)))
        case .bool:
            let byte = try integer(UInt8.self, what)
            guard byte <= 1 else { throw CheckpointError(.malformed, "\(what) is \(byte), which is no truth value") }
            return .boolean(byte == 1)
        case .string:
            return .string(String(decoding: try stringBytes(limit: Limits.stringBytes, what), as: UTF8.self))
        case .array:
            return .array(try array(key: key, owner: owner))
        }
    }

    /// The type number that stands before a value.
    mutating func valueType(key: String) throws(CheckpointError) -> GGUFValueType {
        let number = try integer(UInt32.self, "the type of \(quoted(key))")
        guard let type = GGUFValueType(rawValue: number) else {
            throw CheckpointError(.malformed, "\(quoted(key)) has the unknown value type \(number)")
        }
        return type
    }

    private mutating func array(key: String, owner: MappedFile) throws(CheckpointError) -> GGUFArray {
        let what = "the array \(quoted(key))"
        let type = try valueType(key: key)
        let count = try integer(UInt64.self, what)
        guard type != .array else {
            throw CheckpointError(.malformed, "\(what) holds arrays; nested arrays are not supported")
        }
        guard count <= UInt64(Limits.arrayElements) else {
            throw CheckpointError(
                .limitExceeded, "\(what) claims \(count) elements, more than the limit of \(Limits.arrayElements)")
        }
        let start = offset
        if let size = type.byteCount {
            // Cannot overflow: the count is limited and the size at most 8.
            _ = try take(count * UInt64(size), what)
        } else {
            for index in 0..<count { _ = try stringBytes(limit: Limits.stringBytes, "\(quoted(key))[\(index)]") }
        }
        let elements = UnsafeRawBufferPointer(rebasing: bytes[start..<offset])
        return GGUFArray(elementType: type, count: Int(count), bytes: elements, owner: owner, key: key)
    }
}
