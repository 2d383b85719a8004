import Control
import NIOCore

/// What happens because time passes.
extension ModelCall {
    func sweep(now: NIODeadline) {
        let timeouts = loop.settings.options.timeouts
        switch phase {
        case .queued: tellOfWaiting(now, timeouts)
        case .connecting, .asked, .events, .holding, .passing:
            if now - lastUpstream > timeouts.silence, exchange.isWritable {
                lose(.timedOut, "it has been silent for \(timeouts.silence.nanoseconds / 1_000_000_000) s")
                return
            }
            reportProgress()
        case .ended: return
        }
        if isEventStream, now - exchange.lastWrite > timeouts.heartbeat {
            exchange.send(ByteBuffer(string: ": keep-alive\n\n"))
        }
    }

    private func reportProgress() {
        guard stream.generated > reportedTokens else { return }
        reportedTokens = stream.generated
        loop.core.broker.progress(number, generatedTokens: reportedTokens - generatedElsewhere)
    }

    private func tellOfWaiting(_ now: NIODeadline, _ timeouts: GatewayOptions.Timeouts) {
        guard fields.isStreamed, generates, now - exchange.startedAt >= timeouts.firstComment,
            now - lastComment >= timeouts.comment
        else { return }
        lastComment = now
        beginStream()
        let progress = loop.core.broker.wakeProgress(of: route.name)
        exchange.send(ByteBuffer(string: WakeComment.text(route.name, progress)))
    }
}

/// The line that a waiting caller gets.
enum WakeComment {
    static func text(_ service: String, _ progress: WakeProgress) -> String {
        var text = ": waking \(service): \(progress.state.rawValue)"
        if let percent = progress.percent { text += ", \(percent) %" }
        if let remaining = progress.remaining {
            let seconds = Double(remaining.components.seconds) + Double(remaining.components.attoseconds) / 1e18
            text += seconds < 1 ? ", less than 1 s" : ", about \(Int(seconds.rounded())) s"
        }
        if progress.queueLength > 1 { text += ", \(progress.queueLength) in the queue" }
        return text + "\n\n"
    }
}
