package import Autoscaling

extension ControlPlane {
    /// With the policies that settings name, fresh.
    package init(services: [ServiceSettings], machine: Resources, now: Duration) {
        self.init(services: services, machine: machine, now: now) { settings in
            switch settings.policy {
            case .pronk: WorkPolicy()
            case .kpa: KnativePolicy(now: now)
            }
        }
    }

    /// A service's policy with what it has learnt, to be kept over a restart of the platform and given back by
    /// `makePolicy`; nil for a service that is not configured.
    package func policy(of service: String) -> (any ScalingPolicy)? {
        configured(service).map { services[$0].policy }
    }
}
