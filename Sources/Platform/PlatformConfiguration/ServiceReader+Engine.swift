extension ServiceReader {
    /// What runs.
    /// - Parameter isCertain: whether the file says which engine it is; if not, keys of others are left alone.
    func readEngine(_ word: EngineWord, isCertain: Bool) -> ServiceConfiguration.Engine? {
        if isCertain {
            let others: [String] =
                switch word {
                case .native: ["command", "url", "key"]
                case .command: ["model", "url", "key"]
                case .url: ["command"]
                }
            for key in others {
                section.refuse(key, "has no effect with engine: \(word.rawValue): remove it, or name another engine")
            }
        } else {
            for key in ["model", "command", "url", "key"] { section.ask(key) }
            return nil
        }
        switch word {
        case .native:
            return section.read("model", .path, required: "NAME, as `pronk model list` has it, or a path")
                .map { .native(model: $0.contains("/") ? section.reading.resolve($0) : $0) }
        case .command: return readCommand().map { .command($0) }
        case .url: return readRemote()
        }
    }

    /// A list of words, or one line that is split.
    private func readCommand() -> [String]? {
        guard let node = section.node("command"), !node.isNothing else {
            let message = "is missing: write command: [program, --port, \"{port}\"]"
            section.reading.complain(section.path.appending("command"), section.origin(of: "command"), message)
            return nil
        }
        var words: [String] = []
        if case .scalar(let scalar) = node {
            do {
                words = try Words.split(scalar.string)
            } catch {
                section.complain("command", error.message)
                return nil
            }
            section.reading.record(
                section.path.appending("command"), .list(words), section.origin(of: "command"))
        } else {
            words = section.list("command", .argument)
            guard words.count == section.elements("command").count else { return nil }
        }
        guard let program = words.first, !program.isEmpty else {
            section.complain("command", "names no program: write command: [program, --port, \"{port}\"]")
            return nil
        }
        return words
    }

    private func readRemote() -> ServiceConfiguration.Engine? {
        let url = section.read("url", .remoteAddress, required: "https://api.example.com/v1")
        let key = readKey()
        let model = section.read("model", .path, unset: "the service's name")
        return url.map { .url($0, key: key, modelName: model) }
    }

    /// Where the key is found; the key itself never stands in the file.
    private func readKey() -> ServiceConfiguration.Secret? {
        let ways = "write key: { env: NAME } or key: { file: PATH }"
        if let node = section.node("key"), case .scalar = node, !node.isNothing {
            // What stands there may be the key: it is not repeated.
            section.complain("key", "a secret has no place in this file: \(ways), and make a new one if it was shared")
            return nil
        }
        let section = section.section("key")
        let variable = section.read("env", .variable, unset: nil)
        let file = section.read("file", .path, unset: nil)
        section.finish()
        switch (variable, file) {
        case (let variable?, nil): return .environment(variable)
        case (nil, let file?): return .file(section.reading.resolve(file))
        case (nil, nil):
            if section.isPresent, section.keys.isEmpty { section.complain("env", "is missing: \(ways)") }
            return nil
        case (.some, .some):
            section.complain("file", "stands beside env: remove one of them")
            return nil
        }
    }
}

extension ScalarKind where Value == String {
    static let remoteAddress = text { text throws(Complaint) in try RemoteAddress.check(text) }

    /// The name of a variable that holds a secret. Somebody may have written the secret itself: it is not repeated.
    static let variable = text { text throws(Complaint) in
        do {
            try EnvironmentVariable.checkName(text)
        } catch {
            throw Complaint("is no name of a variable: use letters, digits and _, as in OPENAI_API_KEY")
        }
    }
}
