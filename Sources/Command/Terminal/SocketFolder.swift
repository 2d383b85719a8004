import Foundation
import Glibc

/// A folder that only this user can enter, for the Unix socket of an engine.
package struct SocketFolder: Sendable {
    private let path: String

    package init() throws(TerminalError) {
        // A socket's path has room for 107 bytes; a deep TMPDIR has no place in it.
        let wanted = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        let parent = wanted.utf8.count < 70 ? wanted : "/tmp"
        var template = Array((parent + "/pronk-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw TerminalError(
                .system,
                "No folder for the engine's socket can be made in \(parent): \(String(cString: strerror(errno)))")
        }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    package var socketPath: String { path + "/engine.sock" }

    package func remove() { try? FileManager.default.removeItem(atPath: path) }
}
