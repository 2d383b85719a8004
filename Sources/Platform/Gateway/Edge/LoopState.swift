import NIOCore

/// What one event loop's connections share. Used on that loop alone, so nothing on a request's way takes a lock.
final class LoopState {
    let loop: any EventLoop
    let core: GatewayCore
    let pool: UpstreamPool
    private(set) var settings: LiveSettings
    private(set) var isDraining = false
    var random: SplitMix

    private var watched: [ObjectIdentifier: any Watched] = [:]
    private var isSweeping = false

    init(loop: any EventLoop, core: GatewayCore) {
        self.loop = loop
        self.core = core
        settings = core.settings
        pool = UpstreamPool(loop: loop) { [core] in try core.settings.upstreamTLS() }
        random = SplitMix(seed: .random(in: .min ... .max))
    }

    func apply(_ settings: LiveSettings) { self.settings = settings }

    func watch(_ connection: any Watched) {
        watched[ObjectIdentifier(connection)] = connection
        if isDraining { connection.drain() }
        beginSweeping()
    }

    func forget(_ connection: any Watched) { watched[ObjectIdentifier(connection)] = nil }

    func drain() {
        isDraining = true
        for connection in Array(watched.values) { connection.drain() }
    }

    func cut() {
        for connection in Array(watched.values) { connection.cut() }
        pool.closeAll()
    }

    /// Runs while there is something to look after, so that an idle gateway sleeps.
    private func beginSweeping() {
        guard !isSweeping else { return }
        isSweeping = true
        scheduleSweep()
    }

    private func scheduleSweep() {
        loop.assumeIsolated().scheduleTask(in: .milliseconds(Limits.sweepMilliseconds)) { [weak self] in
            self?.sweep()
        }
    }

    private func sweep() {
        let now = NIODeadline.now()
        for connection in Array(watched.values) { connection.sweep(now: now) }
        pool.sweep(now: now)
        isSweeping = !watched.isEmpty || !pool.isEmpty
        if isSweeping { scheduleSweep() }
    }
}

/// Random numbers for seeds and request ids, where the system's would cost a call into the kernel each.
///
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
