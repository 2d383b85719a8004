import ChatServer
import Control
import Runtime

/// The platform's services as the chat site sees them: models that can be asked.
struct PlatformModels: ModelDirectory {
    let platform: Platform
    /// A service that turns speech into text, and answers nobody; nil: there is none.
    let transcription: String?

    func models() -> [ModelState] {
        platform.services().filter { $0.state.name != transcription }.map { plan, service in
            let isStarting = service.wake.state == .starting
            return ModelState(
                id: service.name, state: ModelState.State(service.wake.state),
                percent: isStarting ? service.wake.percent : nil,
                remaining: isStarting ? service.wake.remaining.map { Int(($0 / .seconds(1)).rounded(.up)) } : nil,
                queued: service.queue.requests, instances: service.instances.count,
                contextLength: plan.contextLength > 0 ? plan.contextLength : nil,
                license: LicenseNotice.text(for: service.name, plan.modelName ?? ""),
                defaultMaxTokens: plan.configuration.defaults.maxTokens,
                failure: service.wake.state == .failed ? service.lastFailure : nil)
        }
    }

    func wake(_ id: String) -> Bool {
        guard platform.has(id) else { return false }
        platform.wake(id)
        return true
    }
}

extension ModelState.State {
    init(_ state: WakeProgress.State) {
        self =
            switch state {
            case .asleep: .asleep
            case .starting: .starting
            case .ready: .ready
            case .queued: .queued
            case .failed: .failed
            case .stopped: .stopped
            }
    }
}
