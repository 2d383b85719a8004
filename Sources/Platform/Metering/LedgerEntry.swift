/// One request's line in the ledger.
package struct RequestEntry: Sendable, Equatable {
    /// The request id that callers see.
    package var id: String
    package var service: String
    /// The caller's id: a key's, or `local`.
    package var caller: String
    /// `service-number`; nil when no instance got it.
    package var instance: String?
    /// Seconds since 1970, at its end.
    package var time: Double
    /// `completed`, `client_gone`, or the failure's code.
    package var outcome: String
    /// What the client got; 499 when it had gone.
    package var status: Int
    package var promptTokens: Int
    package var cachedTokens: Int
    package var generatedTokens: Int
    package var wastedTokens: Int
    /// Seconds.
    package var waited: Double
    package var timeToFirstToken: Double?
    package var duration: Double
    package var attempts: Int

    package init(
        id: String, service: String, caller: String, instance: String?, time: Double, outcome: String, status: Int,
        promptTokens: Int, cachedTokens: Int, generatedTokens: Int, wastedTokens: Int, waited: Double,
        timeToFirstToken: Double?, duration: Double, attempts: Int
    ) {
        self.id = id
        self.service = service
        self.caller = caller
        self.instance = instance
        self.time = time
        self.outcome = outcome
        self.status = status
        self.promptTokens = promptTokens
        self.cachedTokens = cachedTokens
        self.generatedTokens = generatedTokens
        self.wastedTokens = wastedTokens
        self.waited = waited
        self.timeToFirstToken = timeToFirstToken
        self.duration = duration
        self.attempts = attempts
    }
}
