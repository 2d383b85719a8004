import Metering
import TestSupport
import Testing

@Suite("Span recorder")
struct SpanRecorderTests {
    private func span(_ kind: InstanceSpan.Kind, _ from: Double, _ to: Double, _ duration: Double? = nil)
        -> InstanceSpan
    {
        InstanceSpan(
            instance: "a-1", service: "a", kind: kind, start: Sample.time(from).wall, end: Sample.time(to).wall,
            duration: duration.map { Int($0 * 1e6) })
    }

    @Test("an instance's life becomes spans, one for each state")
    func life() {
        var recorder = SpanRecorder()
        #expect(recorder.instance("a-1", of: "a", became: .starting, now: Sample.time(0)) == [span(.starting, 0, 0)])
        #expect(recorder.instance("a-1", of: "a", became: .starting, now: Sample.time(1)) == [])
        #expect(recorder.instance("a-1", of: "a", became: .ready, now: Sample.time(2)) == [span(.starting, 0, 2)])
        #expect(recorder.instance("a-1", of: "a", became: .draining, now: Sample.time(5)) == [span(.idle, 2, 5)])
        #expect(recorder.instances == ["a-1"])
        #expect(recorder.instance("a-1", of: "a", became: .ended, now: Sample.time(6)) == [span(.draining, 5, 6)])
        #expect(recorder.instances == [])
        #expect(recorder.heartbeat(now: Sample.time(7)) == [])
        #expect(recorder.instance("a-1", of: "a", became: .ended, now: Sample.time(8)) == [])
    }

    @Test("heartbeats prolong the span of an instance that stays as it is")
    func heartbeats() {
        var recorder = SpanRecorder()
        _ = recorder.instance("a-1", of: "a", became: .ready, now: Sample.time(0))
        #expect(recorder.heartbeat(now: Sample.time(10)) == [span(.idle, 0, 10)])
        #expect(recorder.heartbeat(now: Sample.time(20)) == [span(.idle, 0, 20)])
        recorder.instance("a-1", isBusy: true, now: Sample.time(20))
        #expect(recorder.heartbeat(now: Sample.time(30)) == [span(.busy, 20, 30)])
        #expect(recorder.heartbeat(now: Sample.time(40)) == [span(.busy, 20, 40)])
    }

    @Test("a thousand requests between two heartbeats make two spans that share the time")
    func flips() {
        var recorder = SpanRecorder()
        _ = recorder.instance("a-1", of: "a", became: .ready, now: Sample.time(0))
        for index in 0..<1_000 {
            let time = Double(index) / 100
            recorder.instance("a-1", isBusy: true, now: Sample.time(time))
            recorder.instance("a-1", isBusy: true, now: Sample.time(time + 0.001))
            recorder.instance("a-1", isBusy: false, now: Sample.time(time + 0.004))
        }
        #expect(recorder.heartbeat(now: Sample.time(10)) == [span(.idle, 0, 10, 6), span(.busy, 0, 10, 4)])
        #expect(recorder.heartbeat(now: Sample.time(20)) == [span(.idle, 10, 20)])
    }

    @Test("a wall clock that jumps back makes no negative and no overlapping span")
    func jumpsBack() {
        var recorder = SpanRecorder()
        _ = recorder.instance("a-1", of: "a", became: .ready, now: Sample.time(0))
        #expect(recorder.heartbeat(now: Sample.time(10, jump: -3_600)) == [span(.idle, 0, 10)])
        #expect(recorder.heartbeat(now: Sample.time(20, jump: -3_600)) == [span(.idle, 0, 20)])
        #expect(
            recorder.instance("a-1", of: "a", became: .ended, now: Sample.time(25, jump: -3_600))
                == [span(.idle, 0, 25)])
    }

    @Test("a wall clock that jumps forward leaves a gap of time that nobody ran")
    func jumpsForward() {
        var recorder = SpanRecorder()
        _ = recorder.instance("a-1", of: "a", became: .ready, now: Sample.time(0))
        #expect(recorder.heartbeat(now: Sample.time(10, jump: 100)) == [span(.idle, 0, 10)])
        #expect(recorder.heartbeat(now: Sample.time(20, jump: 100)) == [span(.idle, 110, 120)])
    }

    @Test("at every moment what is written lacks at most a heartbeat, and never overlaps", arguments: 1...50)
    func random(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var recorder = SpanRecorder()
        var written: [String: InstanceSpan] = [:]
        var alive = 0.0
        var phases = [SpanRecorder.Phase.starting, .ready, .draining, .ended][...]
        var time = 0.0
        var jump = 0.0
        var lastBeat = 0.0
        func write(_ spans: [InstanceSpan]) {
            for span in spans { written["\(span.kind) \(span.start)"] = span }
        }
        var isAlive = false
        while let phase = phases.first {
            if Int.random(in: 0..<40, using: &generator) == 0 {
                write(recorder.instance("a-1", of: "a", became: phase, now: Sample.time(time, jump: jump)))
                isAlive = phase != .ended
                phases = phases.dropFirst()
            }
            recorder.instance(
                "a-1", isBusy: Bool.random(using: &generator), now: Sample.time(time, jump: jump))
            if time - lastBeat >= 10 {
                write(recorder.heartbeat(now: Sample.time(time, jump: jump)))
                lastBeat = time
            }
            let total = written.values.reduce(0) { $0 + $1.duration }
            #expect(Double(total) / 1e6 >= alive - 10 - 1, "seed \(seed) at \(time)")
            #expect(Double(total) / 1e6 <= alive + 0.001, "seed \(seed) at \(time)")
            if Int.random(in: 0..<20, using: &generator) == 0 {
                jump += Double.random(in: -500...500, using: &generator)
            }
            let step = Double(Int.random(in: 1...1_000, using: &generator)) / 1_000
            time += step
            if isAlive { alive += step }
        }
        #expect(abs(Double(written.values.reduce(0) { $0 + $1.duration }) / 1e6 - alive) < 0.001, "seed \(seed)")
        let stretches = Dictionary(grouping: written.values, by: \.start).values.sorted { $0[0].start < $1[0].start }
        for (earlier, later) in zip(stretches, stretches.dropFirst()) {
            for span in earlier {
                #expect(span.end <= later[0].start && span.duration >= 0, "seed \(seed)")
            }
        }
    }
}
