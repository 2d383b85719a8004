import Foundation

/// Where commands say what is no result.
enum StandardError {
    static func write(_ text: String) {
        // Without a standard error there is nowhere to say so.
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
