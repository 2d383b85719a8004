/// One effective value and where it comes from.
package struct Setting: Sendable, Equatable {
    package enum Value: Sendable, Equatable {
        case text(String)
        case integer(Int)
        case number(Double)
        case flag(Bool)
        case list([String])
        /// Not set, and what that means, as in "no limit".
        case unset(String)
        /// Set, and nobody else's business.
        case hidden
    }
    package var path: SettingPath
    package var value: Value
    package var origin: SettingOrigin
}

/// Where a value comes from. Flags override the environment, which overrides the file, which overrides the defaults.
package enum SettingOrigin: Sendable, Equatable, CustomStringConvertible {
    case builtIn
    /// Line and column count from 1, the column in Unicode scalars.
    case file(String, line: Int, column: Int)
    /// The variable's name.
    case environment(String)
    /// The flag as it is typed, as in `--listen`.
    case flag(String)

    package var description: String {
        switch self {
        case .builtIn: "default"
        case .file(let path, let line, _): "\(path):\(line)"
        case .environment(let name): "environment \(name)"
        case .flag(let name): "flag \(name)"
        }
    }

    /// With the column, as findings name it.
    var location: String {
        if case .file(let path, let line, let column) = self { "\(path):\(line):\(column)" } else { description }
    }

    /// Findings are listed in the order of the file, then the environment's, then the flags'.
    var order: (Int, Int, Int, String) {
        switch self {
        case .builtIn: (0, 0, 0, "")
        case .file(_, let line, let column): (0, line, column, "")
        case .environment(let name): (1, 0, 0, name)
        case .flag(let name): (2, 0, 0, name)
        }
    }
}

/// Where a key stands, as in `services.llama.scale.max`.
package struct SettingPath: Sendable, Hashable, CustomStringConvertible {
    package enum Component: Sendable, Hashable {
        case key(String)
        /// An element of a list; the name is nil while it is unknown or unusable.
        case item(Int, name: String?)
    }
    package private(set) var components: [Component]

    init(_ components: [Component] = []) {
        self.components = components
    }

    func appending(_ component: Component) -> SettingPath { SettingPath(components + [component]) }
    func appending(_ key: String) -> SettingPath { appending(.key(key)) }

    package var description: String {
        components.reduce(into: "") { text, component in
            switch component {
            case .key(let key): text += (text.isEmpty ? "" : ".") + key
            case .item(_, let name?): text += ".\(name)"
            case .item(let index, nil): text += "[\(index)]"
            }
        }
    }

    /// The same for every element of a list, as in `services[].scale.max`.
    var pattern: String {
        components.reduce(into: "") { text, component in
            switch component {
            case .key(let key): text += (text.isEmpty ? "" : ".") + key
            case .item: text += "[]"
            }
        }
    }

    /// The environment variable that overrides the value, as in `PRONK_SERVICES_LLAMA_SCALE_MAX`. nil where the path
    /// has no name for it.
    var variable: String? {
        var words = ["PRONK"]
        for component in components {
            switch component {
            case .key(let key): words.append(SettingPath.upperSnake(key))
            case .item(_, let name?): words.append(SettingPath.upperSnake(name))
            case .item(_, nil): return nil
            }
        }
        return words.joined(separator: "_")
    }

    /// `scaleDownDelay` → `SCALE_DOWN_DELAY`, `llama-3.2` → `LLAMA_3_2`.
    private static func upperSnake(_ name: String) -> String {
        var result = ""
        var previous: Character?
        for character in name {
            if character.isUppercase, let previous, previous.isLowercase || previous.isNumber { result += "_" }
            result += character.isLetter || character.isNumber ? character.uppercased() : "_"
            previous = character
        }
        return result
    }
}
