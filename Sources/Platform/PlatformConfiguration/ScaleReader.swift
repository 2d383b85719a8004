/// Reads `scale:` of a service.
struct ScaleReader {
    let section: Section

    func read(isRemote: Bool) -> ScaleSettings {
        section.refuseUnsupported("sleepAfter", "sleeping instances are not in this version: remove it, or lower idle")
        var scale = ScaleSettings()
        if isRemote {
            section.refuse(
                ["min", "max", "target", "idle", "scaleDownDelay", "policy", "warm"], isRemote: true)
        } else {
            readSize(&scale)
        }
        scale.coldStart = section.read("coldStart", .duration(Limits.coldStart), default: scale.coldStart)
        scale.queue = section.read("queue", .integer(Limits.queue), default: scale.queue)
        scale.concurrency = section.read("concurrency", .integer(Limits.concurrency), default: scale.concurrency)
        if !isRemote { readLoad(&scale) }
        section.finish()
        return scale
    }

    private func readSize(_ scale: inout ScaleSettings) {
        scale.min = section.read("min", .integer(Limits.instances), default: scale.min)
        // A default never contradicts what the file says.
        let most = Swift.max(scale.max, scale.min)
        scale.max = section.read("max", .integer(1...Limits.instances.upperBound), default: most)
        if scale.min > scale.max {
            section.complain("min", "\(scale.min) is more than max, which is \(scale.max): raise max or lower min")
        }
    }

    private func readLoad(_ scale: inout ScaleSettings) {
        let target = Swift.min(scale.target, Double(scale.concurrency))
        scale.target = section.read("target", .number(Limits.target), default: target)
        if scale.target > Double(scale.concurrency) {
            section.complain(
                "target",
                "\(shortest(scale.target)) is more than concurrency, which is \(scale.concurrency), so that no "
                    + "instance ever reaches it: lower target or raise concurrency")
        }
        scale.policy = section.read("policy", .word(), default: scale.policy)
        scale.idle = section.read("idle", .duration(Limits.idle), default: scale.idle)
        scale.scaleDownDelay = section.read(
            "scaleDownDelay", .duration(Limits.scaleDownDelay), default: scale.scaleDownDelay)
        let zone = section.reading.localTimeZone
        scale.warm = section.list("warm", .schedule(localTimeZone: zone))
    }
}

extension ScalarKind where Value == WarmSchedule {
    static func schedule(localTimeZone: String) -> ScalarKind {
        ScalarKind { text throws(Complaint) in
            try WarmSchedule(parsing: text, localTimeZone: localTimeZone)
        } show: {
            .text($0.description)
        }
    }
}
