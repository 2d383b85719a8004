import Foundation
import PlatformConfiguration
import Testing

@Suite struct DefaultConfigurationTests {
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "pronk-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path(percentEncoded: false))
    }

    @Test("the file that is written reads back to what it promises")
    func readsBack() throws {
        try withFolder { folder in
            let path = folder + "/deep/pronk.yaml"
            #expect(try DefaultConfiguration.write(to: path))
            let effective = try EffectiveConfiguration.load(file: path, environment: [:])
            var expected = Configuration()
            expected.gateway.auth = .open
            var service = ServiceConfiguration(
                name: "smollm2-135m-instruct", engine: .native(model: "smollm2-135m-instruct"))
            service.scale.max = 3
            service.scale.idle = .seconds(600)
            service.defaults.temperature = 0.2
            service.defaults.topP = 0.9
            expected.services = [service]
            #expect(effective.configuration == expected)
            #expect(effective.configuration.gateway.listen == ListenAddress(host: "127.0.0.1", port: 7860))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/deep") == ["pronk.yaml"])
        }
    }

    @Test("a file that is there is left alone")
    func keeps() throws {
        try withFolder { folder in
            let path = folder + "/pronk.yaml"
            #expect(try DefaultConfiguration.write(to: path, model: "first"))
            let before = try String(contentsOfFile: path, encoding: .utf8)
            #expect(try !DefaultConfiguration.write(to: path, model: "second"))
            #expect(try String(contentsOfFile: path, encoding: .utf8) == before)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["pronk.yaml"])
        }
    }

    @Test("what cannot be written or read is a clear error")
    func errors() throws {
        try withFolder { folder in
            #expect(throws: ConfigurationError.self) { try DefaultConfiguration.write(to: "/proc/none/pronk.yaml") }
            #expect(throws: ConfigurationError.self) {
                try DefaultConfiguration.write(to: folder + "/pronk.yaml", model: "a\nb: c")
            }
            try DefaultConfiguration.write(to: folder + "/pronk.yaml")
            func failure(_ path: String) -> ConfigurationError? {
                #expect(throws: ConfigurationError.self) {
                    try EffectiveConfiguration.load(file: path, environment: [:])
                }
            }
            #expect(failure(folder + "/none.yaml")?.code == .missing)
            #expect(failure(folder)?.code == .unreadable)
            try Data("a: 1\nb: \u{E9}".unicodeScalars.map { UInt8($0.value) }).write(
                to: URL(filePath: folder + "/latin"))
            let latin = failure(folder + "/latin")?.message ?? ""
            #expect(latin.hasPrefix("\(folder)/latin:2:4: is no UTF-8 text"), "\(latin)")
            try Data(repeating: 32, count: 2 << 20).write(to: URL(filePath: folder + "/large"))
            #expect(failure(folder + "/large")?.code == .unreadable)
        }
    }
}
