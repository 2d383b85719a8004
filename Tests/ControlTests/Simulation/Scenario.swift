import Autoscaling
import Control
import TestSupport

/// One random day of a platform: its services, who calls them, what breaks. The seed decides all of it.
struct Scenario {
    struct Arrival {
        var time: Duration
        var service: String
        var tenant: String
        var promptTokens: Int
        var tokens: Int
        var affinity: UInt64?
        /// The client leaves then.
        var patience: Duration?
    }
    /// Chances in a thousand, and times.
    struct Faults {
        var launchFails = 0
        var exitsEarly = 0
        var neverHealthy = 0
        var startsSlowly = 0
        var crashes = 0
        var hangs = 0
        var ignoresTerminate = 0
        var badAnswer = 0
        /// Starts of this service fail, in this span.
        var broken: (service: String, from: Duration, to: Duration)?
    }
    enum Change {
        case settings([ServiceSettings], machine: Resources)
        case wake(String)
        case keepWarm(String, Bool)
        /// An administrator stops or starts a service.
        case stop(String)
        case start(String)
        case shutDown
        /// The platform is killed, and started again at once.
        case dies
        case diskFull(Bool)
        /// Seconds by which the wall clock jumps.
        case clockJumps(Int)
    }

    let seed: UInt64
    var services: [ServiceSettings]
    var machine: Resources
    var arrivals: [Arrival] = []
    var faults = Faults()
    var changes: [(time: Duration, change: Change)] = []
    /// Nothing breaks after it.
    let end: Duration

    init(seed: UInt64) {
        self.seed = seed
        var random = SeededGenerator(seed: seed &* 0x1234_5678_9abc_def1)
        end = .seconds(Int.random(in: 20...90, using: &random))
        machine = Resources(cores: Double(Int.random(in: 2...6, using: &random)), memoryBytes: 8 << 30)
        services = []
        let names = ["a", "b", "c"].prefix(Int.random(in: 1...3, using: &random))
        services = names.map { Self.service($0, &random) }
        if random.chance(700) { drawFaults(&random) }
        drawArrivals(&random)
        drawChanges(&random)
    }

    static func service(_ name: String, _ random: inout SeededGenerator) -> ServiceSettings {
        let maximum = Int.random(in: 1...4, using: &random)
        return ServiceSettings(
            name: name, policy: random.chance(500) ? .pronk : .kpa,
            limits: ScalingLimits(
                minimum: random.chance(200) ? 1 : 0, maximum: maximum,
                target: Double.random(in: 1...6, using: &random),
                idle: .seconds(Int.random(in: 2...40, using: &random)),
                scaleDownDelay: .seconds(Int.random(in: 0...10, using: &random))),
            coldStartTimeout: .seconds(Int.random(in: 4...30, using: &random)),
            queueLimit: Int.random(in: 3...80, using: &random),
            instanceConcurrency: Int.random(in: 1...8, using: &random),
            need: Resources(
                cores: Double(Int.random(in: 1...2, using: &random)),
                memoryBytes: Int.random(in: 1...3, using: &random) << 30),
            isResumable: random.chance(700), isRemote: random.chance(70),
            grace: .seconds(Int.random(in: 3...10, using: &random)),
            revision: "\(Int.random(in: 0...1, using: &random))")
    }

    private mutating func drawFaults(_ random: inout SeededGenerator) {
        faults.launchFails = Int.random(in: 0...80, using: &random)
        faults.exitsEarly = Int.random(in: 0...80, using: &random)
        faults.neverHealthy = Int.random(in: 0...60, using: &random)
        faults.startsSlowly = Int.random(in: 0...200, using: &random)
        faults.crashes = Int.random(in: 0...700, using: &random)
        faults.hangs = Int.random(in: 0...300, using: &random)
        faults.ignoresTerminate = Int.random(in: 0...100, using: &random)
        faults.badAnswer = Int.random(in: 0...30, using: &random)
        if random.chance(200), let service = services.randomElement(using: &random) {
            let from = Duration.seconds(Int.random(in: 0...30, using: &random))
            faults.broken = (service.name, from, from + .seconds(Int.random(in: 5...60, using: &random)))
        }
    }

    private mutating func drawArrivals(_ random: inout SeededGenerator) {
        var time = Duration.zero
        while time < end, arrivals.count < 400 {
            // Bursts with pauses between them, in which services fall asleep.
            time +=
                random.chance(40)
                ? .seconds(Int.random(in: 2...30, using: &random))
                : .milliseconds(Int.random(in: 0...400, using: &random))
            for _ in 0..<(random.chance(30) ? Int.random(in: 5...60, using: &random) : 1) {
                arrivals.append(
                    Arrival(
                        time: time, service: services.randomElement(using: &random)?.name ?? "a",
                        tenant: "t\(Int.random(in: 0...3, using: &random))",
                        promptTokens: Int.random(in: 1...600, using: &random),
                        tokens: Int.random(in: 1...25, using: &random),
                        affinity: random.chance(400) ? UInt64.random(in: 0...5, using: &random) : nil,
                        patience: random.chance(80) ? .milliseconds(Int.random(in: 0...8000, using: &random)) : nil))
            }
        }
    }

    private mutating func drawChanges(_ random: inout SeededGenerator) {
        var present = services
        func moment(_ random: inout SeededGenerator) -> Duration {
            .milliseconds(Int.random(in: 0...Int(end / .milliseconds(1)), using: &random))
        }
        let times = (0..<(random.chance(500) ? 0 : Int.random(in: 1...4, using: &random))).map { _ in moment(&random) }
        for time in times.sorted() {
            present = present.filter { _ in !random.chance(150) }.map { settings in
                random.chance(500) ? settings : Self.service(settings.name, &random)
            }
            for original in services where !present.contains(where: { $0.name == original.name }) && random.chance(500)
            {
                present.append(Self.service(original.name, &random))
            }
            let machine = Resources(cores: Double(Int.random(in: 2...6, using: &random)), memoryBytes: 8 << 30)
            changes.append((time, .settings(present, machine: machine)))
        }
        for service in services {
            if random.chance(200) { changes.append((moment(&random), .wake(service.name))) }
            if random.chance(150) {
                let start = moment(&random)
                changes.append((start, .keepWarm(service.name, true)))
                changes.append(
                    (start + .seconds(Int.random(in: 1...40, using: &random)), .keepWarm(service.name, false)))
            }
        }
        if random.chance(250) { changes.append((moment(&random), .shutDown)) }
        if random.chance(150) { changes.append((moment(&random), .dies)) }
        if random.chance(200) {
            let start = moment(&random)
            changes.append((start, .diskFull(true)))
            changes.append((start + .seconds(Int.random(in: 1...40, using: &random)), .diskFull(false)))
        }
        if random.chance(200) {
            let seconds = Int.random(in: -7200...7200, using: &random)
            changes.append((moment(&random), .clockJumps(seconds)))
        }
        for service in services where random.chance(150) {
            let start = moment(&random)
            changes.append((start, .stop(service.name)))
            changes.append((start + .seconds(Int.random(in: 0...30, using: &random)), .start(service.name)))
        }
    }
}

extension SeededGenerator {
    mutating func chance(_ perThousand: Int) -> Bool { Int.random(in: 0..<1000, using: &self) < perThousand }
    mutating func milliseconds(_ range: ClosedRange<Int>) -> Duration {
        .milliseconds(Int.random(in: range, using: &self))
    }
}
