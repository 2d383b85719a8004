/// A value from the command line, as in `--listen 0.0.0.0:80` for `gateway.listen`.
package struct ConfigurationFlag: Sendable, Equatable {
    /// As in `gateway.listen` or `services.llama.scale.max`.
    package var path: String
    package var value: String
    /// As it is typed, with its dashes.
    package var flag: String

    package init(path: String, value: String, flag: String) {
        self.path = path
        self.value = value
        self.flag = flag
    }
}

/// Environment variables of Pronk that are no settings.
package enum ProgramEnvironment {
    /// Read by this program, its tests and its instances.
    package static let variables: Set<String> = [
        "PRONK_DATA", "PRONK_ASSETS", "PRONK_INSTANCE_KEY", "PRONK_TEST_DATA",
    ]

    /// Kubernetes tells every pod of a Service that is called "pronk" by variables of these names.
    private static let kubernetesPrefixes = ["PRONK_SERVICE_HOST", "PRONK_SERVICE_PORT", "PRONK_PORT"]

    static func isSetting(_ variable: String) -> Bool {
        variable.hasPrefix("PRONK_") && !variables.contains(variable)
            && !kubernetesPrefixes.contains { variable == $0 || variable.hasPrefix($0 + "_") }
    }
}

/// A value as text, with its place.
struct Given {
    var text: String
    var origin: SettingOrigin
}

/// What the environment and the flags say, and which of it was asked for.
struct Overrides {
    private let variables: [String: String]
    private let flags: [ConfigurationFlag]
    private var pathsByVariable: [String: Set<String>] = [:]
    private var paths: Set<String> = []

    /// A variable that is set to nothing counts as not set.
    init(environment: [String: String], flags: [ConfigurationFlag]) {
        variables = environment.filter { ProgramEnvironment.isSetting($0.key) && !$0.value.isEmpty }
        self.flags = flags
    }

    /// The value that overrides the file's, if there is one. What is asked for here is what may be set.
    mutating func value(for path: SettingPath) -> Given? {
        paths.insert(path.description)
        if !variables.isEmpty, let variable = path.variable {
            pathsByVariable[variable, default: []].insert(path.description)
        }
        return peek(path)
    }

    /// The same without making the path one that may be set.
    func peek(_ path: SettingPath) -> Given? {
        let text = path.description
        if let flag = flags.last(where: { $0.path == text }) {
            return Given(text: flag.value, origin: .flag(flag.flag))
        }
        guard !variables.isEmpty, let variable = path.variable, let value = variables[variable] else { return nil }
        return Given(text: value, origin: .environment(variable))
    }

    /// What is wrong with variables and flags themselves, after everything was asked for.
    func findings() -> [ConfigurationFinding] {
        let known = pathsByVariable.keys.sorted()
        let unknown = variables.keys.filter { pathsByVariable[$0] == nil }.map { name in
            // All known names would fill the screen.
            let nearest = NearestName.nearest(to: name, in: known)
            let suggestion = nearest.map { "did you mean \($0)?" } ?? "unset it, or see `pronk config show`"
            return ConfigurationFinding(
                origin: .environment(name), path: "",
                message: "sets nothing: \(suggestion)")
        }
        let ambiguous = variables.keys.compactMap { name -> ConfigurationFinding? in
            guard let paths = pathsByVariable[name]?.sorted(), paths.count > 1 else { return nil }
            return ConfigurationFinding(
                origin: .environment(name), path: "",
                message: "could mean \(paths.joined(separator: " or ")): set it in the file instead")
        }
        let lost = flags.filter { !paths.contains($0.path) }.map {
            ConfigurationFinding(
                origin: .flag($0.flag), path: $0.path,
                message: "no such setting: \(NearestName.suggestion(for: $0.path, in: paths.sorted()))")
        }
        return unknown + ambiguous + lost
    }
}
