extension Section {
    /// A value that has a default.
    func read<Value>(_ key: String, _ kind: ScalarKind<Value>, default standard: Value) -> Value {
        let path = path.appending(key)
        guard let given = given(key) else {
            reading.record(path, kind.show(standard), .builtIn)
            return standard
        }
        return parsed(given, kind, path) ?? standard
    }

    /// A value that may be left out.
    /// - Parameter unset: what leaving it out means, to be shown; nil: nothing is shown.
    func read<Value>(_ key: String, _ kind: ScalarKind<Value>, unset: String?) -> Value? {
        let path = path.appending(key)
        guard let given = given(key) else {
            if let unset { reading.record(path, .unset(unset), .builtIn) }
            return nil
        }
        return parsed(given, kind, path)
    }

    /// A value that must be there.
    func read<Value>(_ key: String, _ kind: ScalarKind<Value>, required example: String) -> Value? {
        if let given = given(key) { return parsed(given, kind, path.appending(key)) }
        if !isGiven(key), !isSomethingElse {
            reading.complain(path.appending(key), origin, "is missing: write \(key): \(example)")
        }
        return nil
    }

    /// A list of single values.
    func list<Value>(_ key: String, _ kind: ScalarKind<Value>) -> [Value] {
        let path = path.appending(key)
        var shown: [String] = []
        let values = elements(key).enumerated().compactMap { index, node -> Value? in
            let place = path.appending(.item(index, name: nil))
            guard let given = text(of: node, place) else { return nil }
            do throws(Complaint) {
                let value = try kind.parse(given.text)
                if case .text(let text) = kind.show(value) { shown.append(text) }
                return value
            } catch {
                reading.complain(place, given.origin, error.message)
                return nil
            }
        }
        reading.record(path, .list(shown), isGiven(key) ? origin(of: key) : .builtIn)
        return values
    }

    private func parsed<Value>(_ given: Given, _ kind: ScalarKind<Value>, _ path: SettingPath) -> Value? {
        do {
            let value = try kind.parse(given.text)
            reading.record(path, kind.show(value), given.origin)
            return value
        } catch {
            reading.complain(path, given.origin, error.message)
            return nil
        }
    }
}
