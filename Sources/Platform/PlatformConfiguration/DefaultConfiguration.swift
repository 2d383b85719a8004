import Foundation
import Glibc

/// The file that `pronk up` writes when there is none.
package enum DefaultConfiguration {
    /// What the file is called in the data folder.
    package static let fileName = "pronk.yaml"
    package static let model = "smollm2-135m-instruct"

    /// - Parameter model: a name of `pronk model list`; the service is called the same.
    package static func text(model: String = model) -> String {
        """
        # What Pronk runs. `pronk config check` looks for mistakes in this file, `pronk config show` lists every setting
        # with its value, and `kill -HUP` makes a running Pronk read it again.

        gateway:
          # This machine alone. Other machines need TLS and keys: listen 0.0.0.0:7860, tls self-signed, auth keys.
          listen: 127.0.0.1:7860
          # Nobody is asked for a key, which is possible on this machine alone. The other way is `keys`.
          auth: open

        services:
          # The name is what callers write into "model".
          - name: \(model)
            engine: native
            model: \(model)
            scale:
              # No instance runs while nobody asks; the first question starts one.
              min: 0
              max: 3
              # The last instance ends after this time without a request.
              idle: 10m
            # For requests that do not say themselves: what the makers of SmolLM2 recommend.
            defaults: { temperature: 0.2, top_p: 0.9 }

        """
    }

    /// Writes the file unless there is one already: whole or not at all, and never over another.
    /// - Returns: whether it was written.
    @discardableResult
    package static func write(to path: String, model: String = model) throws(ConfigurationError) -> Bool {
        guard ServiceName.isValid(model) else {
            throw ConfigurationError(.cannotWrite, "\(quoted(model)) is no name for a service in \(path).")
        }
        let folder = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
        let draft = "\(path).\(getpid()).new"
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data(text(model: model).utf8).write(to: URL(filePath: draft))
        } catch {
            throw ConfigurationError(.cannotWrite, "\(path) cannot be written: \(error.localizedDescription)")
        }
        defer { unlink(draft) }
        // A link, unlike a rename, fails where there is a file.
        if link(draft, path) == 0 { return true }
        if errno == EEXIST { return false }
        throw ConfigurationError(.cannotWrite, "\(path) cannot be written: \(String(cString: strerror(errno)))")
    }
}
