/// Reads `gateway:`.
struct GatewayReader {
    let section: Section

    func read() -> GatewaySettings {
        var settings = GatewaySettings()
        settings.listen = section.read("listen", .address, default: settings.listen)
        settings.auth = section.read("auth", .word(), default: settings.auth)
        settings.insecure = section.read("insecure", .flag, default: settings.insecure)
        settings.tls = readTLS()
        settings.domains = section.list("domains", .domain)
        settings.limits = readLimits()
        section.finish()
        check(settings)
        return settings
    }

    private func check(_ settings: GatewaySettings) {
        guard !settings.listen.isLoopback else { return }
        let host = settings.listen.host
        // A TLS section that is wrong has its own finding.
        if !section.isGiven("tls"), settings.tls == nil, !settings.insecure {
            section.complain(
                "listen",
                "\(host) can be reached from other machines, and what is said there can be read on the way: add "
                    + "gateway.tls, or insecure: true if something in front speaks TLS, or listen on 127.0.0.1")
        }
        if settings.auth == .open {
            section.complain(
                "auth",
                "open lets everybody in who reaches \(host): write keys and `pronk key create`, or listen on 127.0.0.1")
        }
    }

    private enum TLSWord: String, CaseIterable {
        case selfSigned = "self-signed"
    }

    /// One word, or the paths of two files.
    private func readTLS() -> TLSSettings? {
        let path = section.path.appending("tls")
        if let word = section.word("tls") {
            do {
                _ = try ScalarKind<TLSWord>.word().parse(word.text)
                section.reading.record(path, .text(word.text), word.origin)
            } catch {
                section.complain("tls", "\(error.message); or give certificate and key")
            }
            let files = Section(section.reading, path, node: nil, parent: section.origin)
            for key in ["certificate", "key"] { files.refuse(key, "has no effect beside tls: \(word.text): unset one") }
            return .selfSigned
        }
        let files = section.section("tls")
        let isWanted = files.isPresent || files.isGiven("certificate") || files.isGiven("key")
        guard isWanted else {
            // Asked for, so that it is known.
            for key in ["certificate", "key"] { _ = files.given(key) }
            section.reading.record(path, .unset("no TLS"), .builtIn)
            return nil
        }
        let certificate = files.read("certificate", .path, required: "certificate.pem")
        let key = files.read("key", .path, required: "key.pem")
        files.finish()
        guard let certificate, let key else { return nil }
        return .files(
            certificate: section.reading.resolve(certificate), key: section.reading.resolve(key))
    }

    private func readLimits() -> GatewayLimits {
        let section = section.section("limits")
        var limits = GatewayLimits()
        limits.bodyBytes = section.read("body", .size(Limits.bodyBytes), default: limits.bodyBytes)
        limits.headerBytes = section.read("headers", .size(Limits.headerBytes), default: limits.headerBytes)
        limits.connections = section.read("connections", .integer(Limits.connections), default: limits.connections)
        limits.streamsPerCaller = section.read(
            "streamsPerCaller", .integer(Limits.streams), default: limits.streamsPerCaller)
        limits.requestsPerMinute = section.read(
            "requestsPerMinute", .integer(Limits.requestsPerMinute), unset: "no limit")
        limits.stalledReader = section.read(
            "stalledReader", .duration(Limits.stalledReader), default: limits.stalledReader)
        section.finish()
        return limits
    }
}

/// Reads `storage:`.
struct StorageReader {
    let section: Section

    private enum Blobs: String, CaseIterable {
        case file = "file:blobs"
    }

    func read() -> StorageSettings {
        let database = section.read("database", .database, default: StorageSettings().database)
        // Only what is there today is accepted, so that nobody relies on a setting without effect.
        _ = section.read("blobs", .word(), default: Blobs.file)
        section.finish()
        var settings = StorageSettings()
        settings.database = database
        return settings
    }
}

extension ScalarKind where Value == ListenAddress {
    static let address = ScalarKind { text throws(Complaint) in
        try ListenAddress(parsing: text)
    } show: {
        .text($0.description)
    }
}

extension ScalarKind where Value == String {
    static let path = text()

    static let domain = text { name throws(Complaint) in
        guard HostName.isValid(name), name == name.lowercased(), !name.allSatisfy({ $0.isNumber || $0 == "." }) else {
            throw Complaint("\(quoted(name)) is no host name: write it in small letters alone, as in chat.example.com")
        }
    }

    /// `sqlite:FILE`; the value is the file.
    static let database = ScalarKind { text throws(Complaint) in
        if ["postgres:", "postgresql:"].contains(where: text.hasPrefix) {
            throw Complaint("PostgreSQL is not in this version: write sqlite:pronk.db")
        }
        guard text.hasPrefix("sqlite:"), text != "sqlite:" else {
            throw Complaint("\(quoted(text)) is no database: write sqlite:FILE, as in sqlite:pronk.db")
        }
        let file = String(text.dropFirst("sqlite:".count))
        guard !file.hasSuffix("/"), !file.hasPrefix("//") else {
            throw Complaint("\(quoted(file)) is no file: write sqlite:FILE, as in sqlite:pronk.db")
        }
        return try path.parse(file)
    } show: {
        .text("sqlite:\($0)")
    }
}
