/// What the gateway bears beyond what its options say, each with the reason.
enum Limits {
    /// Characters of an X-Request-Id: a UUID or a trace id with room to spare; it is repeated in logs.
    static let requestIDCharacters = 128
    /// Bytes of a part of a path that stands in the log: a UUID has 36, a secret of 256 bits 43.
    static let shownPathPart = 40
    /// Bytes of bodies that all callers together may have here, and one address: sixteen of the largest, and eight.
    static let heldBodyBytes = 256 << 20
    static let heldBodyBytesOfAddress = 128 << 20
    /// Bytes of a body that count for nothing: as many as there can be connections make no more than 160 MB.
    static let smallBodyBytes = 16 << 10
    /// Header fields of a request; the engine's own bound.
    static let headerFields = 200
    /// Levels of nesting in a body: Foundation's decoder in the engine refuses deeper ones, too.
    static let nesting = 512
    /// Parts of a form, and bytes of one's head: OpenAI's forms have seven fields.
    static let formParts = 32
    static let formHeadBytes = 4 << 10
    /// Bytes at the start of a conversation that choose its instance: enough to tell system prompts apart, and hashed
    /// in microseconds.
    static let affinityBytes = 4 << 10
    /// Bytes of one event of a stream. A token's event has some hundred; tool calls and log probabilities have more.
    static let eventBytes = 4 << 20
    /// Bytes of an answer that is held until it is whole, so that it can be asked for again; longer ones are relayed as
    /// they come.
    static let heldAnswerBytes = 1 << 20
    /// Bytes of an instance's error that are put into a stream which has begun.
    static let errorBytes = 64 << 10
    /// Connections without a request that one event loop keeps for one instance.
    static let idleUpstreamConnections = 64
    /// How long they are kept: less than the 60 s and 75 s of the usual servers, so that none closes as we write.
    static let idleUpstreamSeconds: Int64 = 45
    /// Streams that one HTTP/2 connection may have open: browsers and clients are made for 100.
    static let streamsPerConnection = 256
    /// Callers whose buckets are remembered; those who are idle go first.
    static let rememberedCallers = 100_000
    /// Connections that wait to be accepted: a burst at zero instances arrives all at once.
    static let backlog = 4096
    /// How often a loop looks at its connections' deadlines, in milliseconds: half of the first promise of progress.
    static let sweepMilliseconds: Int64 = 250
    /// Services whose counters are kept apart; beyond it they are counted together.
    static let countedServices = 1_000
    /// Bytes that wait in one HTTP/2 stream for its client; HTTP/1 connections have NIO's 64 KiB.
    static let streamBufferBytes = 64 << 10
    /// How long a certificate of our own is good for, in days: what browsers accept at most, less a month.
    static let selfSignedDays = 365
    /// How long before its end a certificate is warned about, in days.
    static let certificateWarningDays = 14
}
