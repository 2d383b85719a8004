import Glibc

/// How long a thread was ready to run while the system ran others on its processor.
struct ThreadDelay {
    private let file: Int32

    /// Of the calling thread.
    init() { file = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC) }

    func close() { if file >= 0 { Glibc.close(file) } }

    /// Nanoseconds since the thread began; 0 if the system does not say.
    var nanoseconds: UInt64 {
        var text = InlineArray<64, UInt8>(repeating: 0)
        let count = withUnsafeMutableBytes(of: &text) { pread(file, $0.baseAddress, $0.count, 0) }
        // Time on a processor, time waiting for one, and turns.
        var field = 0, value: UInt64 = 0
        for index in 0..<max(0, count) {
            if text[index] == UInt8(ascii: " ") {
                field += 1
                if field == 2 { return value }
            } else if field == 1 {
                value = value &* 10 &+ UInt64(text[index] &- UInt8(ascii: "0"))
            }
        }
        return 0
    }
}
