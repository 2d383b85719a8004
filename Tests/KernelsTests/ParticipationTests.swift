import Kernels
import Testing

@Suite("How many threads take part")
struct ParticipationTests {
    /// Windows one after the other, in each of which the threads waited for `share` of the time; gives the threads that
    /// took part after each.
    private static func run(
        _ participation: inout Participation, from start: Int, shares: [Double]
    ) -> [Int] {
        var delay = UInt64(start) * 1_000_000_000
        return shares.indices.map { index in
            delay += UInt64(Double(Participation.window) * shares[index])
            let now = UInt64(start + index + 1) * Participation.window
            #expect(participation.isDue(at: now))
            participation.endWindow(at: now, delay: delay)
            return participation.threads
        }
    }

    @Test("all threads of an undisturbed machine take part")
    func undisturbed() {
        var participation = Participation(threads: 4)
        let threads = Self.run(&participation, from: 0, shares: Array(repeating: 0.4, count: 1000))
        #expect(threads.allSatisfy { $0 == 4 })
    }

    @Test("a delayed thread leaves, comes back for a window, and stays away longer each time")
    func comesBack() {
        var participation = Participation(threads: 2)
        var delay: UInt64 = 0, absences: [Int] = [], away = 0
        for window in 1...1000 {
            if participation.threads == 2 { delay += Participation.window * 3 / 4 }
            participation.endWindow(at: UInt64(window) * Participation.window, delay: delay)
            if participation.threads == 1 {
                away += 1
            } else if away > 0 {
                absences.append(away)
                away = 0
            }
        }
        // In windows of 20 ms: 100 ms, 200 ms, ... 3.2 s at most.
        #expect(absences == [5, 10, 20, 40, 80, 160, 160, 160, 160, 160])
    }

    @Test("threads leave until nobody waits, one stays, and all are back when the disturbance ends")
    func severalLeave() {
        var participation = Participation(threads: 3)
        let disturbed = Self.run(&participation, from: 0, shares: [0.9, 0.9, 0.9, 0.9])
        #expect(disturbed == [2, 1, 1, 1])
        let quiet = Self.run(&participation, from: 4, shares: Array(repeating: 0, count: 40))
        #expect(quiet.last == 3)
    }

    @Test("an idle time is no window")
    func idle() {
        var participation = Participation(threads: 2)
        participation.endWindow(at: 60_000_000_000, delay: 30_000_000_000)
        #expect(participation.threads == 2)
    }
}
