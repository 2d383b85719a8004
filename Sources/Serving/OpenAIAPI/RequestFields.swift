/// One JSON object of a request, read field by field with errors that name the field and its rule.
///
/// The synthesised `Decodable` would answer "The data couldn't be read because it isn't in the correct format".
/// Null counts as absent, as OpenAI's clients mean it.
struct RequestFields {
    private let container: KeyedDecodingContainer<FieldName>

    init(_ decoder: any Decoder) throws(APIError) {
        do {
            container = try decoder.container(keyedBy: FieldName.self)
        } catch {
            let path = Self.path(decoder.codingPath)
            throw path.isEmpty
                ? APIError(.invalidValue, "The request body must be a JSON object.")
                : .invalid(path, "must be an object")
        }
    }

    func path(_ name: String) -> String { Self.path(container.codingPath + [FieldName(name)]) }

    func has(_ name: String) -> Bool {
        (try? container.decodeNil(forKey: FieldName(name))) == false
    }

    /// nil when the field is absent; any other failure is the caller's mistake, described by `rule`.
    func value<Value: Decodable>(_ name: String, _: Value.Type, _ rule: String) throws(APIError) -> Value? {
        guard has(name) else { return nil }
        do {
            return try container.decode(Value.self, forKey: FieldName(name))
        } catch let error as APIError {
            throw error
        } catch {
            throw .invalid(path(name), rule)
        }
    }

    func string(_ name: String) throws(APIError) -> String? {
        try value(name, String.self, "must be a string")
    }

    func boolean(_ name: String) throws(APIError) -> Bool? {
        try value(name, Bool.self, "must be true or false")
    }

    func number(_ name: String, _ rule: String, where holds: (Double) -> Bool) throws(APIError) -> Double? {
        guard let number = try value(name, Double.self, rule) else { return nil }
        guard holds(number) else { throw .invalid(path(name), "\(rule), but is \(number)") }
        return number
    }

    func integer(_ name: String, _ rule: String, where holds: (Int) -> Bool = { _ in true }) throws(APIError) -> Int? {
        guard let integer = try value(name, Int.self, rule) else { return nil }
        guard holds(integer) else { throw .invalid(path(name), "\(rule), but is \(integer)") }
        return integer
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.reduce(into: "") { path, key in
            if let index = key.intValue {
                path += "[\(index)]"
            } else {
                path += path.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
    }
}

/// Any name of a field, so that objects can be read without a list of their fields.
struct FieldName: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(_ name: String) {
        stringValue = name
        intValue = nil
    }

    init(stringValue: String) { self.init(stringValue) }

    init(intValue: Int) {
        stringValue = String(intValue)
        self.intValue = intValue
    }
}
