/// Reads one element of `services:`.
struct ServiceReader {
    let section: Section
    let name: String

    enum EngineWord: String, CaseIterable {
        case native, command, url
    }

    private enum Driver: String, CaseIterable {
        case process
    }

    /// nil if what runs is not clear; then there is a finding.
    func read() -> ServiceConfiguration? {
        section.ask("name")
        section.reading.record(section.path.appending("name"), .text(name), section.origin(of: "name"))
        let useCommand = "it runs as engine: command, with its own command line in command"
        let word: EngineWord? = section.read(
            "engine",
            .word(refused: [
                "vllm": "vllm is not an engine of its own in this version: \(useCommand)",
                "llama-server": "llama-server is not an engine of its own in this version: \(useCommand)",
            ]), required: "native, command or url")
        // Without an engine, what is left is read as a native one's, so that mistakes there are found too.
        let engine = readEngine(word ?? .native, isCertain: word != nil)
        var service = ServiceConfiguration(name: name, engine: engine ?? .native(model: name))
        let isRemote = word == .url
        readDriver(isRemote: isRemote)
        service.resources = readResources(isRemote: isRemote)
        service.scale = ScaleReader(section: section.section("scale")).read(isRemote: isRemote)
        service.health = readHealth(isRemote: isRemote)
        service.defaults = readDefaults()
        service.price = readPrice(isRemote: isRemote)
        service.environment = readEnvironment(isRemote: isRemote)
        service.arguments = readArguments(word)
        service.sharesPrefixCache = readSharedPrefixCache(word)
        section.refuseUnsupported("activity", "is not in this version: remove it")
        section.finish()
        return engine == nil ? nil : service
    }

    private func readDriver(isRemote: Bool) {
        if isRemote { return section.refuse("driver", Self.remote) }
        _ = section.read(
            "driver",
            .word(refused: [
                "container": "containers are not in this version: write process",
                "kubernetes": "Kubernetes is not in this version: write process",
            ]), default: Driver.process)
    }

    private func readResources(isRemote: Bool) -> ResourceNeeds {
        if isRemote { section.refuse("resources", Self.remote) }
        let section = section.section("resources")
        section.refuseUnsupported("gpus", "is not in this version: remove it")
        if isRemote {
            section.refuse(["cores", "memory"], isRemote: true)
            return ResourceNeeds()
        }
        let cores = section.read("cores", .number(Limits.cores), unset: "estimated")
        let memory = section.read("memory", .size(Limits.memoryBytes), unset: "estimated")
        section.finish()
        return ResourceNeeds(cores: cores, memoryBytes: memory)
    }

    private func readHealth(isRemote: Bool) -> HealthSettings {
        let section = section.section("health")
        var health = HealthSettings()
        // A remote API has no health page of ours; every OpenAI API lists its models.
        if isRemote { health.path = "/v1/models" }
        health.path = section.read("path", .urlPath, default: health.path)
        if isRemote {
            section.refuse(["keepsAwake"], isRemote: true)
        } else {
            health.keepsAwake = section.read("keepsAwake", .flag, default: health.keepsAwake)
        }
        section.finish()
        return health
    }

    private func readDefaults() -> GenerationDefaults {
        let section = section.section("defaults")
        var defaults = GenerationDefaults()
        defaults.maxTokens = section.read(
            "max_tokens", .integer(Limits.maxTokens), default: defaults.maxTokens ?? Limits.maxTokens.upperBound)
        defaults.temperature = section.read("temperature", .number(Limits.temperature), unset: "the engine's")
        defaults.topP = section.read("top_p", .number(Limits.topP, excludesLowerBound: true), unset: "the engine's")
        section.finish()
        return defaults
    }

    private func readPrice(isRemote: Bool) -> Price? {
        if isRemote { section.refuse("price", Self.remote) }
        let section = section.section("price")
        if isRemote {
            section.refuse(["perInstanceHour", "currency"], isRemote: true)
            return nil
        }
        guard section.isPresent || section.isGiven("perInstanceHour") || section.isGiven("currency") else {
            // Asked for, so that they are known.
            for key in ["perInstanceHour", "currency"] { _ = section.given(key) }
            return nil
        }
        let amount = section.read("perInstanceHour", .number(Limits.price), required: "2.83")
        let currency = section.read("currency", .currency, required: "CNY")
        section.finish()
        guard let amount, let currency else { return nil }
        return Price(perInstanceHour: amount, currency: currency)
    }

    private func readEnvironment(isRemote: Bool) -> [String: String] {
        if isRemote {
            section.refuse("environment", Self.remote)
            return [:]
        }
        let section = section.section("environment")
        var environment: [String: String] = [:]
        for key in section.keys {
            guard let node = section.node(key) else { continue }
            do throws(Complaint) {
                try EnvironmentVariable.checkName(key)
                guard !EnvironmentVariable.ours.contains(key) else {
                    throw Complaint("is set by Pronk for every instance: remove it")
                }
            } catch {
                section.complain(key, error.message)
                continue
            }
            guard let given = section.text(of: node, section.path.appending(key)) else { continue }
            guard !given.text.utf8.contains(0), given.text.utf8.count <= Limits.textBytes else {
                section.complain(key, "holds a zero byte or more than \(Limits.textBytes) bytes")
                continue
            }
            environment[key] = given.text
            // A value may be a password.
            section.reading.record(section.path.appending(key), .hidden, given.origin)
        }
        return environment
    }

    private func readArguments(_ engine: EngineWord?) -> [String] {
        guard engine != .command, engine != .url else {
            section.refuse(
                "arguments", engine == .url ? Self.remote : "has no effect with engine: command: write it in command")
            return []
        }
        return section.list("arguments", .argument)
    }

    private func readSharedPrefixCache(_ engine: EngineWord?) -> Bool {
        guard engine != .command, engine != .url else {
            section.refuse("sharedPrefixCache", "has an effect with engine: native alone: remove it")
            return false
        }
        return section.read("sharedPrefixCache", .flag, default: false)
    }

    /// Why a key is refused for a service whose instances are not ours.
    static let remote = "has no effect with engine: url, whose instances are not ours to start or stop: remove it"
}

extension Section {
    func refuse(_ keys: [String], isRemote: Bool) {
        for key in keys { refuse(key, ServiceReader.remote) }
    }
}

extension ScalarKind where Value == String {
    static let urlPath = text { path throws(Complaint) in
        let isPlain = path.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") }
        guard path.hasPrefix("/"), isPlain else {
            throw Complaint("\(quoted(path)) is no path: begin with / and write blanks as %20, as in /healthz")
        }
    }

    static let currency = text { code throws(Complaint) in
        guard code.utf8.count == 3, code.allSatisfy({ $0.isASCII && $0.isUppercase }) else {
            throw Complaint("\(quoted(code)) is no currency: write its three letters, as in CNY or EUR")
        }
    }

    /// A word of a command line; it may be empty and may hold line ends.
    static let argument = ScalarKind { text throws(Complaint) in
        guard !text.utf8.contains(0), text.utf8.count <= Limits.textBytes else {
            throw Complaint("holds a zero byte or more than \(Limits.textBytes) bytes")
        }
        return text
    } show: {
        .text($0)
    }
}

/// Rules for variables in the environments of programs.
enum EnvironmentVariable {
    /// Set for each instance by its driver.
    static let ours: Set = ["HOST", "PORT", "PRONK_INSTANCE_KEY"]

    static func checkName(_ name: String) throws(Complaint) {
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard isPlain, let first = name.first, !first.isNumber, name.utf8.count <= Limits.nameBytes * 4 else {
            throw Complaint("\(quoted(name)) is no name of a variable: use letters, digits and _")
        }
    }
}
