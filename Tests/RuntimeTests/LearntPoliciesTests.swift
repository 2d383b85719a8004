import Autoscaling
import Control
import Foundation
import Runtime
import Testing

@Suite("What autoscaling has learnt is kept")
struct LearntPoliciesTests {
    private let folder: String
    private let settings = ServiceSettings(
        name: "llama",
        limits: ScalingLimits(minimum: 0, maximum: 3, target: 4, idle: .seconds(60), scaleDownDelay: .zero))

    init() throws {
        folder = NSTemporaryDirectory() + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private func policy(now: Duration) -> WorkPolicy? {
        LearntPolicies(folder: folder).maker(now: now)(settings) as? WorkPolicy
    }

    @Test("over a restart, but not over a calendar that was set back or a file that is torn")
    func kept() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(policy(now: .seconds(100)) == WorkPolicy())
        var learnt = WorkPolicy()
        learnt.record(.instanceReady(after: .seconds(7), tier: .cold), now: .seconds(90))
        try LearntPolicies(folder: folder).save(["llama": learnt], now: .seconds(100))
        #expect(policy(now: .seconds(101)) == learnt && learnt != WorkPolicy())
        #expect(policy(now: .seconds(99)) == WorkPolicy())
        let path = folder + "/autoscaling.json"
        try Data(contentsOf: URL(filePath: path)).prefix(20).write(to: URL(filePath: path))
        #expect(policy(now: .seconds(101)) == WorkPolicy())
    }

    @Test("a file of an older version, which lacks a part, is learnt again and stops no start")
    func older() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var learnt = WorkPolicy()
        learnt.record(.instanceReady(after: .seconds(7), tier: .cold), now: .seconds(90))
        try LearntPolicies(folder: folder).save(["llama": learnt], now: .seconds(100))
        let path = URL(filePath: folder + "/autoscaling.json")
        let text = try String(contentsOf: path, encoding: .utf8)
        let older = text.replacingOccurrences(of: "\"holdTime\"", with: "\"unknown\"")
        #expect(older != text)
        try Data(older.utf8).write(to: path)
        #expect(policy(now: .seconds(101)) == WorkPolicy())
    }
}
