import Yams

/// What is gathered while a configuration is read: values with their origins, and everything that is wrong.
final class Reading {
    let file: String
    /// Whose zone a warm schedule without one means.
    let localTimeZone: String
    private(set) var settings: [Setting] = []
    private(set) var findings: [ConfigurationFinding]
    /// The patterns of all keys that were asked for.
    private(set) var keys: [String] = []
    private var overrides: Overrides
    private var seenDuplicates: Set<Unicode.Scalar> = []
    private let duplicates: [Unicode.Scalar: YAMLText.Duplicate]

    init(_ text: YAMLText, file: String, overrides: Overrides, localTimeZone: String) {
        self.file = file
        self.overrides = overrides
        self.localTimeZone = localTimeZone
        findings = text.findings
        duplicates = text.duplicates
    }

    /// Paths are relative to the file's folder, wherever the program runs.
    func resolve(_ path: String) -> String {
        guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
        return file[...slash] + path
    }

    func place(of mark: Mark?) -> SettingOrigin {
        .file(file, line: max(1, mark?.line ?? 1), column: max(1, mark?.column ?? 1))
    }

    /// What overrides the value; from now on the path is known as one that may be overridden.
    func override(of path: SettingPath) -> Given? { overrides.value(for: path) }

    func peekOverride(of path: SettingPath) -> Given? { overrides.peek(path) }

    func know(_ path: SettingPath) {
        let pattern = path.pattern
        if !keys.contains(pattern) { keys.append(pattern) }
    }

    func record(_ path: SettingPath, _ value: Setting.Value, _ origin: SettingOrigin) {
        settings.append(Setting(path: path, value: value, origin: origin))
    }

    func complain(_ path: SettingPath, _ origin: SettingOrigin, _ message: String) {
        let finding = ConfigurationFinding(origin: origin, path: path.description, message: message)
        if !findings.contains(finding) { findings.append(finding) }
    }

    /// A key as it stands in the file; one that stands twice was marked when the text was read.
    func originalKey(_ key: String) -> String {
        guard let first = key.unicodeScalars.first, let duplicate = duplicates[first] else { return key }
        seenDuplicates.insert(first)
        return duplicate.name
    }

    /// Everything that is wrong, in the order of the file, after everything was read.
    func finish() -> [ConfigurationFinding] {
        for (mark, duplicate) in duplicates where !seenDuplicates.contains(mark) {
            let origin = SettingOrigin.file(file, line: duplicate.line, column: duplicate.column)
            complain(SettingPath(), origin, "\(quoted(duplicate.name)) stands twice here: remove one")
        }
        let sorted = (findings + overrides.findings()).enumerated().sorted {
            let (first, second) = ($0.element.origin.order, $1.element.origin.order)
            return first == second ? $0.offset < $1.offset : first < second
        }.map(\.element)
        guard let last = sorted.last, sorted.count > Limits.findings else { return sorted }
        let more = ConfigurationFinding(
            origin: last.origin, path: "", message: "and \(sorted.count - Limits.findings) more findings like these")
        return sorted.prefix(Limits.findings) + [more]
    }
}
