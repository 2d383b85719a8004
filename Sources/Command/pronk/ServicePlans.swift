import Checkpoints
import Control
import Gateway
import Instances
import Kernels
import Metering
import PlatformConfiguration
import Runtime

/// What the services of the file become for the parts that run them.
enum ServicePlans {
    /// - Throws: what is wrong with the first service that cannot run here.
    static func make(
        _ configuration: Configuration, machine: Resources, place: ServicePlan.Place, data: DataOptions
    ) throws -> [ServicePlan] {
        let store = try data.modelStore()
        return try configuration.services.map { service in
            try ServicePlan(service, machine: machine, place: place) { model in
                let summary: ModelSummary
                do {
                    summary = ModelSummary(try store.find(model))
                } catch {
                    throw CommandError("services.\(service.name).model: \(error)")
                }
                return NativeModel(
                    imageBytes: summary.imageBytes, kvBytesPerToken: summary.kvBytesPerToken(),
                    kvBytesPerTokenByType: Dictionary(
                        uniqueKeysWithValues: KVType.allCases.map { ($0.rawValue, summary.kvBytesPerToken($0)) }),
                    contextLength: summary.configuration.contextLength,
                    originalContextLength: summary.configuration.originalContextLength,
                    largestContextLength: summary.configuration.largestContextLength)
            }
        }
    }

    /// The ledger's prices and the instances that an owner keeps, from now on.
    static func setTerms(_ configuration: Configuration, in ledger: Ledger) {
        for service in configuration.services {
            ledger.setTerms(
                of: service.name, minimumInstances: service.scale.min,
                price: service.price.map {
                    InstancePrice(perInstanceHour: $0.perInstanceHour, currency: $0.currency)
                })
        }
    }
}

extension ServiceCatalogue {
    init(_ plans: [ServicePlan]) {
        self.init(
            plans.map { plan in
                let defaults = plan.configuration.defaults
                return ServiceRoute(
                    name: plan.configuration.name, created: plan.created, contextLength: plan.contextLength,
                    defaults: ServiceRoute.Defaults(
                        maxTokens: defaults.maxTokens, temperature: defaults.temperature, topP: defaults.topP),
                    isWokenByChecks: plan.configuration.health.keepsAwake,
                    sharesPrefixCache: plan.configuration.sharesPrefixCache)
            })
    }
}

extension GatewayOptions {
    init(_ settings: GatewaySettings, data: DataOptions) {
        self.init(listen: Listen(host: settings.listen.host, port: settings.listen.port))
        administrationSocket = SocketFolder.controlSocket(dataFolder: data.path)
        authentication = settings.auth == .open ? .open : .keys
        certificates = settings.tls.map { tls in
            switch tls {
            case .files(let certificate, let key): .files(certificate: certificate, key: key)
            case .selfSigned: .selfSigned(folder: data.path + "/certificates")
            }
        }
        domains = settings.domains
        bodyBytes = settings.limits.bodyBytes
        headerBytes = settings.limits.headerBytes
        connections = settings.limits.connections
        streamsPerCaller = settings.limits.streamsPerCaller
        requestsPerMinute = settings.limits.requestsPerMinute
        timeouts.stalledReader = .nanoseconds(Int64(settings.limits.stalledReader / .nanoseconds(1)))
    }
}
