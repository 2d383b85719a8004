/// Typed access to metadata. A key that is absent gives nil; a value of another type or out of range is an error.
extension [String: GGUFValue] {
    func integer(_ key: String, in range: ClosedRange<Int>) throws(CheckpointError) -> Int? {
        let integer: Int?
        switch self[key] {
        case nil: return nil
        case .unsigned(let value): integer = Int(exactly: value)
        case .signed(let value): integer = Int(value)
        default: throw CheckpointError(.invalidMetadata, "\(key) is not an integer")
        }
        guard let integer, range.contains(integer) else {
            let shown = integer.map(String.init) ?? "too large"
            throw CheckpointError(
                .invalidMetadata, "\(key) is \(shown), outside \(range.lowerBound) ... \(range.upperBound)")
        }
        return integer
    }

    func requiredInteger(_ key: String, in range: ClosedRange<Int>) throws(CheckpointError) -> Int {
        guard let value = try integer(key, in: range) else { throw missing(key) }
        return value
    }

    /// A finite positive number.
    func positiveReal(_ key: String) throws(CheckpointError) -> Float? {
        switch self[key] {
        case nil: return nil
        case .real(let value) where Float(value).isFinite && Float(value) > 0: return Float(value)
        default: throw CheckpointError(.invalidMetadata, "\(key) is not a positive finite number")
        }
    }

    func boolean(_ key: String) throws(CheckpointError) -> Bool? {
        switch self[key] {
        case nil: return nil
        case .boolean(let value): return value
        default: throw CheckpointError(.invalidMetadata, "\(key) is not a truth value")
        }
    }

    func string(_ key: String) throws(CheckpointError) -> String? {
        switch self[key] {
        case nil: return nil
        case .string(let value): return value
        default: throw CheckpointError(.invalidMetadata, "\(key) is not a string")
        }
    }

    func array(_ key: String) throws(CheckpointError) -> GGUFArray? {
        switch self[key] {
        case nil: return nil
        case .array(let value): return value
        default: throw CheckpointError(.invalidMetadata, "\(key) is not an array")
        }
    }

    func missing(_ key: String) -> CheckpointError {
        CheckpointError(.missingMetadata, "the file has no \(key): it is no complete model, convert it again")
    }
}
