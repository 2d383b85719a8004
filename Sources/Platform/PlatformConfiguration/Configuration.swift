/// What `pronk.yaml` says, checked, with defaults filled in.
package struct Configuration: Sendable, Equatable {
    package var gateway = GatewaySettings()
    package var storage = StorageSettings()
    package var chat = ChatSettings()
    package var services: [ServiceConfiguration] = []

    package init() {}
}

/// `gateway:`, the front door.
package struct GatewaySettings: Sendable, Equatable {
    package enum Authentication: String, Sendable, CaseIterable {
        /// Every request to /v1 and /api needs a key.
        case keys
        /// Nobody is asked; loopback listeners only.
        case open
    }
    package var listen = ListenAddress(host: "127.0.0.1", port: 7860)
    package var auth = Authentication.keys
    /// Allows a listener beyond loopback without TLS.
    package var insecure = false
    package var tls: TLSSettings?
    package var domains: [String] = []
    package var limits = GatewayLimits()

    package init() {}
}

/// Where the gateway listens. Port 0 takes a free one.
package struct ListenAddress: Sendable, Equatable {
    package var host: String
    package var port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }
}

/// Where the certificate comes from.
package enum TLSSettings: Sendable, Equatable {
    case files(certificate: String, key: String)
    /// A certificate of our own, made at the first start and kept in the data folder.
    case selfSigned
}

/// `gateway.limits:`, what strangers and callers may take.
package struct GatewayLimits: Sendable, Equatable {
    package var bodyBytes = 16 << 20
    package var headerBytes = 32 << 10
    package var connections = 10_000
    /// Streams open at a time for one caller.
    package var streamsPerCaller = 1_000
    /// For one caller whose key says nothing else; nil: no limit.
    package var requestsPerMinute: Int?
    /// How long a client may leave written data unread.
    package var stalledReader = Duration.seconds(60)

    package init() {}
}

/// `chat:`, the site where people talk to models.
package struct ChatSettings: Sendable, Equatable {
    /// The service that turns speech into text; nil: browsers do it themselves, where they can.
    package var transcription: String?

    package init() {}
}

/// `storage:`, where what must last is kept.
package struct StorageSettings: Sendable, Equatable {
    /// The database's file, relative to the data folder.
    package var database = "pronk.db"

    package init() {}
}
