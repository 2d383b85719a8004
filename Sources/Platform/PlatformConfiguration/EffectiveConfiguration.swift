import Foundation

/// What holds after the file, the environment and the flags were read, and where each value comes from.
package struct EffectiveConfiguration: Sendable {
    package let configuration: Configuration
    /// In the order of the file's sections; keys without a value and without a default are left out.
    package let settings: [Setting]
    package let file: String

    /// Reads a file and what overrides it.
    /// - Throws: `ConfigurationError` with everything that is wrong.
    package static func load(
        file: String, environment: [String: String], flags: [ConfigurationFlag] = []
    ) throws(ConfigurationError) -> EffectiveConfiguration {
        try read(text(of: file), file: file, environment: environment, flags: flags)
    }

    /// The same for a text that was read already.
    /// - Parameters:
    ///   - file: names the text in findings, and relative paths in it are relative to its folder.
    ///   - localTimeZone: what a warm schedule without a zone means.
    package static func read(
        _ text: String, file: String, environment: [String: String] = [:], flags: [ConfigurationFlag] = [],
        localTimeZone: String = TimeZone.current.identifier
    ) throws(ConfigurationError) -> EffectiveConfiguration {
        let yaml = YAMLText(text, file: file)
        let reading = Reading(
            yaml, file: file, overrides: Overrides(environment: environment, flags: flags),
            localTimeZone: localTimeZone)
        // A text that is no YAML says nothing about its keys.
        guard yaml.findings.isEmpty else { throw ConfigurationError(findings: yaml.findings) }
        let configuration = ConfigurationReader(reading: reading).read(yaml.root)
        let findings = reading.finish()
        guard findings.isEmpty else { throw ConfigurationError(findings: findings) }
        return EffectiveConfiguration(configuration: configuration, settings: reading.settings, file: file)
    }

    /// Every key that the file may have, as in `services[].scale.max`.
    package static let keys: [String] = {
        let text = "services: [{name: a, engine: native}, {name: b, engine: command}, {name: c, engine: url}]"
        let yaml = YAMLText(text, file: "")
        let reading = Reading(
            yaml, file: "", overrides: Overrides(environment: [:], flags: []), localTimeZone: "UTC")
        _ = ConfigurationReader(reading: reading).read(yaml.root)
        return reading.keys
    }()

    private static func text(of file: String) throws(ConfigurationError) -> String {
        let data: Data
        do {
            let attributes = try FileManager.default.attributesOfItem(atPath: file)
            guard attributes[.type] as? FileAttributeType != .typeDirectory else {
                throw ConfigurationError(.unreadable, "\(file) is a folder: name the file in it, as in pronk.yaml")
            }
            if let size = attributes[.size] as? Int, size > Limits.fileBytes {
                throw ConfigurationError(
                    .unreadable, "\(file) has \(size) bytes; \(Limits.fileBytes) are the most for a configuration")
            }
            data = try Data(contentsOf: URL(filePath: file))
        } catch let error as ConfigurationError {
            throw error
        } catch let error as CocoaError where error.code == .fileReadNoSuchFile || error.code == .fileNoSuchFile {
            throw ConfigurationError(
                .missing, "There is no file \(file). `pronk up` writes one in its data folder, or name yours: --config."
            )
        } catch {
            throw ConfigurationError(.unreadable, "\(file) cannot be read: \(error.localizedDescription)")
        }
        if let text = String(validating: data, as: UTF8.self) { return text }
        // The last character of what can be read stands before the first byte that cannot.
        let repaired = String(decoding: data, as: UTF8.self).unicodeScalars.prefix { $0 != "\u{FFFD}" }
        let line = repaired.reduce(into: 1) { $0 += $1 == "\n" ? 1 : 0 }
        let column = repaired.reversed().prefix { $0 != "\n" }.count + 1
        let finding = ConfigurationFinding(
            origin: .file(file, line: line, column: column), path: "",
            message: "is no UTF-8 text: save the file in UTF-8")
        throw ConfigurationError(findings: [finding])
    }
}
