import Foundation
import PlatformConfiguration
import Testing

@Suite struct DocumentationTests {
    private func page() throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: "docs/configuration.md"), encoding: .utf8)
    }

    /// Where a key stands in the page: keys of the gateway and the storage by their sections, a service's keys by
    /// their path below it.
    private func row(_ key: String) -> (heading: String, name: String) {
        if key.hasPrefix("services[].") {
            let name = String(key.dropFirst("services[].".count))
            return (name.contains(".") ? "services[].\(name.prefix { $0 != "." })" : "services", name)
        }
        if key.hasPrefix("gateway.limits.") {
            return ("gateway.limits", String(key.dropFirst("gateway.limits.".count)))
        }
        let parts = key.split(separator: ".", maxSplits: 1).map(String.init)
        return (parts[0], parts.count > 1 ? parts[1] : "")
    }

    @Test("the page has a row for every key of the file, and none for others")
    func keys() throws {
        let lines = try page().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var heading = "", documented: Set<String> = []
        for line in lines {
            if let match = line.firstMatch(of: /^##+ `([a-zA-Z.\[\]]+)`/) { heading = String(match.1) }
            if line.hasPrefix("## "), !line.hasPrefix("## `") { heading = "" }
            if !heading.isEmpty, let match = line.firstMatch(of: /^\| `([a-zA-Z_.]+)` \|/) {
                documented.insert("\(heading) \(match.1)")
            }
        }
        let sections: Set = ["gateway", "storage", "chat", "services"]
        let expected = Set(
            EffectiveConfiguration.keys.filter { !sections.contains($0) }.map { key in
                let row = row(key)
                // A key is in the table of its service; keys below `key` are there too.
                let heading = row.name.hasPrefix("key.") ? "services" : row.heading
                return "\(heading) \(row.name)"
            })
        #expect(EffectiveConfiguration.keys.count > 50)
        #expect(expected.subtracting(documented) == [], "keys without a row")
        #expect(documented.subtracting(expected) == [], "rows without a key")
    }

    @Test("the page's example is a file without mistakes")
    func example() throws {
        let blocks = try page().split(separator: "```yaml\n").dropFirst().map { String($0.prefix { $0 != "`" }) }
        let example = try #require(blocks.first)
        #expect(Samples.findings(example).isEmpty)
        #expect(try Samples.read(example).configuration.services.count == 3)
    }

    @Test("the defaults that the page names are the ones that hold")
    func defaults() throws {
        let text = try page()
        for setting in try Samples.read(Samples.service("")).settings where setting.origin == .builtIn {
            let name = row(setting.path.description.replacing("services.a.", with: "services[].")).name
            let shown: String
            switch setting.value {
            case .text(let value): shown = "`\(value)`"
            case .integer(let value): shown = "\(value)"
            case .number(let value): shown = "\(Int(value))"
            case .flag(let value): shown = "`\(value)`"
            case .unset(let meaning): shown = meaning
            case .list: shown = "none"
            case .hidden: continue
            }
            let row = text.split(separator: "\n").first { $0.hasPrefix("| `\(name)` |") }
            let cell = row?.split(separator: "|").dropFirst(2).first?.trimmingCharacters(in: .whitespaces)
            #expect(cell?.hasPrefix(shown) == true, "\(name): \(cell ?? "no row") instead of \(shown)")
        }
    }
}
