/// Bounds on what the file may say. Each is far above what a machine can use and far below what would hurt.
enum Limits {
    /// The file itself, in bytes; one of a hundred services has some 40,000.
    static let fileBytes = 1 << 20
    /// What aliases may expand to, counted in YAML nodes: nine lines of aliases can stand for a billion.
    static let nodes = 100_000
    /// More would only scroll away.
    static let findings = 100
    /// Rounds of looking for keys that stand twice; each names one.
    static let duplicates = 100
    /// Names are files' names with something appended, and labels of metrics.
    static let nameBytes = 64
    /// Elements of any list, that of the services included.
    static let listElements = 256
    /// A path or an address, in bytes.
    static let textBytes = 4_096

    static let ports = 0...65_535
    /// A request's body: a chat of a million tokens has some 5 MB.
    static let bodyBytes = 1_000...(1 << 30)
    static let headerBytes = 1_000...(1 << 20)
    static let connections = 1...1_000_000
    static let streams = 1...1_000_000
    static let requestsPerMinute = 1...1_000_000
    /// Below a second, a pause of the network looks like a reader that gave up.
    static let stalledReader = Duration.seconds(1)...Duration.seconds(3_600)

    static let instances = 0...1_000
    static let target = 0.1...10_000.0
    /// Below a second instances would start and stop for every message; above a month "idle" means never: use min.
    static let idle = Duration.seconds(1)...Duration.seconds(30 * 86_400)
    static let coldStart = Duration.seconds(1)...Duration.seconds(3_600)
    static let scaleDownDelay = Duration.zero...Duration.seconds(3_600)
    static let queue = 1...1_000_000
    static let concurrency = 1...10_000

    static let cores = 0.01...1_024.0
    static let memoryBytes = 1_000_000...64_000_000_000_000
    static let maxTokens = 1...1_000_000
    /// OpenAI's range.
    static let temperature = 0.0...2.0
    static let topP = 0.0...1.0
    static let price = 0.0...1_000_000.0
}
