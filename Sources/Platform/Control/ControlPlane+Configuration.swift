internal import Autoscaling

extension ControlPlane {
    /// New settings: services that are gone drain, others go on under their new limits.
    package mutating func reconfigure(_ new: [ServiceSettings], machine: Resources, now: Duration) {
        let now = advance(to: now)
        guard !isShuttingDown else { return }
        self.machine = machine
        let names = Set(new.map(\.name))
        for place in services.indices where !names.contains(services[place].settings.name) {
            retire(place, now: now)
        }
        for settings in new {
            if let place = placeOfService[settings.name] {
                change(place, to: settings, now: now)
            } else {
                placeOfService[settings.name] = services.count
                services.append(ServiceState(settings, policy: makePolicy(settings), now: now))
            }
        }
        for place in services.indices { look(place, now: now) }
    }

    private mutating func change(_ place: Int, to settings: ServiceSettings, now: Duration) {
        let old = services[place].settings
        if old.policy != settings.policy || services[place].isRetired {
            services[place].policy = makePolicy(settings)
        }
        if services[place].isRetired { services[place].lastActivity = now }
        services[place].isRetired = false
        services[place].settings = settings
        services[place].nextNumber = max(services[place].nextNumber, settings.firstInstance)
        services[place].pool.concurrency = settings.instanceConcurrency
        if old.revision != settings.revision || old.isRemote != settings.isRemote || old.need != settings.need {
            // Whoever repaired a service's program need not wait for what the broken one earned.
            services[place].backoff = RestartBackoff()
        }
        for index in services[place].instances.indices
        where services[place].instances[index].revision != settings.revision || old.isRemote != settings.isRemote {
            drain(index, of: place, because: "its settings changed", now: now)
        }
        refreshExpiry(of: place)
        drainQueue(of: place, now: now)
    }

    private mutating func retire(_ place: Int, now: Duration) {
        guard !services[place].isRetired else { return }
        services[place].isRetired = true
        services[place].isStopped = false
        services[place].isScheduledWarm = false
        services[place].wakeHold = .none
        setBlocked(place, nil)
        services[place].lookAt = nil
        refuseAll(of: place, .unknownService(services[place].settings.name), now: now)
        for index in services[place].instances.indices {
            drain(index, of: place, because: "its service was removed from the configuration", now: now)
        }
    }

    /// Refuses what comes, lets what runs finish, then ends every instance; within each service's grace period.
    package mutating func shutDown(now: Duration) {
        let now = advance(to: now)
        guard !isShuttingDown else { return }
        isShuttingDown = true
        shutDownAt = now
        for place in services.indices {
            services[place].lookAt = nil
            services[place].wakeHold = .none
            setBlocked(place, nil)
            refuseAll(of: place, .shuttingDown(), now: now)
            for index in services[place].instances.indices {
                drain(index, of: place, because: "the platform shuts down", now: now)
            }
            refreshExpiry(of: place)
        }
    }
}
