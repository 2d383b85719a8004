/// What the server bears, each with the reason.
package enum Limits {
    /// Bytes of a request's body. The longest context known, a million tokens of four bytes, with JSON around it.
    package static let bodyBytes = 10 << 20
    /// Bytes of all headers of a request: several times what browsers and proxies send.
    static let headerBytes = 64 << 10
    /// Header fields of a request.
    static let headerFields = 200
    /// Characters of an X-Request-Id: a UUID or a trace id with room to spare; it is repeated in logs.
    static let requestIDCharacters = 128
    /// Bytes of a Unix socket's path: the size of `sun_path` on Linux, less the terminating zero.
    static let socketPathBytes = 107
    /// Seconds without a request, or amid one, until a connection is closed. Longer than the 60 s after which the
    /// usual clients drop idle connections themselves, so that none sends into a connection that is just closing.
    static let idleSeconds: Int64 = 90
    /// Seconds for which a client may leave written data unread before its connection is cut.
    static let stalledReaderSeconds: Int64 = 60
    /// Seconds for which the rest of a refused body is read and dropped, so that the client gets to read the answer.
    static let lingerSeconds: Int64 = 2
    /// What a caller is told to wait when the queue is full: the time in which a short answer ends.
    static let queueRetrySeconds = 1
    /// What a caller is told to wait when this server ends: the time in which another has started.
    static let drainRetrySeconds = 2
    /// Seconds for which cancelled requests may still write their last words.
    static let settleSeconds = 2
    /// Connections that wait to be accepted.
    static let backlog = 1024
}
