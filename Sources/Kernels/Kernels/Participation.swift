/// How many of a pool's threads take part, found from how long they wait for a processor.
///
/// A thread whose core another process keeps busy is put aside for milliseconds, again and again, and each time all
/// others wait for the task that it holds. Regions being much shorter than that, the others are faster without it. So
/// a thread leaves when all together waited for half a window or longer, and comes back for another window,
/// later each time, until nobody is in its way.
package struct Participation {
    package static let window: UInt64 = 20_000_000  // nanoseconds, as all times
    /// A window that lasted so long was an idle one.
    private static let longestWindow: UInt64 = 500_000_000
    private static let shortestAbsence: UInt64 = 100_000_000
    private static let longestAbsence: UInt64 = 3_200_000_000

    package private(set) var threads: Int
    private let mostThreads: Int
    private var start: UInt64 = 0
    private var delayAtStart: UInt64 = 0
    private var returnTime: UInt64 = 0
    private var absence = shortestAbsence

    package init(threads: Int) {
        self.threads = threads
        mostThreads = threads
    }

    package func isDue(at now: UInt64) -> Bool { now &- start >= Self.window }

    /// Ends a window and begins the next. `delay`: how long all threads have waited for a processor until now.
    package mutating func endWindow(at now: UInt64, delay: UInt64) {
        let length = now &- start, delayed = delay &- delayAtStart
        start = now
        delayAtStart = delay
        guard length < Self.longestWindow else { return }
        if delayed >= length / 2 {
            guard threads > 1 else { return }
            threads -= 1
            returnTime = now + absence
            absence = min(absence * 2, Self.longestAbsence)
        } else if threads == mostThreads {
            absence = Self.shortestAbsence
        } else if now >= returnTime {
            threads += 1
        }
    }
}
