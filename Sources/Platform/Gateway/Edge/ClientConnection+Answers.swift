import Foundation
import NIOCore
import NIOHTTP1
import Observability
import OpenAIAPI

/// What is answered to which request.
extension ClientConnection {
    func answer(_ exchange: Exchange, _ destination: Destination, _ body: ByteBuffer) {
        if exchange.method == .OPTIONS {
            answerOptions(exchange, destination)
            return
        }
        switch destination {
        case .call(let kind): ModelCall.start(exchange, kind, body: body)
        case .models: answerModels(exchange)
        case .model(let name): answerModel(exchange, name.removingPercentEncoding ?? name)
        case .health:
            wake(loop.settings.catalogue.routes, exchange)
            exchange.send(.ok, ["content-type": "text/plain"], ByteBuffer(string: "ok\n"))
        case .metrics: answerMetrics(exchange)
        case .site:
            guard let site = loop.core.site else {
                exchange.fail(APIError(.unknownURL, "There is nothing at \(exchange.path.prefix(200))."))
                return
            }
            SiteCall.start(exchange, body: body, site: site, isSecure: isSecure)
        }
    }

    private func answerOptions(_ exchange: Exchange, _ destination: Destination) {
        let methods = (destination.methods ?? [.GET, .HEAD, .POST, .PUT, .PATCH, .DELETE]) + [.OPTIONS]
        let allowed = methods.map(\.rawValue).joined(separator: ", ")
        guard let origin = exchange.headers.first(name: "origin") else {
            exchange.send(.noContent, ["allow": allowed], ByteBuffer())
            return
        }
        let doorkeeper = Doorkeeper(settings: loop.settings, callers: loop.core.callers)
        guard doorkeeper.isAllowed(origin, exchange.headers) else {
            exchange.fail(
                APIError(
                    .originNotAllowed,
                    "Pages of '\(origin.prefix(200))' may not call this server: list the origin in its settings."))
            return
        }
        let asked = exchange.headers.first(name: "access-control-request-headers") ?? "authorization, content-type"
        exchange.send(
            .noContent,
            [
                "access-control-allow-methods": allowed, "access-control-allow-headers": asked,
                "access-control-max-age": "600",
            ], ByteBuffer())
    }

    private func answerModels(_ exchange: Exchange) {
        let routes = loop.settings.catalogue.routes
        wake(routes, exchange)
        send(ModelList(routes.map(\.card)), exchange)
    }

    private func answerModel(_ exchange: Exchange, _ name: String) {
        guard let route = loop.settings.catalogue.route(named: name) else {
            exchange.fail(.unknownModel(name, loop.settings.catalogue))
            return
        }
        wake([route], exchange)
        send(route.card, exchange)
    }

    /// Wakes what the caller, or the service itself, wants awake by being looked at.
    private func wake(_ routes: [ServiceRoute], _ exchange: Exchange) {
        let mayWake = exchange.caller?.scopes.contains(.wake) ?? false
        for route in routes where mayWake || route.isWokenByChecks { loop.core.broker.wake(route.name) }
    }

    private func send(_ answer: some Encodable, _ exchange: Exchange) {
        guard let json = try? JSONBody.encode(answer) else {
            exchange.fail(APIError(.internalError, "The answer could not be written."))
            return
        }
        exchange.send(.ok, ["content-type": "application/json"], ByteBuffer(bytes: json))
    }

    private func answerMetrics(_ exchange: Exchange) {
        let text = loop.core.counters.text() + loop.core.platformMetrics()
        exchange.send(.ok, ["content-type": PrometheusText.contentType], ByteBuffer(string: text))
    }
}

extension ServiceRoute {
    fileprivate var card: ModelCard { ModelCard(id: name, created: created, maxModelLength: contextLength) }
}
