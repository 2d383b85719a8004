import Glibc

/// The thread that steps an engine while there is work and sleeps while there is none.
final class EngineThread {
    private let core: EngineCore
    private let mailbox: Mailbox

    init(core: EngineCore, mailbox: Mailbox) {
        self.core = core
        self.mailbox = mailbox
    }

    /// Hands everything to a new thread, which lives until it is told to stop.
    func start() throws(EngineError) {
        var thread = pthread_t()
        let this = Unmanaged.passRetained(self)
        let status = pthread_create(
            &thread, nil,
            { raw in
                if let raw { Unmanaged<EngineThread>.fromOpaque(raw).takeRetainedValue().run() }
                return nil
            }, this.toOpaque())
        guard status == 0 else {
            this.release()
            throw EngineError(.internalFailure, "the system refused the engine's thread (error \(status))")
        }
        pthread_detach(thread)
    }

    private func run() {
        var finishedBefore = 0
        while true {
            for command in mailbox.takeCommands() {
                guard handle(command) else {
                    core.failAll(EngineError(.cancelled, "the engine was stopped"))
                    return
                }
            }
            let worked = core.step()
            let finished = core.finishedSequences
            if worked || finished != finishedBefore {
                mailbox.publish(core.statistics, finished: finished - finishedBefore)
                finishedBefore = finished
            }
            if !worked { mailbox.wait() }
        }
    }

    /// False when the thread must end.
    private func handle(_ command: Mailbox.Command) -> Bool {
        switch command {
        case .submit(let ticket, let request, let sink): core.add(request, ticket: ticket, sink: sink)
        case .cancel(let ticket): core.cancel(ticket: ticket)
        case .stop: return false
        }
        return true
    }
}
