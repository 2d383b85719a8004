import Identity
import TestSupport
import Testing

@Suite("Slowing down guesses")
struct SignInThrottleTests {
    @Test("five failures of a name are free, then pauses double up to a minute")
    func doubles() {
        var throttle = SignInThrottle()
        var now = 1_000
        for _ in 0..<5 { #expect(throttle.attempt(name: "ann", address: "a\(now)", now: now) == nil) }
        for expected in [1, 2, 4, 8, 16, 32, 60, 60, 60] {
            #expect(throttle.attempt(name: "ann", address: "b\(now)", now: now) == expected)
            now += expected - 1
            #expect(throttle.attempt(name: "ann", address: "b\(now)", now: now) == 1)
            now += 1
            #expect(throttle.attempt(name: "ann", address: "b\(now)", now: now) == nil)
        }
        #expect(throttle.attempt(name: "bob", address: "c", now: now) == nil)
    }

    @Test("an address that tries many names has to wait as well, for up to a quarter of an hour")
    func addresses() {
        var throttle = SignInThrottle()
        var now = 1_000
        for index in 0..<20 { #expect(throttle.attempt(name: "n\(index)", address: "a", now: now) == nil) }
        var waited: [Int] = []
        for index in 20..<32 {
            let pause = throttle.attempt(name: "n\(index)", address: "a", now: now) ?? 0
            waited.append(pause)
            now += pause
            #expect(throttle.attempt(name: "n\(index)", address: "a", now: now) == nil)
        }
        #expect(waited == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900])
    }

    @Test("a success forgets the name's failures but not the address's")
    func success() {
        var throttle = SignInThrottle()
        for index in 0..<19 { #expect(throttle.attempt(name: "n\(index / 4)", address: "a", now: 0) == nil) }
        #expect(throttle.attempt(name: "mine", address: "a", now: 0) == nil)
        throttle.succeeded(name: "mine", address: "a")
        #expect(throttle.attempt(name: "other", address: "a", now: 0) == nil)
        #expect(throttle.attempt(name: "other", address: "a", now: 0) == 1)

        for _ in 0..<5 { #expect(throttle.attempt(name: "ann", address: "b", now: 0) == nil) }
        throttle.succeeded(name: "ann", address: "b")
        for _ in 0..<5 { #expect(throttle.attempt(name: "ann", address: "b", now: 0) == nil) }
        #expect(throttle.attempt(name: "ann", address: "b", now: 0) == 1)
    }

    @Test("an attempt that was not carried out counts for nothing")
    func withdrawn() {
        var throttle = SignInThrottle()
        for _ in 0..<100 {
            #expect(throttle.attempt(name: "ann", address: "a", now: 0) == nil)
            throttle.withdraw(name: "ann", address: "a")
        }
        #expect(throttle.count == 0)
    }

    @Test("an hour without failures forgets those before")
    func forgets() {
        var throttle = SignInThrottle()
        for _ in 0..<5 { _ = throttle.attempt(name: "ann", address: "a", now: 0) }
        #expect(throttle.attempt(name: "ann", address: "a", now: 0) == 1)
        for _ in 0..<5 { #expect(throttle.attempt(name: "ann", address: "a", now: 3_600) == nil) }
        #expect(throttle.attempt(name: "ann", address: "a", now: 3_600) == 1)
    }

    @Test("a clock that was set back makes nobody wait for longer")
    func clockSetBack() {
        var throttle = SignInThrottle()
        for _ in 0..<5 { _ = throttle.attempt(name: "ann", address: "a", now: 1_000_000) }
        #expect(throttle.attempt(name: "ann", address: "a", now: 1_000) == 1)
    }

    @Test("whoever has an IPv6 network is one address, and a mapped IPv4 address is itself")
    func networks() {
        var throttle = SignInThrottle()
        for index in 0..<20 {
            #expect(throttle.attempt(name: nil, address: "2001:db8:1:2:\(index)::1", now: 0) == nil)
        }
        #expect(throttle.attempt(name: nil, address: "2001:db8:1:2::9", now: 0) == 1)
        #expect(throttle.attempt(name: nil, address: "2001:db8:1:3::9", now: 0) == nil)
        for _ in 0..<20 { #expect(throttle.attempt(name: nil, address: "::ffff:192.0.2.1", now: 0) == nil) }
        #expect(throttle.attempt(name: nil, address: "192.0.2.1", now: 0) == 1)
        #expect(throttle.attempt(name: nil, address: "::ffff:192.0.2.2", now: 0) == nil)
    }

    @Test("a flood of invented names takes bounded memory and does not wash out the one under attack")
    func bounded() {
        var throttle = SignInThrottle(capacity: 100)
        for _ in 0..<5 { _ = throttle.attempt(name: "ann", address: "x", now: 0) }
        for index in 0..<10_000 {
            _ = throttle.attempt(name: "n\(index)", address: "a\(index)", now: index / 100)
            #expect(throttle.count <= 200)
        }
        #expect(throttle.attempt(name: "ann", address: "y", now: 0) == 1)
    }

    @Test("never lets more attempts through than the pauses allow, whatever the order")
    func property() {
        for seed in UInt64(1)...20 {
            var random = SeededGenerator(seed: seed)
            var throttle = SignInThrottle()
            var now = 0
            var admitted = 0
            for _ in 0..<5_000 {
                now += Int.random(in: 0...3, using: &random)
                if throttle.attempt(name: "ann", address: "a\(Int.random(in: 0..<5_000, using: &random))", now: now)
                    == nil
                {
                    admitted += 1
                }
            }
            // Five free ones, six while the pauses grow, then one a minute.
            #expect(admitted <= 11 + now / 60, "seed \(seed)")
            #expect(admitted >= now / 64, "seed \(seed)")
        }
    }
}
