import Yams

/// Reads the file's top level.
struct ConfigurationReader {
    let reading: Reading

    func read(_ root: Node?) -> Configuration {
        let top = Section(reading, SettingPath(), node: root, parent: reading.place(of: nil))
        var configuration = Configuration()
        configuration.gateway = GatewayReader(section: top.section("gateway")).read()
        configuration.storage = StorageReader(section: top.section("storage")).read()
        configuration.services = readServices(top)
        configuration.chat = readChat(top.section("chat"), services: configuration.services.map(\.name))
        top.finish()
        return configuration
    }

    private func readChat(_ section: Section, services: [String]) -> ChatSettings {
        var settings = ChatSettings()
        settings.transcription = section.read("transcription", .serviceName, unset: "the browser's own recognition")
        if let name = settings.transcription, !services.contains(name) {
            let known = services.isEmpty ? "there is none" : "there are \(services.joined(separator: ", "))"
            section.complain("transcription", "there is no service \(name): \(known)")
        }
        section.finish()
        return settings
    }

    private func readServices(_ top: Section) -> [ServiceConfiguration] {
        var names: [String: SettingOrigin] = [:]
        return top.elements("services").enumerated().compactMap { index, node in
            let list = top.path.appending("services")
            let section = Section(
                reading, list.appending(.item(index, name: nil)), node: node, parent: top.origin(of: "services"))
            if section.isSomethingElse { return nil }
            guard let name = readName(section) else { return ServiceReader(section: section, name: "unnamed").read() }
            section.rename(list.appending(.item(index, name: name)))
            // Names of files and of variables do not tell capital letters from small ones everywhere.
            if case .file(_, let line, _)? = names.updateValue(section.origin(of: "name"), forKey: name.lowercased()) {
                section.complain("name", "\(name) is there already, on line \(line): choose another name")
            }
            return ServiceReader(section: section, name: name).read()
        }
    }

    /// The name is no setting that could be overridden: it says which service is meant.
    private func readName(_ section: Section) -> String? {
        let path = section.path.appending("name")
        guard let node = section.node("name"), !node.isNothing else {
            reading.complain(
                path, section.origin, "is missing: write name: llama, which is what callers call the model")
            return nil
        }
        guard let given = section.text(of: node, path) else { return nil }
        do {
            try ServiceName.check(given.text)
            return given.text
        } catch {
            reading.complain(path, given.origin, error.message)
            return nil
        }
    }
}

extension ScalarKind where Value == String {
    static let serviceName = ScalarKind { text throws(Complaint) in
        try ServiceName.check(text)
        return text
    } show: {
        .text($0)
    }
}

/// What services may be called: names of models for callers, of files and folders, and parts of variables' names.
package enum ServiceName {
    package static func isValid(_ name: String) -> Bool { (try? check(name)) != nil }

    static func check(_ name: String) throws(Complaint) {
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isPlain, let first = name.first, first.isLetter || first.isNumber, name.last != "." else {
            throw Complaint(
                "\(quoted(name)) is no name for a service: use letters, digits, '.', '_' and '-', and begin with a "
                    + "letter or digit")
        }
        guard name.utf8.count <= Limits.nameBytes else {
            throw Complaint("\(quoted(name)) has \(name.utf8.count) characters; \(Limits.nameBytes) are the most")
        }
    }
}
