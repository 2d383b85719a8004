import NIOCore

/// A connection whose deadlines its loop looks after.
///
/// One sweep over all connections a few times a second costs less than a timer for each request: NIO removes a
/// cancelled timer in time proportional to their number.
protocol Watched: AnyObject {
    func sweep(now: NIODeadline)
    /// The gateway ends: finish what is in flight, begin nothing new.
    func drain()
    /// The time for that is over.
    func cut()
}
