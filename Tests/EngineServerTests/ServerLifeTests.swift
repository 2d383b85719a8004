import EngineServer
import Testing

@Suite struct ServerLifeTests {
    @Test("drains once, and closes when that is over", arguments: [ServerLife.Event.drained, .graceEnded])
    func drain(end: ServerLife.Event) {
        var life = ServerLife()
        #expect(life.handle(.shutdownRequested) == .drain)
        #expect(life.handle(.shutdownRequested) == .none)
        #expect(life.handle(end) == .close)
    }

    @Test("closes at once when there is nobody to serve or nothing to serve with", arguments: [false, true])
    func close(isDraining: Bool) {
        for event in [ServerLife.Event.leaseClosed, .serverEnded] {
            var life = ServerLife()
            if isDraining { _ = life.handle(.shutdownRequested) }
            #expect(life.handle(event) == .close)
        }
    }

    @Test("goes on serving whatever else it hears")
    func serve() {
        var life = ServerLife()
        #expect(life.handle(.drained) == .none && life.handle(.graceEnded) == .none)
    }
}
