/// One service of `pronk.yaml`.
package struct ServiceConfiguration: Sendable, Equatable {
    package enum Engine: Sendable, Equatable {
        /// `model` is a name in `pronk model list` or a path.
        case native(model: String)
        case command([String])
        /// A remote OpenAI API; `modelName` is what it calls the model.
        case url(String, key: Secret?, modelName: String?)
    }
    /// Where a secret is read from; never the secret itself.
    package enum Secret: Sendable, Equatable {
        case environment(String)
        case file(String)
    }
    package enum Policy: String, Sendable, CaseIterable {
        case pronk, kpa
    }
    package var name: String
    package var engine: Engine
    package var resources = ResourceNeeds()
    package var scale = ScaleSettings()
    package var health = HealthSettings()
    package var defaults = GenerationDefaults()
    package var price: Price?
    /// Set in the instance's environment.
    package var environment: [String: String] = [:]
    /// Appended to a native engine's arguments, as in ["--context", "4096"].
    package var arguments: [String] = []
    /// All callers of a native engine share its prefix cache, and could guess each other's prompts by it.
    package var sharesPrefixCache = false

    package init(name: String, engine: Engine) {
        self.name = name
        self.engine = engine
    }
}

/// What one instance takes; nil: estimated.
package struct ResourceNeeds: Sendable, Equatable {
    package var cores: Double?
    package var memoryBytes: Int?

    package init(cores: Double? = nil, memoryBytes: Int? = nil) {
        self.cores = cores
        self.memoryBytes = memoryBytes
    }
}

/// How many instances run, and for how long.
package struct ScaleSettings: Sendable, Equatable {
    package var min = 0
    package var max = 3
    package var target = 8.0
    package var idle = Duration.seconds(600)
    package var coldStart = Duration.seconds(120)
    package var scaleDownDelay = Duration.seconds(60)
    package var policy = ServiceConfiguration.Policy.pronk
    package var queue = 10_000
    /// Requests that one instance gets at a time; more wait in the gateway.
    package var concurrency = 64
    package var warm: [WarmSchedule] = []

    package init() {}
}

/// How an instance is asked whether it can serve.
package struct HealthSettings: Sendable, Equatable {
    package var path = "/healthz"
    /// Health checks from outside wake the service.
    package var keepsAwake = false

    package init() {}
}

/// Filled in where a request says nothing.
package struct GenerationDefaults: Sendable, Equatable {
    package var maxTokens: Int? = 512
    package var temperature: Double?
    package var topP: Double?

    package init() {}
}

/// What an instance costs.
package struct Price: Sendable, Equatable {
    package var perInstanceHour: Double
    package var currency: String

    package init(perInstanceHour: Double, currency: String) {
        self.perInstanceHour = perInstanceHour
        self.currency = currency
    }
}

/// A span of the week in which a service stays awake, as in `Mon-Fri 08:50-18:00 Asia/Shanghai`.
package struct WarmSchedule: Sendable, Equatable {
    /// 1 = Monday … 7 = Sunday.
    package var days: Set<Int>
    /// Minutes after midnight; `end` at or before `start` means the next day.
    package var start: Int
    package var end: Int
    /// IANA name.
    package var timeZone: String

    package init(days: Set<Int>, start: Int, end: Int, timeZone: String) {
        self.days = days
        self.start = start
        self.end = end
        self.timeZone = timeZone
    }
}
