import CMachineProbe
import Foundation
import Glibc

/// What this machine can do at most, as measured by loops that do nothing else.
package struct MachineLimits: Sendable, Codable, Equatable {
    package var threads: Int
    package var instructions: String
    /// Bytes a second read from memory, by one thread and by all.
    package var readOneThread: Double
    package var readAllThreads: Double
    /// 8-bit operations a second of all threads; a multiplication and its addition are two.
    package var int8Operations: Double
    package var int8OperationsOneThread: Double
    /// The same of 32-bit floats.
    package var floatOperations: Double
    package var floatOperationsOneThread: Double
}

/// Measures a machine's limits. Holds a buffer larger than the caches while it lives.
package final class MachineProbe {
    private let buffer: UnsafeMutableRawPointer
    private let byteCount: Int
    private let threads: Int

    package init(threads: Int) throws(EngineTimingError) {
        guard (1...Limits.threads).contains(threads) else {
            throw EngineTimingError(
                code: .invalidSetting, message: "\(threads) threads cannot be probed; 1 to \(Limits.threads) can.")
        }
        self.threads = threads
        byteCount = threads * Limits.probeBytesPerThread
        let size = byteCount + Limits.sparedBytes
        let free = sysconf(Int32(_SC_AVPHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
        let cached = Self.availableBytes ?? free
        guard max(free, cached) >= size,
            let memory = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            memory != MAP_FAILED
        else {
            throw EngineTimingError(
                code: .tooLittleMemory,
                message: "The memory probe needs \(size >> 20) MiB of free memory. End something, or give fewer "
                    + "--threads.")
        }
        // Pages of another content than zeros: those could all be one.
        memset(memory, 1, byteCount)
        buffer = memory
    }

    deinit { munmap(buffer, byteCount) }

    package func limits() -> MachineLimits {
        MachineLimits(
            threads: threads, instructions: String(cString: pk_probe_instructions()),
            readOneThread: best(PK_PROBE_READ, threads: 1), readAllThreads: readRate(),
            int8Operations: best(PK_PROBE_INT8, threads: threads),
            int8OperationsOneThread: best(PK_PROBE_INT8, threads: 1),
            floatOperations: best(PK_PROBE_FLOAT, threads: threads),
            floatOperationsOneThread: best(PK_PROBE_FLOAT, threads: 1))
    }

    /// Bytes a second that all threads read. Some machines change this from one minute to the next, so it is measured
    /// again beside every figure that is compared with it.
    package func readRate() -> Double { best(PK_PROBE_READ, threads: threads) }

    private func best(_ kind: pk_probe_kind, threads: Int) -> Double {
        (0..<Limits.probeRuns).map { _ in
            pk_probe_rate(kind, Int32(threads), Limits.probeSeconds, buffer, byteCount)
        }.max() ?? 0
    }

    private static var availableBytes: Int? {
        guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") })
        else { return nil }
        return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
    }
}
