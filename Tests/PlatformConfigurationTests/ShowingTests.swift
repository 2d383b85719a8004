import Foundation
import PlatformConfiguration
import Testing

@Suite struct ShowingTests {
    @Test("what is shown reads back to the same values, but for what is hidden", arguments: ["", Samples.everything])
    func readsBack(text: String) throws {
        let effective = try Samples.read(text)
        var expected = effective.configuration
        for index in expected.services.indices {
            expected.services[index].environment = expected.services[index].environment.mapValues { _ in "" }
        }
        let again = try Samples.read(effective.yaml)
        #expect(again.configuration == expected)
    }

    @Test("values that YAML would take for something else are quoted")
    func quoting() throws {
        let odd = ["", "true", "a: b", "#x", "\"", "\\", "- a", "é\u{2028}\u{85}", "line\nline", "{port}", "7", "a\tb"]
        let list = odd.map { "\"" + String($0.flatMap { "\\U" + hex($0) }) + "\"" }.joined(separator: ", ")
        let text = "services: [{ name: '7', engine: command, command: [x, \(list)], health: { path: '/a#b?c=:' } }]"
            .replacing("#b", with: "")
        let effective = try Samples.read(text)
        #expect(effective.configuration.services[0].engine == .command(["x"] + odd))
        #expect(try Samples.read(effective.yaml).configuration == effective.configuration)
    }

    private func hex(_ character: Character) -> String {
        character.unicodeScalars.map { scalar in
            let digits = String(scalar.value, radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }.joined(separator: "\\U")
    }

    @Test("every value has its origin behind it")
    func origins() throws {
        let text = """
            gateway: { listen: 127.0.0.1:1 }
            services:
              - name: a
                engine: native
                model: m
            """
        let flag = ConfigurationFlag(path: "services.a.scale.max", value: "4", flag: "--max")
        let effective = try Samples.read(text, environment: ["PRONK_GATEWAY_AUTH": "open"], flags: [flag])
        let lines = effective.yaml.split(separator: "\n").map { line in
            line.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
        }
        #expect(lines.contains("listen: 127.0.0.1:1 # /etc/pronk/pronk.yaml:1"))
        #expect(lines.contains("auth: open # environment PRONK_GATEWAY_AUTH"))
        #expect(lines.contains("- name: a # /etc/pronk/pronk.yaml:3"))
        #expect(lines.contains("max: 4 # flag --max"))
        #expect(lines.contains("idle: 10m # default"))
        #expect(lines.contains("# requestsPerMinute: no limit # default"))
        for line in lines where !line.hasSuffix(":") { #expect(line.contains(" # "), "\(line)") }
    }

    @Test("secrets are shown neither as YAML nor as JSON")
    func secrets() throws {
        let effective = try Samples.read(Samples.everything)
        for text in [effective.yaml, try effective.json()] {
            #expect(!text.contains("s3cret"))
            #expect(text.contains("TOKEN"), "that there is one is shown")
        }
    }

    @Test("JSON has the values with their types")
    func json() throws {
        struct Document: Decodable {
            struct Entry: Decodable {
                enum Value: Decodable, Equatable {
                    case flag(Bool), number(Double), text(String), list([String])
                    init(from decoder: any Decoder) throws {
                        let container = try decoder.singleValueContainer()
                        if let flag = try? container.decode(Bool.self) {
                            self = .flag(flag)
                        } else if let number = try? container.decode(Double.self) {
                            self = .number(number)
                        } else if let text = try? container.decode(String.self) {
                            self = .text(text)
                        } else {
                            self = .list(try container.decode([String].self))
                        }
                    }
                }
                var path: String
                var value: Value?
                var origin: String
                var hidden: Bool?
            }
            var file: String
            var settings: [Entry]
        }
        let text = try Samples.read(Samples.everything).json()
        let document = try JSONDecoder().decode(Document.self, from: Data(text.utf8))
        let entries = Dictionary(uniqueKeysWithValues: document.settings.map { ($0.path, $0) })
        #expect(entries["gateway.insecure"]?.value == .flag(true))
        #expect(entries["services.llama-3-8b-instruct.scale.max"]?.value == .number(5))
        #expect(entries["services.llama-3-8b-instruct.arguments"]?.value == .list(["--context", "4096"]))
        #expect(entries["services.llama-3-8b-instruct.environment.TOKEN"]?.hidden == true)
        #expect(entries["gateway.listen"]?.origin == "/etc/pronk/pronk.yaml:2")
    }
}
