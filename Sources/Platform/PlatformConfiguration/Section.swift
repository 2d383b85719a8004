import Yams

/// One mapping of the file while it is read. A section knows the keys that it was asked for, so that what remains can
/// be refused with the nearest of them; the code that reads is the schema.
final class Section {
    let reading: Reading
    private(set) var path: SettingPath
    /// Where the mapping begins, or its parent where it is left out.
    let origin: SettingOrigin
    /// Whether the file has this section.
    let isPresent: Bool
    /// Whether something else stands where the mapping should be; that is said once, and nothing is missed in it.
    private(set) var isSomethingElse = false
    private var entries: [String: Entry] = [:]
    private var order: [String] = []
    private var asked: [String] = []

    struct Entry {
        var key: SettingOrigin
        var node: Node
    }

    /// - Parameter node: anything; what is no mapping is complained about and counts as empty.
    init(_ reading: Reading, _ path: SettingPath, node: Node?, parent: SettingOrigin) {
        self.reading = reading
        self.path = path
        origin = node.map { reading.place(of: $0.mark) } ?? parent
        guard let node, !node.isNothing else {
            isPresent = false
            return
        }
        isPresent = true
        guard case .mapping(let mapping) = node else {
            isSomethingElse = true
            reading.complain(path, origin, "must hold keys and values, as in key: value")
            return
        }
        complain(aboutTagOf: node, at: path)
        for (key, value) in mapping { add(key, value) }
    }

    private func add(_ key: Node, _ value: Node) {
        let place = reading.place(of: key.mark)
        guard case .scalar(let scalar) = key else {
            return reading.complain(path, place, "a key must be a single word")
        }
        let name = reading.originalKey(scalar.string)
        if case .file(_, let line, _)? = entries[name]?.key {
            reading.complain(path.appending(name), place, "is there already, on line \(line): remove one of them")
        } else {
            entries[name] = Entry(key: place, node: value)
            order.append(name)
        }
    }

    /// Says how an element of a list is called, once that is known.
    func rename(_ path: SettingPath) { self.path = path }

    // MARK: What is there

    /// Keys in the order of the file.
    var keys: [String] { order }

    func ask(_ key: String) {
        if !asked.contains(key) { asked.append(key) }
        reading.know(path.appending(key))
    }

    /// The node of a key, and that the key is known.
    func node(_ key: String) -> Node? {
        ask(key)
        guard let node = entries[key]?.node else { return nil }
        complain(aboutTagOf: node, at: path.appending(key))
        return node
    }

    /// A single value: the flag's, the environment's or the file's.
    func given(_ key: String) -> Given? {
        let node = node(key)
        return reading.override(of: path.appending(key)) ?? node.flatMap { text(of: $0, path.appending(key)) }
    }

    /// A single value of a key that may hold a list or a mapping instead.
    func word(_ key: String) -> Given? {
        let node = node(key)
        if let override = reading.override(of: path.appending(key)) { return override }
        guard let node, case .scalar(let scalar) = node, !node.isNothing else { return nil }
        return Given(text: scalar.string, origin: reading.place(of: node.mark))
    }

    /// Whether anybody set the key.
    func isGiven(_ key: String) -> Bool {
        ask(key)
        return entries[key] != nil || reading.peekOverride(of: path.appending(key)) != nil
    }

    func section(_ key: String) -> Section {
        Section(reading, path.appending(key), node: node(key), parent: origin)
    }

    /// The text of a node that must be a single value.
    func text(of node: Node, _ path: SettingPath) -> Given? {
        let place = reading.place(of: node.mark)
        guard case .scalar(let scalar) = node else {
            reading.complain(path, place, "must be a single value")
            return nil
        }
        guard !node.isNothing else {
            reading.complain(path, place, "has no value: give one, or remove the key")
            return nil
        }
        return Given(text: scalar.string, origin: place)
    }

    /// The nodes of a key that must be a list.
    func elements(_ key: String) -> [Node] {
        guard let node = node(key), !node.isNothing else { return [] }
        guard case .sequence(let sequence) = node else {
            complain(key, "must be a list, as in [first, second]")
            return []
        }
        guard sequence.count <= Limits.listElements else {
            complain(key, "has \(sequence.count) elements; \(Limits.listElements) are the most")
            return []
        }
        return Array(sequence)
    }

    // MARK: What is wrong

    /// Where the value of a key comes from.
    func origin(of key: String) -> SettingOrigin {
        if let given = reading.peekOverride(of: path.appending(key)) { return given.origin }
        return entries[key].map { reading.place(of: $0.node.mark) } ?? origin
    }

    func complain(_ key: String, _ message: String) {
        reading.complain(path.appending(key), origin(of: key), message)
    }

    /// A key that is known, and that cannot be used here.
    func refuse(_ key: String, _ message: String) {
        let override = reading.override(of: path.appending(key))
        guard isGiven(key) else { return }
        reading.complain(path.appending(key), override?.origin ?? entries[key]?.key ?? origin, message)
    }

    /// A key that this version knows by name only; it is no part of the schema.
    func refuseUnsupported(_ key: String, _ message: String) {
        guard let entry = entries[key] else { return }
        asked.append(key)
        reading.complain(path.appending(key), entry.key, message)
    }

    /// Refuses what nobody asked for.
    func finish() {
        for key in order where !asked.contains(key) {
            let message =
                key == "<<"
                ? "merge keys are not supported: write the values out"
                : "unknown key: \(NearestName.suggestion(for: key, in: asked))"
            reading.complain(path.appending(key), entries[key]?.key ?? origin, message)
        }
    }

    private func complain(aboutTagOf node: Node, at path: SettingPath) {
        let tag: String
        switch node {
        case .scalar(let scalar): tag = scalar.tag.description
        case .mapping(let mapping): tag = mapping.tag.description
        case .sequence(let sequence): tag = sequence.tag.description
        case .alias: return
        }
        if !tag.isEmpty, tag != "!", !tag.hasPrefix("tag:yaml.org,2002:") {
            reading.complain(path, reading.place(of: node.mark), "the tag \(quoted(tag)) means nothing here: remove it")
        }
    }
}

extension Node {
    /// `key:` with nothing behind it, or YAML's words for nothing.
    var isNothing: Bool {
        guard case .scalar(let scalar) = self, scalar.style == .plain || scalar.style == .any else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }
}
