/// What of the machine is taken, and what still fits.
package struct Placement: Sendable {
    /// What one service's instances take together.
    package struct Holding: Sendable, Equatable {
        package var service: String
        package var instances: Int
        package var resources: Resources

        package init(service: String, instances: Int, resources: Resources) {
            self.service = service
            self.instances = instances
            self.resources = resources
        }
    }
    package var machine: Resources
    package var holdings: [Holding]
    /// Kept for services that wait for room with nothing running, so that no other's second instance takes it.
    package var reserved: Resources

    package init(machine: Resources, holdings: [Holding], reserved: Resources = Resources()) {
        self.machine = machine
        self.holdings = holdings
        self.reserved = reserved
    }

    package var free: Resources {
        holdings.reduce(machine - reserved) { $0 - $1.resources }
    }

    /// How many instances of `need` fit now.
    package func room(for need: Resources) -> Int { Self.count(of: need, in: free) }

    /// Whether one fits into the machine when it has it to itself.
    package func canEverFit(_ need: Resources) -> Bool { Self.count(of: need, in: machine) > 0 }

    /// Says what is needed, what there is, and who holds it.
    package func refusal(of service: String, need: Resources) -> String {
        let holders = holdings.filter { $0.instances > 0 }.map {
            "\($0.service) holds \($0.resources) with \($0.instances) instance\($0.instances == 1 ? "" : "s")"
        }
        let wanted = "an instance of \(service) needs \(need)"
        guard canEverFit(need) else {
            return
                "\(wanted), and the machine has \(machine); lower the service's `resources` or choose a smaller model"
        }
        let held = holders.isEmpty ? "" : "; " + holders.joined(separator: ", ")
        return "\(wanted), and of \(machine) \(free.atLeastZero) is free\(held)"
    }

    private static func count(of need: Resources, in free: Resources) -> Int {
        // Sums of fractions of cores are off by rounding, so a thousandth of a core is given away.
        let byCores = need.cores > 0 ? ((free.cores + 0.001) / need.cores).rounded(.down) : .infinity
        let byMemory =
            need.memoryBytes > 0 ? (Double(free.memoryBytes) / Double(need.memoryBytes)).rounded(.down) : .infinity
        return Int(max(0, min(byCores, byMemory, 1e6)))
    }
}

extension Resources: CustomStringConvertible {
    static func + (a: Self, b: Self) -> Self {
        Resources(cores: a.cores + b.cores, memoryBytes: a.memoryBytes + b.memoryBytes)
    }

    static func - (a: Self, b: Self) -> Self {
        Resources(cores: a.cores - b.cores, memoryBytes: a.memoryBytes - b.memoryBytes)
    }

    static func * (a: Self, count: Int) -> Self {
        Resources(cores: a.cores * Double(count), memoryBytes: a.memoryBytes * count)
    }

    var atLeastZero: Self { Resources(cores: max(0, cores), memoryBytes: max(0, memoryBytes)) }

    /// As in "2 cores and 1.5 GB".
    package var description: String {
        let cores = Self.text(tenths: (self.cores * 10).rounded())
        let isLarge = memoryBytes >= 1_000_000_000
        let memory = Self.text(tenths: (Double(memoryBytes) / (isLarge ? 1e8 : 1e5)).rounded())
        return "\(cores) core\(cores == "1" ? "" : "s") and \(memory) \(isLarge ? "GB" : "MB")"
    }

    private static func text(tenths: Double) -> String {
        let whole = Int(tenths / 10)
        let tenth = abs(Int(tenths) % 10)
        return tenth == 0 ? "\(whole)" : "\(whole).\(tenth)"
    }
}
