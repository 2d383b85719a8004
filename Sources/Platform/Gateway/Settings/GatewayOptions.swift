package import NIOCore

/// What the gateway is told about itself.
///
/// All but `listen`, `administrationSocket` and `eventLoops` can be changed live.
package struct GatewayOptions: Sendable {
    package struct Listen: Sendable, Equatable {
        package var host: String
        /// 0: any free port.
        package var port: Int

        package init(host: String = "127.0.0.1", port: Int = 7860) {
            self.host = host
            self.port = port
        }
    }

    package enum Authentication: Sendable, Equatable {
        /// A key of the caller directory.
        case keys
        /// Nobody is asked: everyone who can connect may call models and administer.
        case open
    }

    package enum Certificates: Sendable, Equatable {
        /// Paths of PEM files: the chain, the leaf first, and its key.
        case files(certificate: String, key: String)
        /// A certificate of our own, made when there is none and kept in this folder.
        case selfSigned(folder: String)
    }

    package struct Timeouts: Sendable, Equatable {
        package var connect = TimeAmount.seconds(10)
        /// Silence of an instance, before its first byte or between two: reading a long prompt takes minutes.
        package var silence = TimeAmount.seconds(300)
        /// How long a client may leave written data unread.
        package var stalledReader = TimeAmount.seconds(60)
        /// A connection without a request. Longer than the 60 s after which the usual clients drop idle connections
        /// themselves, so that none sends into a connection that is just closing.
        package var idleClient = TimeAmount.seconds(90)
        /// From a request's first header to the end of its body.
        package var receiving = TimeAmount.seconds(60)
        /// How long the rest of a refused body is read and dropped, so that the client gets to read the answer.
        package var linger = TimeAmount.seconds(2)
        /// Waiting before a streaming caller gets headers and comments.
        package var firstComment = TimeAmount.milliseconds(500)
        /// Between two comments about a wake-up.
        package var comment = TimeAmount.milliseconds(500)
        /// Silence of a stream until a comment keeps proxies from cutting it.
        package var heartbeat = TimeAmount.seconds(15)
        /// How long streams may go on after a graceful shutdown began.
        package var shutdown = TimeAmount.seconds(30)

        package init() {}
    }

    package var listen: Listen
    /// A Unix socket for the machine's own user, who needs no key there; nil: none.
    package var administrationSocket: String?
    package var authentication = Authentication.keys
    package var certificates: Certificates?
    /// Names under which the gateway is reached, beside localhost: for certificates and against rebound names.
    package var domains: [String] = []
    /// Web pages of these origins may call the API; its own pages always may.
    package var allowedOrigins: Set<String> = []
    package var bodyBytes = 16 << 20
    package var headerBytes = 32 << 10
    package var connections = 10_000
    /// Requests in flight at a time for one caller.
    package var streamsPerCaller = 1_000
    /// For one caller whose key says nothing else; nil: no limit.
    package var requestsPerMinute: Int?
    package var timeouts = Timeouts()
    /// /metrics asks for no key.
    package var opensMetrics = false
    /// PEM files of authorities that remote instances are verified against, beside the system's.
    package var trustedAuthorities: [String] = []
    /// Threads that serve connections.
    package var eventLoops = 2

    package init(listen: Listen = Listen()) { self.listen = listen }
}
