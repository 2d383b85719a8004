import Foundation

/// What is learnt of an endpoint before a load: which model, which fields it takes, and how its tokenizer counts.
package struct EndpointProfile: Sendable, Equatable {
    package var model: String
    package var form: RequestForm
    package var writer: PromptWriter
    /// Whether the server tells how many tokens it read and wrote. Without it, pieces of text count as tokens.
    package var tellsUsage: Bool
}

/// Asks an endpoint two short questions, and turns what is wrong into an error that says what to do.
package struct EndpointProbe: Sendable {
    private let client: EndpointClient
    private let settings: LoadSettings

    package init(client: EndpointClient, settings: LoadSettings) {
        self.client = client
        self.settings = settings
    }

    /// - Parameter model: nil takes the first that the server lists.
    package func profile(model: String?) async throws(BenchmarkError) -> EndpointProfile {
        let name = try await chosenModel(model)
        var refusal: Failure?
        for form in RequestForm.candidates {
            let (first, words) = try await ask(name, form, words: 24, number: 0)
            if case .failed(let failure) = first.outcome {
                guard failure.kind == .status(400) || failure.kind == .status(422) else { throw error(failure, name) }
                refusal = refusal ?? failure
                continue
            }
            let (second, moreWords) = try await ask(name, form, words: 88, number: 1)
            if case .failed(let failure) = second.outcome { throw error(failure, name) }
            guard let fewer = first.promptTokens, let more = second.promptTokens else {
                return EndpointProfile(model: name, form: form, writer: PromptWriter(), tellsUsage: false)
            }
            return EndpointProfile(
                model: name, form: form,
                writer: PromptWriter(
                    fewerWords: words, fewerTokens: fewer, moreWords: moreWords, moreTokens: more),
                tellsUsage: true)
        }
        throw error(refusal ?? Failure(.unreadable, "no form of the request was taken"), name)
    }

    private func ask(
        _ model: String, _ form: RequestForm, words: Int, number: Int
    ) async throws(BenchmarkError) -> (Exchange, words: Int) {
        let prompt = PromptWriter().prompt(tokens: words, seed: ~settings.promptSeed, number: number)
        let body: Data
        do {
            body = try form.body(api: settings.api, model: model, prompt: prompt, outputTokens: 4)
        } catch {
            throw BenchmarkError(.invalidSetting, "The request cannot be written as JSON: \(error)")
        }
        let request = PlannedRequest(number: number, promptTokens: words, outputTokens: 4)
        let exchange = await client.exchange(
            request, body: body, api: settings.api, planned: nil, timeout: settings.timeout)
        if exchange.outcome == .cancelled { throw BenchmarkError(.refused, "Ended before anything was measured.") }
        return (exchange, words)
    }

    private func chosenModel(_ wanted: String?) async throws(BenchmarkError) -> String {
        let answer: (status: Int, body: Data)
        do {
            answer = try await client.get("/v1/models")
        } catch {
            throw self.error(error, wanted ?? "")
        }
        if answer.status == 401 || answer.status == 403 {
            throw error(
                Failure(
                    .status(answer.status), EndpointClient.message(in: answer.body, status: answer.status)),
                wanted ?? "")
        }
        struct List: Decodable {
            struct Model: Decodable { var id: String }
            var data: [Model]
        }
        // Some servers list nothing, or not all that they serve: only a request itself decides.
        if let wanted { return wanted }
        guard let first = try? JSONDecoder().decode(List.self, from: answer.body).data.first else {
            throw BenchmarkError(
                .unknownModel, "\(client.endpoint.address) lists no model: name one with --model.")
        }
        return first.id
    }

    private func error(_ failure: Failure, _ model: String) -> BenchmarkError {
        let address = client.endpoint.address
        switch failure.kind {
        case .unreachable:
            return BenchmarkError(
                .unreachable,
                "\(address) cannot be reached (\(failure.message)). Does the server run, and is this its address?")
        case .status(let code) where code == 401 || code == 403:
            return BenchmarkError(
                .unauthorized,
                "\(address) refuses the key (\(code): \(failure.message)). Give one with --key or OPENAI_API_KEY.")
        case .status(404):
            return BenchmarkError(
                .unknownModel,
                "\(address) has no model '\(model)' or no \(settings.api.path) (404: \(failure.message)). "
                    + "GET /v1/models lists its models; --api chooses the route.")
        case .timeout:
            return BenchmarkError(
                .unreachable, "\(address) did not answer within \(settings.timeout) s. --timeout allows longer.")
        default:
            return BenchmarkError(
                .refused, "\(address) did not answer a short question (\(failure.kind.label): \(failure.message)).")
        }
    }
}
