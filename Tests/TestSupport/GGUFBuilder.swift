/// Writes GGUF files for tests, sound ones and, where a test breaks a field on purpose, unsound ones.
package struct GGUFBuilder: Sendable {
    package enum Value: Sendable {
        case uint8(UInt8), uint32(UInt32), uint64(UInt64), int32(Int32), float32(Float), bool(Bool), string(String)
        case strings([String]), int32s([Int32])
        /// Type number and bytes, as they shall stand in the file.
        case raw(type: UInt32, [UInt8])
    }

    package struct Tensor: Sendable {
        package var name: String
        /// ggml's number.
        package var type: UInt32
        /// Fastest first.
        package var shape: [UInt64]
        package var bytes: [UInt8]
        /// Relative to the data section; nil: after the tensor before.
        package var offset: UInt64?

        package init(name: String, type: UInt32, shape: [UInt64], bytes: [UInt8], offset: UInt64? = nil) {
            self.name = name
            self.type = type
            self.shape = shape
            self.bytes = bytes
            self.offset = offset
        }
    }

    package var version: UInt32 = 3
    /// In the order of the file.
    package var metadata: [(key: String, value: Value)] = []
    package var tensors: [Tensor] = []
    package var alignment = 32
    /// Counts that the file claims; nil: the true ones.
    package var claimedTensorCount: UInt64?
    package var claimedKeyCount: UInt64?

    package init() {}

    /// Sets a value, in place if the key is there already.
    package mutating func set(_ key: String, _ value: Value?) {
        let index = metadata.firstIndex { $0.key == key }
        switch (index, value) {
        case (let index?, let value?): metadata[index].value = value
        case (let index?, nil): metadata.remove(at: index)
        case (nil, let value?): metadata.append((key, value))
        case (nil, nil): break
        }
    }

    package func build() -> [UInt8] {
        var file = Array("GGUF".utf8)
        file.append(integer: version)
        file.append(integer: claimedTensorCount ?? UInt64(tensors.count))
        file.append(integer: claimedKeyCount ?? UInt64(metadata.count))
        for (key, value) in metadata {
            file.append(string: key)
            file.append(value)
        }
        var data: [UInt8] = []
        for tensor in tensors {
            file.append(string: tensor.name)
            file.append(integer: UInt32(tensor.shape.count))
            for size in tensor.shape { file.append(integer: size) }
            file.append(integer: tensor.type)
            file.append(integer: tensor.offset ?? UInt64(data.count))
            data += tensor.bytes
            data.pad(to: alignment)
        }
        file.pad(to: alignment)
        return file + data
    }
}

extension [UInt8] {
    package mutating func append(integer: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: integer.littleEndian) { append(contentsOf: $0) }
    }

    package mutating func append(string: String) {
        append(integer: UInt64(string.utf8.count))
        append(contentsOf: string.utf8)
    }

    fileprivate mutating func pad(to alignment: Int) {
        append(contentsOf: repeatElement(0, count: (alignment - count % alignment) % alignment))
    }

    fileprivate mutating func append(_ value: GGUFBuilder.Value) {
        switch value {
        case .uint8(let number): append(typed: 0, number)
        case .uint32(let number): append(typed: 4, number)
        case .int32(let number): append(typed: 5, number)
        case .float32(let number): append(typed: 6, number.bitPattern)
        case .bool(let truth): append(typed: 7, UInt8(truth ? 1 : 0))
        case .uint64(let number): append(typed: 10, number)
        case .string(let text):
            append(integer: UInt32(8))
            append(string: text)
        case .strings(let texts):
            appendArrayHead(of: 8, count: texts.count)
            for text in texts { append(string: text) }
        case .int32s(let numbers):
            appendArrayHead(of: 5, count: numbers.count)
            for number in numbers { append(integer: number) }
        case .raw(let type, let bytes):
            append(integer: type)
            append(contentsOf: bytes)
        }
    }

    private mutating func append(typed type: UInt32, _ number: some FixedWidthInteger) {
        append(integer: type)
        append(integer: number)
    }

    private mutating func appendArrayHead(of type: UInt32, count: Int) {
        append(integer: UInt32(9))
        append(integer: type)
        append(integer: UInt64(count))
    }
}
